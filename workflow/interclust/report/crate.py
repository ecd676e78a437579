"""The results of a study as a research object: RO-Crate 1.1, a JSON-LD file beside them.

https://www.researchobject.org/ro-crate/1.1/. What lies in the study's folder is a data entity of the crate;
raw files that lie elsewhere are named with their hash and licence. The only clock is that of provenance.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .. import io
from ..errors import ContractError
from .exhibits import describe
from .provenance import raw_names, sha256
from .results import Results

METADATA = "ro-crate-metadata.json"
WORKFLOW = "workflow/Snakefile"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
CONTEXT = [f"{SPECIFICATION}/context", {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}]
CODE_LICENCE = "https://spdx.org/licenses/MIT"
FORMATS = {
    ".bib": "application/x-bibtex",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gexf": "application/gexf+xml",
    ".graphml": "application/graphml+xml",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
}
Entity = dict[str, Any]


def write_crate(
    study: str | Path,
    files: Iterable[str | Path],
    raw: Iterable[str | Path],
    snakefile: str | Path,
    root: str | Path,
) -> None:
    """Write ``ro-crate-metadata.json`` and ``workflow/Snakefile`` (a copy) into a study's folder.

    ``files`` lie in that folder, as does provenance.json; ``raw`` files are named by paths below ``root``.
    """
    results = Results(study)
    io.write_text(Path(snakefile).read_text(encoding="utf-8"), results.folder / WORKFLOW)
    io.write_json(crate(results, files, raw, root), results.folder / METADATA)


def crate(
    results: Results, files: Iterable[str | Path], raw: Iterable[str | Path], root: str | Path
) -> Entity:
    """The graph of entities: the crate, its files, the workflow, raw data, software and the run."""
    folder, origin = results.folder, dict(results.json("provenance.json") or {})
    inside = sorted({Path(file).resolve().relative_to(folder.resolve()) for file in files} - {Path(WORKFLOW)})
    data = [_file(results, path) for path in inside]
    sources = [_raw(path, name, folder) for path, name in raw_names(raw, root).items()]
    software = [_software(name, version) for name, version in _versions(origin).items()]
    own = {entity["@id"] for entity in data}
    parts = [*data, *(entity for entity in sources if entity["@type"] == "File" and entity["@id"] not in own)]
    outside = [entity for entity in sources if entity["@type"] != "File"]
    licences = {entity["license"]["@id"] for entity in sources if "license" in entity} | {CODE_LICENCE}
    graph = [
        {"@id": METADATA, "@type": "CreativeWork", "about": _ref("./"), "conformsTo": _ref(SPECIFICATION)},
        _root(results, origin, [WORKFLOW, *(entity["@id"] for entity in parts)]),
        _workflow(folder, origin),
        *parts,
        *outside,
        *software,
        *({"@id": address, "@type": "CreativeWork", "name": address} for address in sorted(licences)),
        _run(origin, [entity["@id"] for entity in sources], own),
    ]
    return {"@context": CONTEXT, "@graph": graph}


def _root(results: Results, origin: Mapping[str, Any], parts: list[str]) -> Entity:
    name = str(results.study.get("name", ""))
    label = results.study.get("label") or name
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": label.get("en", name) if isinstance(label, Mapping) else str(label),
        "description": f"Results of the study {name} of interclust: its report with tables, figures and "
        "numbers, the fits of its models, their effects and the hypotheses judged by them.",
        "datePublished": origin.get("finished", ""),
        "hasPart": [_ref(part) for part in parts],
        "mainEntity": _ref(WORKFLOW),
        "mentions": _ref("#run"),
    }


def _workflow(folder: Path, origin: Mapping[str, Any]) -> Entity:
    commit = (origin.get("commit") or {}).get("sha")
    return {
        **_sized(folder / WORKFLOW),
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": "interclust",
        "description": "The entry of the workflow; its rules and package are those of the version named here"
        + (f", commit {commit}." if commit else "."),
        "version": origin.get("version", ""),
        "license": _ref(CODE_LICENCE),
        "programmingLanguage": _ref("#software/snakemake"),
        "softwareRequirements": [_ref(f"#software/{name}") for name in _versions(origin)],
    }


def _file(results: Results, path: Path) -> Entity:
    """A file of the study's folder, with what made it where it is an exhibit."""
    found = {**_sized(results.folder / path), "@id": quote(path.as_posix()), "@type": "File"}
    found["name"] = path.name
    if path.parts[0] == "report" and path.parts[1] != "paper" and path.name != "exhibits.csv":
        exhibit = describe(results, path.relative_to("report"))
        found["name"] = exhibit.exhibit
        found["description"] = f"made by the rule {exhibit.rule}"
        if exhibit.model:
            found["description"] += f" from the models {exhibit.model}"
    return found


def _raw(path: Path, name: str, folder: Path) -> Entity:
    """A raw file: a file of the crate where it lies in the folder, else one that is named only."""
    inside = path.is_relative_to(folder.resolve())
    found = {
        **_sized(path),
        "@id": quote(path.relative_to(folder.resolve()).as_posix()) if inside else f"#raw/{quote(name)}",
        "@type": "File" if inside else "MediaObject",
        "name": name,
    }
    return found | _described(path)


def _described(path: Path) -> Entity:
    """Title and licence of a raw file, where a datapackage.json above it (Frictionless) describes it."""
    for above in path.parents:
        if (above / "datapackage.json").is_file():
            try:
                package = io.read_json(above / "datapackage.json")
                own = [
                    one for one in package["resources"] if one["path"] == path.relative_to(above).as_posix()
                ]
                licence = package["licenses"][0]["path"]
            except (ContractError, LookupError, TypeError):
                return {}
            return {"description": own[0].get("title", ""), "license": _ref(licence)} if own else {}
    return {}


def _software(name: str, version: str) -> Entity:
    kind = ["SoftwareApplication", "ComputerLanguage"] if name == "snakemake" else "SoftwareApplication"
    return {"@id": f"#software/{name}", "@type": kind, "name": name, "version": version}


def _run(origin: Mapping[str, Any], sources: list[str], files: set[str]) -> Entity:
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "The run that made these results",
        "instrument": _ref(WORKFLOW),
        "object": [_ref(source) for source in sources],
        "result": [_ref(file) for file in sorted(files) if file.startswith("report/report.")],
        "endTime": origin.get("finished", ""),
    }


def _versions(origin: Mapping[str, Any]) -> dict[str, str]:
    return {"python": str(origin.get("python", "")), **(origin.get("libraries") or {})}


def _sized(path: Path) -> Entity:
    found = {"contentSize": str(path.stat().st_size), "sha256": sha256(path)}
    return found | ({"encodingFormat": FORMATS[path.suffix]} if path.suffix in FORMATS else {})


def _ref(name: str) -> Entity:
    return {"@id": name}
