"""Specification curves: the combinations and what is refused in them, the fits, the figure, the numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from interclust import config, models
from interclust.config.curves import specifications
from interclust.errors import ConfigError, ModelError, NotEstimable
from interclust.io import read_json, write_csv, write_json
from interclust.models import curves as fitting
from interclust.models.run import ListTables
from interclust.models.specification import formula_text
from interclust.report import curves as reading
from interclust.report.draw import figure_of
from interclust.report.figures.style import COLUMN
from interclust.report.language import Language
from interclust.report.numbers import collect
from interclust.report.results import Results
from report_fixture import write_study
from test_covariance import panel

TEXT = {"en": "text", "fr": "texte"}
BASE = {
    "outcome": "y",
    "family": "logit",
    "terms": ["x", "z", "w"],
    "moderators": [["z", "x"]],
    "center": ["x"],
}


def option(name: str, **change: Any) -> dict[str, Any]:
    return {"name": name, "label": TEXT, **change}


def curve(*choices: list[dict[str, Any]], terms: tuple[str, ...] = ("x",), **more: Any) -> dict[str, Any]:
    named = [{"name": f"choice_{k}", "label": TEXT, "options": options} for k, options in enumerate(choices)]
    return {"label": TEXT, "model": "base", "terms": list(terms), "choices": named, **more}


def study_of(spec: dict[str, Any]) -> dict[str, Any]:
    return {"models": {"base": BASE}, "curves": {"c": spec}}


SUBSTITUTES = [option("as_is"), option("other", instead={"x": "v"}), option("less", without=["w"])]
FAMILIES = [option("logit"), option("linear", set={"family": "linear"})]
ERRORS = [option("pair", set={"covariance": "dyad"}), option("dyadic", set={"covariance": "dyadic"})]


def test_all_combinations_in_the_order_of_the_options() -> None:
    spec = curve(SUBSTITUTES, FAMILIES, terms=("x", "z:x"), set={"covariance": "dyad"}, batch=4)
    found = specifications(study_of(spec), "c")
    assert [item["number"] for item in found] == [1, 2, 3, 4, 5, 6]
    assert found[0]["spec"] == {**BASE, "covariance": "dyad"}
    assert found[0]["choices"] == {"choice_0": "as_is", "choice_1": "logit"}
    assert found[3]["choices"] == {"choice_0": "other", "choice_1": "linear"}
    assert found[3]["terms"] == {"x": "v", "z:x": "z:v"}
    assert found[3]["spec"]["terms"] == ["v", "z", "w"]
    assert found[3]["spec"]["moderators"] == [["z", "v"]]
    assert found[3]["spec"]["center"] == ["v"]
    assert found[4]["spec"]["terms"] == ["x", "z"]
    assert BASE["terms"] == ["x", "z", "w"]
    assert [len(batch) for batch in config.batches(study_of(spec), "c")] == [4, 2]


FIRTH = [option("as_it_is"), option("firth", set={"family": "firth"})]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "emergence_firt"}, "model is emergence_firt, which is no model.*emergence_firth"),
        ({"terms": ["same_sectr"]}, "terms: same_sectr is no term of the model.*same_sector"),
        ({"options": [*FIRTH, option("firth")]}, "the name firth is used already"),
        (
            {"options": [*FIRTH, option("x", without=["same_sector"])]},
            "leaves out same_sector, which the curve",
        ),
        ({"options": [*FIRTH, option("x", instead={"a": "b"})]}, "mine.x: a is no term of the model"),
        ({"options": [*FIRTH, option("x", set={"famly": "logit"})]}, "famly is not a setting.*family"),
        ({"options": [*FIRTH, option("x", set={"family": "probit"})]}, 'family is "probit"'),
        ({"options": FIRTH[:1]}, "expected at least 2|options"),
        ({"name": "ratio"}, "the name ratio is used already"),
    ],
)
def test_a_curve_that_cannot_be_meant_is_a_sentence(change: dict, said: str, tmp_path: Path) -> None:
    spec = curve(FIRTH, terms=("same_sector",)) | {"model": "emergence_firth"}
    choice = {"name": change.pop("name", "mine"), "label": TEXT, "options": change.pop("options", FIRTH)}
    (tmp_path / "curves").mkdir()
    made = {**spec, "choices": [choice], **change}
    (tmp_path / "curves" / "c.yaml").write_text(yaml.safe_dump(made), encoding="utf-8")
    text = "extends: fui\ncurves: [c]\nmodels: [emergence_firth]\nhypotheses: []\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        config.load(tmp_path / "mine.yaml")
    assert "\n" not in str(caught.value)


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return panel().assign(v=lambda d: d["x"] + rng.normal(size=len(d)), w=lambda d: rng.normal(size=len(d)))


def from_memory(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fits to a frame instead of the files of a study; the formulas that were fitted."""
    made: list[str] = []

    def fit_panel(spec: dict[str, Any], folder: Path, threads: int | None) -> models.Fit:
        made.append(formula_text(spec))
        if spec["family"] == "ordered_logit":
            raise NotEstimable("too few events")
        return models.fit(formula_text(spec), frame(), family=spec["family"], project="projects")

    monkeypatch.setattr(fitting, "fit_panel", fit_panel)
    return made


