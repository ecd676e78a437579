"""Python and YAML on the pages: calls run on a small table, settings load, numbers are those of others."""

from __future__ import annotations

import re
import runpy
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from docs_pages import ROOT, Code, blocks, pages
from interclust import config

DOCS = ROOT / "docs"
# Pages whose calls are run: here, in test_features_registry.py, in test_docs_commands.py.
RUN = {"README.md", "docs/feature.md", "docs/tutorial/README.md"}


def code_of(language: str, *begins: str) -> list[Code]:
    """Blocks of a language, or without one that begin so."""
    found = [code for page in pages() for code in blocks(page)]
    return [
        code
        for code in found
        if code.language == language or (begins and not code.language and code.text.startswith(begins))
    ]


def only(page: str, language: str, *begins: str) -> Code:
    (code,) = (code for code in code_of(language, *begins) if code.page == page)
    return code


def run(code: Code, names: dict[str, object]) -> dict[str, object]:
    exec(compile(code.text, str(code), "exec"), names)  # noqa: S102 - the page's own code
    return names


def test_every_page_with_calls_has_a_test() -> None:
    assert {code.page for code in code_of("python", "from ", "import ")} == RUN


def test_the_notebook_of_the_readme_runs() -> None:
    rng = np.random.default_rng(5)
    i, j = np.triu_indices(12, 1)
    near, far = rng.integers(0, 2, len(i)), rng.normal(5, 1, len(i))
    data = pd.DataFrame({"cluster_i": i, "cluster_j": j, "same_region": near, "log_distance_km": far})
    data["tie"] = (rng.random(len(i)) < 0.4).astype(float)
    data["projects"] = [[f"P{n % 9}"] if tie else None for n, tie in enumerate(data["tie"])]
    fit = run(only("README.md", "python", "from "), {"data": data})["fit"]
    assert list(fit.params.index) == ["Intercept", "same_region", "log_distance_km"]
    assert fit.vcov("dyadic").shape == (3, 3)


def settings_of(code: Code) -> object:
    return yaml.safe_load(textwrap.dedent(code.text))


def test_settings_on_pages_are_yaml() -> None:
    found = [settings_of(code) for code in code_of("yaml")]
    assert len(found) >= 8
    assert all(isinstance(item, dict) for item in found)


@pytest.mark.parametrize(
    "code",
    [code for code in code_of("yaml") if {"ingest", "panel"} <= settings_of(code).keys()],  # type: ignore[attr-defined]
    ids=str,
)
def test_studies_on_pages_load(code: Code, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "shown.yaml"
    path.write_text(code.text, encoding="utf-8")
    assert config.load(path)["name"] == "shown"


def test_model_and_hypothesis_on_their_pages_load(tmp_path: Path) -> None:
    """The study of the tutorial with both, and the terms that they name."""
    model = only("docs/model.md", "yaml").text
    claim, study = (code.text for code in code_of("yaml") if code.page == "docs/hypotheses.md")
    neighbours = (DOCS / "tutorial" / "models" / "emergence_near.yaml").read_text(encoding="utf-8")
    files = {
        "models/emergence_theme.yaml": model,
        "models/emergence_near.yaml": neighbours.replace("same_sector", "contiguous_region"),
        "hypotheses/H21.yaml": claim,
        "shown.yaml": "\n".join(
            line
            for line in (DOCS / "tutorial" / "near.yaml").read_text(encoding="utf-8").splitlines()
            if not line.startswith(("models", "hypotheses"))
        )
        + f"\n{study}\n".replace("[emergence_near]", "[emergence_near, emergence_theme]"),
    }
    (tmp_path / "data").mkdir()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    loaded = config.load(tmp_path / "shown.yaml")
    assert list(loaded["models"]) == ["emergence_near", "emergence_theme"]
    assert list(loaded["hypotheses"]) == ["H21"]


def test_the_data_of_the_tutorial_are_those_of_its_script(tmp_path: Path) -> None:
    script = runpy.run_path(str(DOCS / "tutorial" / "make_data.py"))
    script["main"](tmp_path)
    for name in ("projects.csv", "clusters.csv"):
        assert (tmp_path / name).read_bytes() == (DOCS / "tutorial" / "data" / name).read_bytes()


def test_numbers_of_the_answers_to_referees_are_those_of_the_pages_they_name() -> None:
    """A number with two digits or more of an answer stands on a page that the answer links."""
    text = (DOCS / "referees.md").read_text(encoding="utf-8")
    missing = []
    for answer in text.split("\n### ")[1:]:
        linked = set(re.findall(r"\]\(([\w./-]+\.md)", answer))
        told = " ".join((DOCS / page).read_text(encoding="utf-8") for page in linked)
        shown = re.sub(r"\]\([^)]*\)", "]", answer.split("\n## ")[0])
        for number in re.findall(r"\d[\d,.]*\d", shown):
            if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", told):
                missing.append(f"{answer.splitlines()[0]}: {number}")
    assert not missing
