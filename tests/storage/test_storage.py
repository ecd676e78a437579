"""A study with its results in S3, its jobs in pods: every object has the bytes of a local run's file.

The executor and storage plugins are those that a user takes; the cluster and the server of S3 are stand-ins
on this machine. Not part of `make test`: `make storage` runs it (and sets up the plugins).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from bucket import Bucket, s3
from pods import UNSHARE, Cluster, cluster
from tests.mutate.session import copy_checkout

from chaos.ten_clusters import WITH_CLOCK, write_smallest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / ".venv" / "storage" / "bin"  # `make storage` fills it
STUDY = "mine/ten.yaml"  # a study in the checkout, with data and models beside it
KUBERNETES = (
    *("--workflow-profile", "profiles/kubernetes", "--container-image", "stand-in", "--jobs", "2"),
    *("--default-storage-prefix", "s3://bucket", "--seconds-between-status-checks", "1"),
)
IN_PODS = {
    *("resolve_study", "build_mergers", "build_panel_ten", "describe_panel_ten", "compute_features_ten"),
    *("fit_model", "validate_model", "check_reference", "estimate_effects", "judge_hypotheses"),
}


def reason_to_skip() -> str:
    if not (PROGRAMS / "moto_server").exists():
        return "the plugins are not installed; make storage does it"
    if shutil.which("unshare") is None or subprocess.run([*UNSHARE, "true"], check=False).returncode:
        return "this machine lets nobody make a name space of mounts (unshare --mount)"
    return ""


LACKING = reason_to_skip()
pytestmark = pytest.mark.skipif(bool(LACKING), reason=LACKING)


@dataclass(frozen=True)
class Place:
    """A checkout, the bucket and the cluster; the packages of a pod's image, without interclust."""

    checkout: Path
    bucket: Bucket
    pods: Cluster
    environment: Mapping[str, str]

    def snakemake(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["python", "-m", "snakemake", "--config", f"studies={STUDY}", *words],
            cwd=self.checkout,
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("storage")
    for name in ("checkout", "bin", "pods"):
        (folder / name).mkdir()
    write_checkout(folder / "checkout")
    (folder / "bin" / "pip").symlink_to("/bin/true")  # as in the image: what pods need is there
    image = {
        "PATH": f"{folder / 'bin'}:{PROGRAMS}:/usr/bin:/bin",
        "PYTHONPATH": "workflow",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
    with (
        s3(PROGRAMS / "moto_server", folder / "s3.log") as bucket,
        cluster(folder / "pods", image, (folder / "checkout", folder / "cache")) as pods,
    ):
        own = {
            "HOME": str(folder),
            "KUBECONFIG": str(folder / "pods" / "kubeconfig"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL": bucket.endpoint,
            "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "key",
            "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "secret",
        }
        (folder / "cache").mkdir()
        yield Place(folder / "checkout", bucket, pods, image | own)


def write_checkout(folder: Path) -> None:
    """A copy of this checkout with a study in it. Pods are sent what git knows, thus none of its raw data."""
    copy_checkout(folder)
    (folder / "mine").mkdir()
    study = write_smallest(folder / "mine")
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("data_dir: raw", "data_dir: mine/raw"), encoding="utf-8")
    for words in (["init", "--quiet"], ["add", "--all", ":!mine/raw"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


@pytest.fixture(scope="module")
def there(place: Place) -> str:
    """What a run by pods prints."""
    done = place.snakemake(*KUBERNETES)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def unclocked(name: str, files: Mapping[str, bytes]) -> bytes:
    """A file without the end of its run."""
    content = files[name]
    if Path(name).name not in WITH_CLOCK:
        return content
    provenance = files[str(Path(name).with_name("provenance.json"))]
    finished = json.loads(provenance)["finished"].encode()
    assert finished in content
    return content.replace(finished, b"END").replace(sha256(provenance).hexdigest().encode(), b"SHA-256")


def test_pods_ran_what_reads_no_local_file_and_nothing_else(place: Place, there: str) -> None:
    """Of 18 steps the target and those that read raw data or sources of the report ran here."""
    ran = [
        re.findall(r"Finished jobid: 0 \(Rule: (\w+)\)", place.pods.said(name)) for name in place.pods.pods
    ]
    assert all(len(rules) == 1 for rules in ran)
    assert {rule for rules in ran for rule in rules} == IN_PODS
    assert all(pod.code == 0 for pod in place.pods.pods.values())
    assert "18 of 18 steps (100%) done" in there
    assert there.count(" succeeded.") == len(ran)


def test_every_object_has_the_bytes_of_a_local_run(place: Place, there: str) -> None:
    results = place.bucket.files()
    assert not files_of(place)
    done = place.snakemake("--cores", "2")
    assert done.returncode == 0, done.stdout[-6000:]
    here = files_of(place)
    assert len(here) > 150
    assert here.keys() == results.keys()
    assert [name for name in here if unclocked(name, here) != unclocked(name, results)] == []


def files_of(place: Place) -> dict[str, bytes]:
    """What lies in the folder of results, beside the bucket."""
    paths = [path for path in (place.checkout / "results").rglob("*") if path.is_file()]
    return {path.relative_to(place.checkout).as_posix(): path.read_bytes() for path in paths}


def test_a_second_run_plans_nothing(place: Place, there: str) -> None:
    again = place.snakemake(*KUBERNETES, "--dry-run")
    assert "Nothing to be done" in again.stdout, again.stdout[-3000:]