def test_estimates_are_those_of_each_fit_and_errors_share_one(monkeypatch: pytest.MonkeyPatch) -> None:
    made = from_memory(monkeypatch)
    spec = curve(SUBSTITUTES, ERRORS, terms=("x", "z:x"))
    table = fitting.run_curve(specifications(study_of(spec), "c"), Path())
    assert len(made) == 3
    assert table["specification"].tolist() == sorted([*range(1, 7)] * 2)
    for number, formula, kind, measured in (
        (1, "y ~ c(x) + z + w + z:c(x)", "dyad", ("x", "z:x")),
        (4, "y ~ c(v) + z + w + z:c(v)", "dyadic", ("v", "z:v")),
        (6, "y ~ c(x) + z + z:c(x)", "dyadic", ("x", "z:x")),
    ):
        own = table[table["specification"] == number].set_index("term")
        line = models.fit(formula, frame(), project="projects").tidy(kind).set_index("term")
        assert own["measured_by"].tolist() == list(measured)
        for term in ("x", "z:x"):
            name = re.sub(r"\b([xv])$", r"c(\1)", own.loc[term, "measured_by"])
            assert np.log(own.loc[term, "ratio"]) == pytest.approx(line.loc[name, "estimate"])
            assert np.log(own.loc[term, "conf_low"]) == pytest.approx(line.loc[name, "conf_low"])
            assert own.loc[term, "p_value"] == pytest.approx(line.loc[name, "p_value"])
    assert (table["status"] == "fitted").all()
    assert set(table["n"]) == {len(frame())}


def test_what_does_not_go_together_is_listed_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    duration = {"duration": {"column": "period", "form": "linear"}}
    choices = (
        [option("free", set={"period_effects": "factor"}), option("none")],
        [option("alike"), option("lasting", set=duration)],
        [option("logit"), option("classes", set={"family": "ordered_logit"})],
    )
    items = specifications(study_of(curve(*choices)), "c")
    table = fitting.run_curve(items, Path()).set_index("specification")
    assert table.loc[[3, 4], "status"].tolist() == ["refused"] * 2
    assert table.loc[3, "reason"].startswith("period_effects: factor and a duration are collinear")
    assert table.loc[[2, 6, 8], "status"].tolist() == ["not_fitted"] * 3
    assert table.loc[[1, 5, 7], "status"].tolist() == ["fitted"] * 3
    assert table.loc[[3, 2], "ratio"].isna().all()
    wrong = [{**item, "spec": {**item["spec"], "covariance": "jackknif"}} for item in items]
    with pytest.raises(ModelError, match="no covariance 'jackknif'"):
        fitting.run_curve(wrong, Path())


