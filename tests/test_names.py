"""Names as they are printed: lists in a cell, the gold list of spellings, spellings without a registry."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interclust import config
from interclust.ingest.bodies import read_registry
from interclust.ingest.dates import parse_date
from interclust.ingest.names.forms import is_place
from interclust.ingest.names.known_names import Body, Name
from interclust.ingest.names.likeness import lacks_words, one_letter
from interclust.ingest.names.resolve import SEVERAL, Resolver
from interclust.ingest.names.spellings import alike
from interclust.ingest.names.split import split_cell
from interclust.ingest.readers import ITEM

HERE = Path(__file__).parent
GOLD = list(csv.DictReader((HERE / "gold_names.csv").open(encoding="utf-8")))
# Of the spellings that mean a body, those found; the others have it among their first three suggestions.
# Measured when the list was made; a change of the resolver may raise it.
GOLD_FOUND = 0.96


@pytest.fixture(scope="module")
def resolver():
    study = config.load("fui")
    return read_registry(config.data_dir(study), study["ingest"]).resolver


def means(resolver, row) -> str:
    body = resolver.resolve(row["printed"], parse_date(row["date"])).body
    return body.name if body else ""


def suggested(resolver, row) -> list[str]:
    found = resolver.resolve(row["printed"], parse_date(row["date"]))
    return [item.body.name for item in found.suggestions]


def test_no_spelling_of_the_gold_list_is_read_as_another_body(resolver):
    wrong = {
        row["printed"]: found for row in GOLD if (found := means(resolver, row)) not in ("", row["expected"])
    }
    assert wrong == {}


def test_spellings_of_the_gold_list_are_found_or_suggested(resolver):
    meant = [row for row in GOLD if row["expected"]]
    left = [row for row in meant if means(resolver, row) != row["expected"]]
    assert 1 - len(left) / len(meant) >= GOLD_FOUND
    for row in left:
        assert row["expected"] in suggested(resolver, row), row["printed"]


# Further lists, written without looking at the resolver or the lists before, and scored once before any
# change: found of those that mean a body, and what was read as a body that it does not mean.
#   second  87 of 95, none; not tuned on
#   third  283 of 337, CARA; general rules were then added (letters mistaken, words cut, kinds, entities)
#   fourth 218 of 235 by these rules, Vivagora (a name of an association, one letter from Vitagora);
#          then "national" and "EMC2 - Its Words" were added
# CARA is a name that LUTB took in 2017, on a project of 2009: pages print later names; it is read, and noted.
FURTHER = {"second": (87, set()), "third": (320, {"CARA"}), "fourth": (222, {"Vivagora"})}


@pytest.mark.parametrize("which", FURTHER)
def test_a_list_written_by_others(resolver, which):
    least, wrong = FURTHER[which]
    rows = list(csv.DictReader((HERE / f"gold_names_{which}.csv").open(encoding="utf-8")))
    found = [(row, means(resolver, row)) for row in rows]
    assert {row["printed"] for row, body in found if body and body != row["expected"]} == wrong
    assert sum(body == row["expected"] for row, body in found if row["expected"]) >= least
    left = [row for row, body in found if row["expected"] and not body]
    unhelped = [row["printed"] for row in left if row["expected"] not in suggested(resolver, row)]
    assert unhelped in ([], ["Brittany Sea Cluster"])


def test_cells_with_several_names_written_by_others(resolver):
    """Scored once before a mistake was mended (a separator between spaces cut known names only): 89 of 93."""
    rows = list(csv.DictReader((HERE / "gold_cells.csv").open(encoding="utf-8")))
    wrong = []
    for row in rows:
        names = split_cell(row["cell"], [";"], resolver.knows)
        bodies = [resolver.resolve(name, parse_date(row["date"])).body for name in names]
        if [body.name if body else "?" for body in bodies] != row["expected"].split(" | "):
            wrong.append(row["cell"])
    assert wrong == ["Pôles Mer Bretagne et PACA"]  # two names with one "Mer" between them


@pytest.mark.parametrize(
    ("printed", "body"),
    [
        ("Systernatic", "Systematic Paris-Region"),  # rn for m
        ("Xy1ofutur", "Xylofutur"),
        ("0ptitec", "Optitec"),
        ("P6le Mer Bretagne", "Pôle Mer Bretagne Atlantique"),
        ("Minalogique", "Minalogic"),
        ("Cluster Opticsvalley", "Opticsvalley"),
        ("Pôle à vocation mondiale Minalogic", "Minalogic"),
        ("Pôle européen de la cér", "Pôle européen de la céramique"),
        ("Véh. du Futur", "Véhicule du futur"),
        ("V&eacute;g&eacute;polys", "Végépolys"),
        ("P\ufffdle Mer M\ufffdditerran\ufffde", "Pôle Mer Méditerranée"),
        ("M?ditech Sant? ", None),
        ("EMC2 - Ensembles Métalliques et Composites Complexes", "EMC2"),
        ("EMC2 - Quelque chose d'autre", None),
        ("Pôle européen de la", None),  # whole words are missing, no word is cut
        ("Pôle Mer", None),
        ("Cluster", None),
        ("Pôle national", None),
    ],
)
def test_rules_for_names_misread_and_cut(resolver, printed, body):
    found = resolver.resolve(printed, parse_date("2014")).body
    assert (found.name if found else None) == body


def test_no_two_bodies_are_one_when_misread(resolver):
    shared = {
        key: {name.body.cluster_id for name in names} for key, names in resolver.index.misread.items() if key
    }
    assert {key: bodies for key, bodies in shared.items() if len(bodies) > 1} == {}


def test_a_separator_between_spaces_cuts_names_that_nobody_knows(resolver):
    assert cut(resolver, "Foo ; Bar") == ["Foo", "Bar"]


def test_names_that_mean_nobody_stay_open(resolver):
    assert [row["printed"] for row in GOLD if not row["expected"] and means(resolver, row)] == []


@given(st.data())
@settings(max_examples=300)
def test_one_typing_error_never_leads_to_another_body(resolver, data):
    name = data.draw(st.sampled_from([name for name in resolver.names if len(name.text) > 3]))
    place = data.draw(st.integers(0, len(name.text) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyzé "))
    kind = data.draw(st.sampled_from(["insert", "drop", "replace", "swap"]))
    before, after = name.text[:place], name.text[place:]
    printed = {
        "insert": before + letter + after,
        "drop": before + after[1:],
        "replace": before + letter + after[1:],
        "swap": before + after[1:2] + after[:1] + after[2:],
    }[kind]
    found = resolver.resolve(printed)
    # Where the error makes the very name of another body, it is not found loosely.
    assert found.body in (None, name.body) or found.method != "fuzzy"


@pytest.mark.parametrize("form", ["Pôle {}", "pôle de compétitivité {}", "{} ", "PÔLE {}"])
def test_a_prefix_changes_nothing(resolver, form):
    for name in resolver.names:
        if resolver.lookup(name.text) is not None:
            assert resolver.lookup(form.format(name.text)) == resolver.lookup(name.text), name.text


def cut(resolver, cell: str, *separators: str) -> list[str]:
    return split_cell(cell, separators or [";"], resolver.knows)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Images & Réseaux", ["Images & Réseaux"]),
        ("DREAM Eau & Milieux", ["DREAM Eau & Milieux"]),
        ("Industries et Agro-Ressources", ["Industries et Agro-Ressources"]),
        ("Parfums, arômes, senteurs, saveurs", ["Parfums, arômes, senteurs, saveurs"]),
        ("Minalogic, Images et Réseaux et Systematic", ["Minalogic", "Images et Réseaux", "Systematic"]),
        ("Minalogic / Tenerrdis", ["Minalogic", "Tenerrdis"]),
        ("Minalogic & Images & Réseaux", ["Minalogic", "Images & Réseaux"]),
        ("Systematic, Cap Digital et Foo Bar", ["Systematic", "Cap Digital", "Foo Bar"]),
        ("Foo, Minalogic", ["Foo", "Minalogic"]),
        ("Finance Innovation et Développement", ["Finance Innovation et Développement"]),
        ("Eau, énergie", ["Eau, énergie"]),  # "Eau" is too common a word to prove a list
        ("Foo, Bar et Baz", ["Foo, Bar et Baz"]),
        ("Minalogic (chef de file), Tenerrdis etc.", ["Minalogic", "Tenerrdis"]),
        ("Labellisé par Minalogic et Tenerrdis", ["Minalogic", "Tenerrdis"]),
        ("Pôles : Minalogic ; Tenerrdis ;", ["Minalogic", "Tenerrdis"]),
        ("1) Minalogic 2) Tenerrdis", ["Minalogic", "Tenerrdis"]),
        ("Terralia;PASS", ["Terralia", "PASS"]),  # two bodies, whose merger is called by both names
        ("Terralia-PASS", ["Terralia-PASS"]),
        ("Minalogic\nTenerrdis", ["Minalogic", "Tenerrdis"]),
        (f"Images & Réseaux{ITEM}Foo", ["Images & Réseaux", "Foo"]),
        ("", []),
        (" ; ; ", []),
    ],
)
def test_lists_are_cut_and_names_are_not(resolver, cell, names):
    assert cut(resolver, cell) == names


@pytest.mark.parametrize("separator", ["et", "&", "/", ",", " - "])
def test_separators_of_the_study_cut_outside_names(resolver, separator):
    sign = separator if separator in ",/" else f" {separator.strip()} "
    cell = sign.join(["Images & Réseaux", "Industries et Agro-Ressources", "Végépolys", "Inconnu"])
    assert cut(resolver, cell, separator) == [
        "Images & Réseaux",
        "Industries et Agro-Ressources",
        "Végépolys",
        "Inconnu",
    ]


def test_without_a_registry_only_the_separators_of_the_study_cut():
    assert split_cell("Eau & Milieux, B; C", [";"], None) == ["Eau & Milieux, B", "C"]
    assert split_cell("Planète et Santé et Mer", ["et"], None) == ["Planète", "Santé", "Mer"]


def test_a_cell_full_of_separators_takes_linear_time(resolver):
    cell = "a," * 20_000
    assert cut(resolver, cell) == ["a," * 19_999 + "a"]


def test_whole_words_that_are_missing_make_another_name():
    assert lacks_words("mediterranee", "mer mediterranee")
    assert not lacks_words("mer mediteranee", "mer mediterranee")
    assert not lacks_words("cap energies", "capenergies")


def test_one_wrong_letter_in_a_long_name():
    assert one_letter("hyppolia", "hippolia") == one_letter("plasitpolis", "plastipolis") == 90
    assert one_letter("derby", "derbi") == one_letter("optitec", "aptitec") == 0


def test_a_word_that_only_one_name_has_is_lacking_in_the_other():
    assert lacks_words("aerospace valley bordeaux", "aerospace valley")
    assert lacks_words("aerospace valley", "aerospace valley bordeaux")
    assert not lacks_words("aerospace valley nord", "aerospace valley bordeaux")  # each has one of its own


def test_small_words_alone_are_no_more_than_a_place():
    places = frozenset({"lyon", "saint etienne"})
    assert is_place(["de", "la"], places)
    assert is_place(["lyon", "et", "saint", "etienne"], places)
    assert not is_place(["lyon", "mer"], places)


def test_names_of_two_bodies_are_known_and_mean_neither():
    since = date(2005, 1, 1)
    one, other, third = (Body(key, key, since) for key in ("one", "other", "third"))
    names = [Name("Alpha", one), Name("Beta", other), Name("Gamma", one), Name("Gamma", third)]
    found = Resolver(names)
    assert [found.knows(name) for name in ("Alpha", "Gamma", "Delta")] == [2, 2, 0]
    assert found.resolve("Gamma").note == SEVERAL
    assert (found.resolve("Alpha (Beta)").body, found.resolve("Alpha (Beta)").note) == (None, SEVERAL)
    assert found.resolve("Alpha (of Lyon)").body == one


def test_alike_spellings_are_united_only_with_the_commonest():
    printed = {
        "Minalogic": 9,
        "MINALOGIC": 2,
        "Minallogic": 1,
        "Cap Digital": 5,
        "Cap Energie": 4,
        "S2E2": 1,
        "S3E2": 1,
    }
    found = alike(printed)
    assert {name: item.name for name, item in found.items()} == {
        "Minalogic": "Minalogic",
        "MINALOGIC": "Minalogic",
        "Minallogic": "Minalogic",
        "Cap Digital": "Cap Digital",
        "Cap Energie": "Cap Energie",
        "S2E2": "S2E2",
        "S3E2": "S3E2",
    }
    assert found["MINALOGIC"].score == 100 > found["Minallogic"].score >= 88


def test_the_order_of_spellings_does_not_matter():
    printed = {"Plastipolis": 3, "Plastipoliss": 2, "Plasitpolis": 1, "Elastopole": 3, "Elastopôle": 1}
    turned = dict(reversed(list(printed.items())))
    assert alike(printed) == {name: alike(turned)[name] for name in printed}


def test_blocks_find_what_the_full_comparison_finds_but_for_names_misspelt_at_both_ends():
    rng = random.Random(3)  # noqa: S311
    stems = ["".join(rng.choices("abcdefghilmnoprstu", k=12)) for _ in range(300)]
    printed: Counter[str] = Counter()
    for stem in stems:
        place = rng.randrange(11)
        printed[stem] += 3
        printed[stem[:place] + stem[place + 1] + stem[place] + stem[place + 2 :]] += 1
    assert alike(printed, blocked_from=0) == alike(printed)
    both_ends = {"abcdefghijkl": 3, "abdcefghijlk": 1}
    assert alike(both_ends, threshold=80)["abdcefghijlk"].name == "abcdefghijkl"
    assert alike(both_ends, threshold=80, blocked_from=0)["abdcefghijlk"].name == "abdcefghijlk"
