"""Which header of a file holds which of our columns: as the study says, or by the usual headers.

The usual ones are those of French and English tables of projects, members and bodies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..config.suggest import did_you_mean
from ..errors import InputError
from .text import repaired, unaccented

PROJECTS = {
    "id": (
        "id, project id, projet id, id projet, identifiant, identifiant projet, code projet, "
        "project code, numero projet, n projet, project number, reference, rcn, grant agreement id"
    ),
    "acronym": (
        "acronym, acronyme, project acronym, acronyme projet, sigle, nom court, short name, "
        "project, projet, nom du projet, project name, nom projet, titre court"
    ),
    "call": "call, call number, appel, appel a projets, numero appel, n appel, aap, vague",
    "year": "year, annee, millesime, annee de decision, annee de labellisation, call year",
    "date": "date, start date, date de debut, debut, start, date de demarrage, ecsigndate",
    "announced": (
        "announced, announced on, announcement, date d annonce, annonce, annonce le, publication "
        "date, date de publication"
    ),
    "clusters": (
        "clusters, members, membres, poles, poles labellisateurs, pole labellisateur, poles raw, "
        "labelling clusters, labels, partners, partenaires, participants, organisations, "
        "organizations, poles de competitivite, consortium, co labelling clusters, labellise par, "
        "labelled by"
    ),
    "lead": (
        "lead, leader, lead cluster, lead pole, chef de file, pole chef de file, pole leader, pole porteur"
    ),
    "coordinator": "coordinator, coordinateur, coordonnateur, porteur, porteur du projet, coordinating firm",
    "topic": "topic, topics, theme, thematique, sujet, title, titre, objective, description, domaine",
    "status": "status, list status, pole list status, statut de la liste",
    "source": "source, sources, source ids, source id",
    "url": "url, link, lien, source url, address of the page, adresse",
}
MEMBERSHIPS = {
    "project": (
        "project id, id projet, projet id, identifiant projet, code projet, project code, numero "
        "projet, n projet, project rcn, project reference, grant agreement id, project, projet, "
        "project acronym, acronyme projet, acronym, acronyme"
    ),
    "cluster": (
        "cluster, member, membre, pole, partner, partenaire, participant, organisation, "
        "organization, name, nom, nom du pole, organisation id, organization id, organization name, "
        "new org id, pole labellisateur, beneficiary, beneficiaire"
    ),
    "role": "role, type de participation, qualite, organization role, organisation role, fonction",
}
CLUSTERS = {
    "id": "id, cluster id, identifiant, code, organisation id, organization id, new org id, siren",
    "name": (
        "name, nom, canonical name, cluster, cluster name, pole, nom du pole, organisation, "
        "organization, organization name, raison sociale, denomination"
    ),
    "kind": "kind, type, nature, categorie, category",
    "active_from": (
        "active from, label date, date de labellisation, labellise le, date de creation, creation, "
        "founded, date d entree, since"
    ),
    "delabelled": "delabelled, label lost date, date de perte du label, delabellise le, date de sortie",
    "merged": "merged, merger date, date de fusion, fusionne le",
    "successor": "successor, merged into, successeur, fusionne dans, absorbe par",
    "region": "region, region pre2016, nuts2, region du siege, country region",
    "lat": "lat, latitude, y, lat wgs84",
    "lon": "lon, lng, long, longitude, x, lon wgs84",
    "vocation": "vocation, rang",
    "sector": "sector, secteur, filiere, domaine d activite, industry",
    "keywords": "keywords, mots cles, mots clefs, themes, key words",
    "country": "country, pays, country code, code pays",
}
ALIASES = {
    "alias": ("alias, other name, autre nom, former name, ancien nom, spelling, graphie, variante, printed"),
    "cluster": "cluster, canonical name, name, nom, nom officiel, pole, cluster name, official name",
    "valid_from": "valid from, from, since, depuis, valable du, debut",
    "valid_to": "valid to, to, until, jusqu a, valable jusqu au, fin",
    "exact_only": "exact only, exact, exact seulement",
}
USUAL: Mapping[str, Mapping[str, str]] = {
    "ingest.projects": PROJECTS,
    "ingest.memberships": MEMBERSHIPS,
    "ingest.clusters": CLUSTERS,
    "ingest.aliases": ALIASES,
}

FACT = "fact "  # begins our names of columns that hold facts: "fact 0" is the first of ``facts``
Columns = dict[str, tuple[str, ...]]


def mapping(
    header: Sequence[str], asked: Mapping[str, Any] | None, file: str, where: str, line: int, notes: list[str]
) -> Columns:
    """The headers that hold each of our columns.

    ``asked`` is the study's ``columns``: one header, or several whose cells make one list. A header is
    found as written, else regardless of case, accents and signs. Without ``asked`` the usual headers
    count, and what was found is added to ``notes``. Raises InputError for a header that is not there or
    stands twice, and where no column can be told by its header.
    """
    if asked is None:
        return _usual(header, file, where, line, notes)
    columns: Columns = {}
    lists = {target: value if isinstance(value, list) else [value] for target, value in asked.items()}
    known = {plain_header(item) for item in header if item}
    if known.isdisjoint(plain_header(str(name)) for names in lists.values() for name in names):
        above = f", or set {where}.header if the headers are not in line {line}"
    else:
        above = ""
    for target, names in lists.items():
        remedy = f"correct {_setting(where, target)}{above}"
        columns[target] = tuple(_found(str(name), header, file, remedy, line) for name in names)
    return columns


def plain_header(text: str) -> str:
    """A header regardless of case, accents, spaces and signs: "Année du projet" is "anneeduprojet"."""
    return "".join(sign for sign in unaccented(repaired(text)) if sign.isalnum())


def _found(name: str, header: Sequence[str], file: str, remedy: str, line: int) -> str:
    plain = plain_header(name)  # nothing is left of signs alone, which are all alike then
    fitting = [item for item in header if item == name] or [
        item for item in header if plain and plain_header(item) == plain
    ]
    if not fitting:
        raise InputError(
            f"there is no column {name!r}{did_you_mean(name, [item for item in header if item])}",
            file=file,
            remedy=remedy,
        )
    if len(fitting) > 1:
        problem = f"the column {name!r} stands {len(fitting)} times in the header"
        raise InputError(problem, file=file, line=line, remedy="rename all but one")
    return fitting[0]


def _setting(where: str, target: str) -> str:
    """The setting that names the header of a column."""
    if target.startswith(FACT):
        return f"{where}.facts[{target.removeprefix(FACT)}].column"
    return f"{where}.columns.{target}"


def _usual(header: Sequence[str], file: str, where: str, line: int, notes: list[str]) -> Columns:
    by_plain: dict[str, list[str]] = {}
    for item in header:
        by_plain.setdefault(plain_header(item), []).append(item)
    columns: Columns = {}
    for target, texts in USUAL.get(where, {}).items():
        for text in (plain_header(part) for part in texts.split(",")):
            taken = {name for names in columns.values() for name in names}
            if len(by_plain.get(text, [])) == 1 and by_plain[text][0] not in taken:
                columns[target] = (by_plain[text][0],)
                break
    if not columns:
        remedy = f"say in {where}.columns which header holds which column"
        raise InputError(
            f"{where} has no columns, and none of the file's is known by its header "
            f"({', '.join(name for name in header if name)[:300]})",
            file=file,
            remedy=f"{remedy}, or set {where}.header if the headers are not in line {line}",
        )
    listed = ", ".join(f"{target} from {names[0]!r}" for target, names in columns.items())
    notes.append(f"{file}: columns found by their headers: {listed}")
    return columns