def curved(folder: Path, terms: list[str]) -> Results:
    """A study made by hand with a curve of eight specifications, two of them refused."""
    write_study(folder)
    study = read_json(folder / "study.json")
    errors = [option("pair"), option("dyadic")]
    spec = curve([option("a"), option("b")], errors, [option("c"), option("d")], terms=tuple(terms))
    study["curves"] = {"c": {**spec, "model": "list_choice"}}
    write_json(study, folder / "study.json")
    rows = []
    for term in terms:
        for number in range(1, 9):
            bits = [(number - 1) >> shift & 1 for shift in (2, 1, 0)]
            names = [
                pair[bit] for pair, bit in zip((("a", "b"), ("pair", "dyadic"), "cd"), bits, strict=True)
            ]
            ratio = 0.5 + 0.25 * ((number * 3) % 8)
            row = dict(zip(("choice_0", "choice_1", "choice_2"), names, strict=True))
            row |= {"specification": number, "term": term, "ratio": ratio, "status": "fitted"}
            row |= {"conf_low": ratio / 1.4, "conf_high": ratio * 1.4, "reason": None}
            if number > 6:
                row |= dict.fromkeys(("ratio", "conf_low", "conf_high"))
                row |= {"status": "refused", "reason": "they do not go together"}
            rows.append(row)
    write_csv(pd.DataFrame(rows), folder / "models" / "curves" / "c.csv")
    return Results(folder)


def test_the_numbers_of_a_curve(tmp_path: Path) -> None:
    results = curved(tmp_path, ["same_sector"])
    (found,) = reading.curves(results, "c")
    ratios = [0.5 + 0.25 * ((number * 3) % 8) for number in range(1, 7)]
    assert [row["ratio"] for row in found.rows] == sorted(ratios)
    assert found.above == sum(ratio > 1 for ratio in ratios)
    assert found.clear == sum(ratio / 1.4 > 1 or ratio * 1.4 < 1 for ratio in ratios)
    assert reading.refused(results, "c") == [("they do not go together", 2)]
    numbers = collect(results)
    assert numbers["curve.c.same_sector.n"]["value"] == 6
    assert numbers["curve.c.refused.0"]["value"] == 2
    assert numbers["curve.c.same_sector.low"]["value"] == min(ratios)


@pytest.mark.parametrize("terms", [["same_sector"], ["same_sector", "same_region"]])
def test_the_figure_shows_every_estimate_and_its_options(terms: list[str], tmp_path: Path) -> None:
    results = curved(tmp_path, terms)
    figure = figure_of("specification_curve--c", results, Language("fr"))
    assert bool(figure.get_size_inches()[0] <= COLUMN) is (len(terms) == 1)
    above, below = figure.axes[0], figure.axes[len(terms)]
    dots = [line for line in above.lines if line.get_marker() == "o"]
    assert len(dots) == 6
    strokes = [len(item.get_segments()) for item in below.collections]
    assert sum(strokes) == 6 * 3  # one option of each of the three choices
    assert sum(line.get_marker() == "D" for line in above.lines) == 1


def test_list_choice_runs_with_its_own_covariances(monkeypatch: pytest.MonkeyPatch) -> None:
    """A covariance of panel models is refused for lists, not a crash."""
    spec = {"outcome": "list_choice", "terms": ["x"], "covariance": "dyadic"}

    class Tables:
        pairs = mentions = None

        def of_sets(self, spec: dict) -> None:
            return None

    monkeypatch.setattr(ListTables, "read", classmethod(lambda cls, folder: Tables()))

    class Fit:
        terms = ("x",)

    monkeypatch.setattr(fitting, "fit_lists", lambda *args, **kwargs: Fit())
    items = [{"number": n, "choices": {"a": "b"}, "terms": {"x": "x"}, "spec": spec} for n in (2, 3)]
    table = fitting.run_curve(items, Path())
    assert table["status"].tolist() == ["refused"] * 2
    assert "no covariance 'dyadic' for list choice" in table.loc[0, "reason"]
