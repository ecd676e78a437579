"""What a verdict rests on, in one sentence, in English and French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Text = Mapping[str, str]

OUTCOMES: dict[str, Text] = {
    "project": {"en": "joint projects", "fr": "les projets communs"},
    "recurrence": {"en": "the renewal of ties", "fr": "le renouvellement des liens"},
    "contact": {"en": "contacts between clusters", "fr": "les contacts entre clusters"},
    "idea": {"en": "the passage from ideas to projects", "fr": "le passage des idées aux projets"},
    "merger": {"en": "mergers of clusters", "fr": "les fusions de clusters"},
}

RECORDS: dict[str, Text] = {
    "complete": {"en": "complete", "fr": "complet"},
    "incomplete": {"en": "incomplete", "fr": "incomplet"},
}

CORRECTIONS: dict[str, Text] = {
    "holm": {"en": "Holm's correction", "fr": "la correction de Holm"},
    "bh": {
        "en": "the correction of Benjamini and Hochberg",
        "fr": "la correction de Benjamini et Hochberg",
    },
}

STEP: dict[str, Text] = {
    "plain": {"en": "", "fr": ""},
    "measure": {"en": " for a step of one standard deviation", "fr": " pour un pas d'un écart-type"},
}

REASONS: dict[str, Text] = {
    "outcome": {
        "en": "The claim is about {claim}; this study records {measured}.",
        "fr": "L'énoncé porte sur {claim} ; cette étude relève {measured}.",
    },
    "kinds": {
        "en": "The claim compares kinds of bodies; in this study one kind alone ({kinds}) can have the"
        " outcome.",
        "fr": "L'énoncé compare des natures d'organismes ; dans cette étude, une seule ({kinds}) peut"
        " connaître l'événement.",
    },
    "no_column": {
        "en": "not computed in this study: {columns}",
        "fr": "non calculé dans cette étude : {columns}",
    },
    "no_value": {
        "en": "without a known value in any row: {columns}",
        "fr": "sans valeur connue dans aucune ligne : {columns}",
    },
    "and": {"en": "; ", "fr": " ; "},
    "still_not_identified": {
        "en": "; even then, incomplete records would not identify the effect (d)",
        "fr": " ; même alors, un relevé incomplet n'identifierait pas l'effet (d)",
    },
    "moderator": {
        "en": "No moderator can be tested on {lists} printed lists: even without one, they detect no ratio"
        " below {detectable} at 80% power.",
        "fr": "Aucun modérateur ne peut être testé sur {lists} listes imprimées : même sans lui, elles ne"
        " décèlent aucun rapport inférieur à {detectable} à une puissance de 80 %.",
    },
    "moderator_bare": {
        "en": "No moderator is tested on incomplete records: printed lists show with whom clusters co-label,"
        " and no more.",
        "fr": "Aucun modérateur n'est testé sur un relevé incomplet : les listes imprimées montrent avec qui"
        " les clusters co-labellisent, et rien de plus.",
    },
    "partners_only": {
        "en": "Incomplete records show with whom clusters co-label, not how often or how soon, and the claim"
        " does not rest on the choice of partners alone.",
        "fr": "Un relevé incomplet montre avec qui les clusters co-labellisent, non à quelle fréquence ni à"
        " quel moment, et l'énoncé ne tient pas au seul choix des partenaires.",
    },
    "recurrence": {
        "en": "On incomplete records a tie that does not come back may only be unseen, so recurrence is not"
        " identified.",
        "fr": "Dans un relevé incomplet, un lien qui ne revient pas peut n'être qu'invisible : le"
        " renouvellement n'est pas identifié.",
    },
    "no_model": {
        "en": "The model {model}, which would estimate {terms}, is not among the models of this study.",
        "fr": "Le modèle {model}, qui estimerait {terms}, n'est pas parmi les modèles de cette étude.",
    },
    "no_term": {
        "en": "The model {model} of this study does not have the term {terms}.",
        "fr": "Le modèle {model} de cette étude ne comporte pas le terme {terms}.",
    },
    "no_room": {
        "en": "The {events} {unit} of the model {model} bear one term for every ten, it already has {held},"
        " and {terms} is not among them.",
        "fr": "Les {events} {unit} du modèle {model} portent un terme pour dix, il en compte déjà {held},"
        " et {terms} n'en est pas.",
    },
    "not_fitted": {
        "en": "The model {model} could not be fitted: {cause}.",
        "fr": "Le modèle {model} n'a pas pu être estimé : {cause}.",
    },
    "constant": {
        "en": "Takes one value only in this study: {columns}.",
        "fr": "Ne prend qu'une seule valeur dans cette étude : {columns}.",
    },
    "cell": {
        "en": "Too few events to test ({cells}): each cell of the moderator needs at least {needed}.",
        "fr": "Trop peu d'événements pour tester ({cells}) : il en faut au moins {needed} par case du"
        " modérateur.",
    },
    "no_test": {
        "en": "The hypothesis file declares no test for {records} records.",
        "fr": "Le fichier de l'hypothèse ne déclare aucun test pour un relevé {records}.",
    },
    "no_error": {
        "en": "The model {model} gives {terms} no finite estimate and standard error.",
        "fr": "Le modèle {model} ne donne à {terms} ni estimation ni erreur type finies.",
    },
    "supported": {
        "en": "The estimate has the sign of the claim and stands after {correction}.",
        "fr": "L'estimation a le signe annoncé et résiste à {correction}.",
    },
    "contradicted": {
        "en": "The estimate has the opposite sign and stands after {correction}.",
        "fr": "L'estimation a le signe contraire et résiste à {correction}.",
    },
    "undecided": {
        "en": "The estimate cannot be told from no effect after {correction}.",
        "fr": "L'estimation ne se distingue pas d'un effet nul après {correction}.",
    },
    "undecided_detectable": {
        "en": "The estimate cannot be told from no effect after {correction}; the smallest ratio"
        " detectable at 80% power{step} is {detectable}.",
        "fr": "L'estimation ne se distingue pas d'un effet nul après {correction} ; le plus petit"
        " rapport décelable à une puissance de 80 %{step} est {detectable}.",
    },
    "supported_equal": {
        "en": "The ratio lies within a factor of {margin} of equality{step}, after {correction}.",
        "fr": "Le rapport est à moins d'un facteur {margin} de l'égalité{step}, après {correction}.",
    },
    "contradicted_equal": {
        "en": "The ratio lies further than a factor of {margin} from equality{step}, after {correction}.",
        "fr": "Le rapport est à plus d'un facteur {margin} de l'égalité{step}, après {correction}.",
    },
    "supported_joint": {
        "en": "Together the terms differ from no effect after {correction}, each with the sign of the claim.",
        "fr": "Ensemble, les termes diffèrent d'un effet nul après {correction}, chacun avec le signe"
        " annoncé.",
    },
    "contradicted_joint": {
        "en": "Together the terms differ from no effect after {correction}, each with the opposite sign.",
        "fr": "Ensemble, les termes diffèrent d'un effet nul après {correction}, chacun avec le signe"
        " contraire.",
    },
    "undecided_joint": {
        "en": "Together the terms cannot be told from no effect after {correction}.",
        "fr": "Ensemble, les termes ne se distinguent pas d'un effet nul après {correction}.",
    },
    "mixed_joint": {
        "en": "Together the terms differ from no effect after {correction}, but not all with the sign of"
        " the claim.",
        "fr": "Ensemble, les termes diffèrent d'un effet nul après {correction}, mais pas tous avec le signe"
        " annoncé.",
    },
    "undecided_equal": {
        "en": "The ratio is neither shown to lie within a factor of {margin} of equality nor outside{step}.",
        "fr": "Le rapport n'est montré ni à moins d'un facteur {margin} de l'égalité, ni au-delà{step}.",
    },
}


def reason(key: str, **values: object) -> dict[str, str]:
    """Fill the sentence ``key`` in both languages; numbers take each language's decimal mark."""
    return {lang: REASONS[key][lang].format(**_in(lang, values)) for lang in ("en", "fr")}


def _in(lang: str, values: Mapping[str, object]) -> dict[str, object]:
    return {name: _cell(lang, value) for name, value in values.items()}


def _cell(lang: str, value: object) -> object:
    if isinstance(value, float):
        text = f"{value:.3g}" if value < 100 else f"{value:.0f}"
        return text.replace(".", ",") if lang == "fr" else text
    if isinstance(value, Mapping):
        return value[lang]
    return value


def enumerate_in(lang: str, words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c`` (et)."""
    last = {"en": " and ", "fr": " et "}[lang]
    return last.join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def both(words: Sequence[str]) -> dict[str, str]:
    """The same names enumerated in both languages."""
    return {lang: enumerate_in(lang, words) for lang in ("en", "fr")}


def joined(*texts: Text) -> dict[str, str]:
    """Texts put one after the other, in both languages."""
    return {lang: "".join(text[lang] for text in texts) for lang in ("en", "fr")}
