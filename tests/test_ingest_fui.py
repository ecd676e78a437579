"""The real records: counts that the sources state, and what every printed name means (typed by hand)."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from interclust import config, ingest

MEANING = {
    "Advancity": "Advancity",
    "Aerospace Valley": "Aerospace Valley",
    "Agri Sud-Ouest Innovation": "Agri Sud-Ouest Innovation",
    "Agrimip Innovation": "Agri Sud-Ouest Innovation",
    "Agrimip Sud-Ouest Innovation": "Agri Sud-Ouest Innovation",
    "Aqua-Valley": "Pôle Eau",
    "Aqua-Valley (ex Pôle Eau)": "Pôle Eau",  # a lead
    "Aquimer": "Aquimer",
    "Axelera": "Axelera",
    "Cap Digital": "Cap Digital",
    "Capenergies": "Capenergies",
    "Capénergie": "Capenergies",
    "Cosmetic Valley": "Cosmetic Valley",
    "Derbi": "Derbi",
    "Dream": "DREAM Eau & Milieux",
    "EMC2": "EMC2",
    "Eau": "Pôle Eau",
    "Elastopole": "Elastopôle",
    "Eurobiomed": "Eurobiomed",
    "Hydreos": "Hydreos",
    "IAR": "Industries et Agro-Ressources (IAR)",
    "Images & Réseaux": "Images & Réseaux",
    "Imaginove": "Imaginove",
    "Industries et Agro-ressources": "Industries et Agro-Ressources (IAR)",
    "LUTB": "LUTB",
    "Lyonbiopole": "Lyonbiopôle",
    "Lyonbiopôle": "Lyonbiopôle",
    "Medicen": "Medicen Paris Region",
    "Mer Bretagne Atlantique": "Pôle Mer Bretagne Atlantique",
    "Mer Méditerranée": "Pôle Mer Méditerranée",
    "Mer PACA": "Pôle Mer Méditerranée",
    "Mer Paca": "Pôle Mer Méditerranée",
    "Minalogic": "Minalogic",
    "Médicen Paris Région": "Medicen Paris Region",
    "Nutrition-Santé-Longévité": "Nutrition Santé Longévité",
    "Optitec": "Optitec",
    "Orpheme": "Eurobiomed",
    "PASS": "PASS",
    "PEIFL": "Terralia",
    "PNB": "Nuclear Valley",
    "Photonique": "Optitec",
    "Plastipolis": "Plastipolis",
    "Pégase": "Pégase",
    "Pôle Aquimer": "Aquimer",
    "Pôle Mer Bretagne": "Pôle Mer Bretagne Atlantique",
    "Pôle Mer Méditerranée": "Pôle Mer Méditerranée",
    "Pôle Mer PACA": "Pôle Mer Méditerranée",
    "Pôle Novalog": "Nov@log",
    "Pôle SCS": "Pôle SCS",
    "Q@limed": "Qualiméditerranée",
    "Q@liméditerranée": "Qualiméditerranée",
    "Qualimed": "Qualiméditerranée",
    "Qualiméditerranée": "Qualiméditerranée",
    "Risques": "Risques",
    "SAFE Cluster": "SAFE Cluster",
    "SCS": "Pôle SCS",
    "SYSTEM@TIC": "Systematic Paris-Region",
    "Solutions Communicantes Sécurisées": "Pôle SCS",
    "Solutions communicantes sécurisées": "Pôle SCS",
    "System@tic": "Systematic Paris-Region",
    "Systematic": "Systematic Paris-Region",
    "Techtera": "Techtera",
    "Tenerrdis": "Tenerrdis",
    "Terralia": "Terralia",
    "Trimatec": "Trimatec",
    "Up-Tex": "UP-TEX",
    "Valorial": "Valorial",
    "Viameca": "ViaMéca",
    "Viaméca": "ViaMéca",
    "Vitagora": "Vitagora",
    "Végépolys": "Végépolys",
    "pôle européen d'innovation Fruits et Légumes": "Terralia",
}


@pytest.fixture(scope="module")
def fui():
    return ingest.run(config.load("fui"))


def test_every_printed_name_means_what_it_should(fui):
    found = dict(zip(fui.resolution["printed"], fui.resolution["cluster_name"], strict=True))
    assert found == MEANING
    assert len(fui.unresolved) == 0


def test_counts_of_the_records(fui):
    counts = fui.summary["projects"]
    assert fui.summary["rows"] == {"read": 215, "accepted": 215, "quarantined": 0}
    assert counts["projects"] == 215
    assert counts["with_a_body"] == 199
    assert counts["with_two_bodies"] == 39
    assert counts["distinct_pairs"] == 69
    assert fui.summary["by_status"] == {
        "assembled_multi": 2,
        "colabel_partner_unstated": 9,
        "explicit_multi": 33,
        "joint_list": 2,
        "none": 16,
        "single_in_colabel_list": 2,
        "single_listed": 149,
        "weak_multi": 2,
    }
    assert fui.summary["by_list_status"] == {"complete": 2, "lower_bound": 48, "none": 16, "unknown": 149}


def test_strict_and_joint_lists(fui):
    projects = fui.records.projects
    listed = projects[projects["n_clusters"] > 1]
    strict = listed[listed["status"].isin(["explicit_multi", "assembled_multi"])]
    joint = listed[listed["status"] == "joint_list"]
    assert len(strict) + joint["list_group"].nunique() == 36
    members = fui.records.memberships.groupby("project_id")["cluster_id"].agg(sorted)
    assert len({pair for keys in members for pair in combinations(keys, 2)}) == 69


def test_one_body_named_twice_is_one_membership(fui):
    line = fui.records.projects.set_index("acronym").loc["CLISTINE"]
    mine = fui.records.memberships.query("project_id == @line.project_id")
    assert mine["cluster_id"].tolist() == ["pole-scs"]
    assert mine["printed"].iloc[0] == ["SCS", "Solutions communicantes sécurisées"]
    assert mine["role"].tolist() == ["lead"]
    assert line["n_named"] == 2
    assert line["n_clusters"] == 1


def test_a_merged_body_with_its_own_label_is_kept_and_said(fui):
    noted = fui.conflicts.query("field == 'successor'").set_index("project_id")
    project = fui.records.projects.set_index("acronym").loc["R2T2"]
    assert project["n_clusters"] == 2
    assert noted.loc[project["project_id"], "rule"] == "both kept: both active"


@pytest.mark.parametrize(
    ("call", "reference", "basis"),
    [
        (1, date(2006, 1, 2), "announcement - 6 months"),
        (2, date(2006, 5, 15), "closing"),
        (4, date(2007, 3, 1), "opening (announcement - 6 months falls before it)"),
        (14, date(2012, 3, 1), "opening (announcement - 6 months falls before it)"),
        (16, date(2013, 4, 22), "announcement - 6 months"),
        (25, date(2018, 2, 1), "closing"),
    ],
)
def test_reference_days(fui, call, reference, basis):
    row = fui.records.periods.set_index("period").loc[call]
    assert row["reference"].date() == reference
    assert row["reference_basis"] == basis


def test_rates_are_two_and_stated_where_published(fui):
    periods = fui.records.periods.set_index("period")
    assert periods.loc[23, "n_records"] == 30
    assert periods.loc[23, "n_lists"] == 2
    assert periods.loc[23, "record_rate"] == pytest.approx(30 / 55)
    assert periods.loc[23, "visibility"] == pytest.approx(2 / 43)
    assert periods["visibility"].notna().sum() == 1
    assert periods.loc[3, "record_rate"] == pytest.approx(1 / 100)  # 97 to 103 financed
    (window,) = fui.summary["windows"]
    assert (window["n_colabelled"], window["n_financed"]) == (448, 794)
    assert window["visibility"] == pytest.approx(window["n_lists"] / 448)


def test_checks_say_the_conflicts_of_published_figures(fui):
    failed = {item["name"] for item in fui.summary["checks"] if not item["ok"]}
    assert "call 11: projects financed against the step of the cumulative total" in failed
    assert all("cumulative" in name or "programme totals" in name for name in failed)
    assert any(item["name"].startswith("source s24") for item in fui.summary["checks"])


def test_a_check_of_one_body_says_whose_and_of_which_calls(fui):
    of_bodies = [item for item in fui.summary["checks"] if "cluster_id" in item]
    assert all(item["name"].startswith("projects per pole") for item in of_bodies)
    found = {(item["cluster_id"], item["first"], item["last"]): item["published"] for item in of_bodies}
    assert found["tenerrdis", 1, 20] == 55
    assert found["pegase", 5, 5] == 4
    assert found["systematic-paris-region", 1, 24] == 221


def test_lives_of_bodies(fui):
    bodies = fui.records.clusters.set_index("cluster_id")
    assert len(bodies) == 114
    mta = bodies.loc["mta-mobilites-et-transports-avances"]
    assert (mta["active_to"].date(), mta["exit"], mta["successor"]) == (date(2010, 1, 1), "merged", "mov-eo")
    assert bodies.loc["enfant", "exit"] == "delabelled"
    assert bodies.loc["enfant", "active_to"].date() == date(2010, 5, 12)
    assert bodies.loc["mov-eo", "active_from"].date() == date(2006, 1, 1)
    assert bodies.loc["inno-vin", ["start_basis"]].tolist() == ["director"]
    assert bodies.loc["inno-vin", "start_high"].date() == date(2010, 2, 28)
    assert bodies.loc["cosmetic-valley", "start_basis"] == "foundation"
    assert bodies.loc["minalogic", "start_basis"] == "label"


def test_facts_are_dated_and_bounded(fui):
    facts = fui.records.facts.set_index(["cluster_id", "fact"]).sort_index()
    grades = facts.loc[("axelera", "grade")]
    assert grades["value"].tolist() == [3, 3]
    assert grades["text"].tolist() == ["groupe 1", "très performant"]
    assert [day.date() for day in grades["high"]] == [date(2008, 6, 30), date(2012, 7, 30)]
    assert facts.loc[("aquimer", "grade")]["value"].tolist() == [1, 2]
    size = facts.loc[("aerospace-valley", "members")]
    assert size["bound"].tolist() == ["exact", "at_least", "exact", "exact"]
    assert facts.loc[("dream-eau-milieux", "members")]["bound"].tolist()[-1] == "planned"
    (change,) = fui.records.facts.query(
        "cluster_id == 'xylofutur' and fact == 'director_change'"
    ).itertuples()
    assert (change.low.date(), change.high.date()) == (date(2005, 7, 12), date(2012, 6, 30))  # "by 2012-06"
    officer = facts.loc[("inno-vin", "project_officer")]
    assert officer["value"] == 1  # an event: it was recruited, and is there


def test_territories_hold_from_the_last_day_their_date_allows(fui):
    held = fui.records.territories.set_index(["cluster_id", "region"])["valid_from"]
    assert held[("derbi", "Midi-Pyrénées")].date() == date(2012, 12, 31)
    assert held.isna()[("derbi", "Languedoc-Roussillon")]


def test_undated_lists_are_bounded_by_the_names_in_use(fui):
    projects = fui.records.projects.set_index("acronym")
    # "Mer PACA" was given up on 27 June 2013, between the reference days of calls 16 and 17.
    assert projects.loc["ASPECT", ["period_low", "period_high"]].tolist() == [1, 16]
    assert projects.loc["IT AGRO", ["period_low", "period_high"]].tolist() == [16, 18]
    assert projects["period_low"][projects["period"].notna()].isna().all()
    undated = projects[projects["period"].isna() & (projects["n_clusters"] > 1)]
    assert undated["period_low"].notna().all()


def test_the_ledger_is_resolved_where_it_can_be(fui):
    ledger = fui.records.relations
    assert ledger["ego_id"].notna().all()
    assert set(ledger["alter"][ledger["alter_id"].isna()]) == {"Cluster West (Nantes)", "SAFETRANS"}


def test_stage_can_be_written_and_read_again(fui, tmp_path):
    from interclust.records import Records

    fui.write(tmp_path)
    again = Records.read(tmp_path)
    for name in Records.names():
        assert getattr(again, name).equals(getattr(fui.records, name)), name
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    fui.write(tmp_path)
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
