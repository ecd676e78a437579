"""Five hundred spoilt studies (ten thousand by ``make fuzz``), and proof that a fault would be seen."""

from __future__ import annotations

import os
import random
import sys
import time
import warnings
from dataclasses import replace

import pytest

from fuzz import bases, campaign, examine, reading
from fuzz.mutant import mutant
from interclust import ingest
from interclust.config.schema import check_section
from interclust.errors import InputError

SEED, MUTANTS = 1, 500


def test_no_mutant_breaks_ingest():
    found = campaign.campaign(SEED, range(MUTANTS), cores=2)
    assert len(found.reports) == MUTANTS
    assert not found.failed, "\n".join(found.lines())
    outcomes = {report.outcome for report in found.reports}
    assert {"accepted", "quarantined", "InputError"} <= outcomes


def judged(number: int, folder, seconds: float = 10) -> examine.Report:
    """The verdicts on a sound study."""
    world = bases.make(random.Random(number), ("csv",))  # noqa: S311
    world.spec["tolerance"] = 1
    written = {path: raw.write(folder) for path, raw in world.files.items()}
    return examine.judge(world, 0, folder, written, seconds)


@pytest.mark.parametrize("number", range(12))
def test_the_studies_are_sound_before_they_are_spoilt(number, tmp_path):
    report = judged(number, tmp_path)
    assert (report.outcome, report.verdicts) == ("accepted", [])


@pytest.mark.parametrize("number", range(0, 400, 10))
def test_every_study_is_allowed_by_the_schema(number):
    """What is spoilt are files and allowed settings: a study that its schema refuses would prove nothing."""
    check_section("ingest", mutant(SEED, number).spec, [])


@pytest.mark.parametrize("number", range(0, 100, 10))
def test_a_mutant_is_always_the_same(number, tmp_path):
    one, other = (
        {path: raw.write(tmp_path / side) for path, raw in mutant(SEED, number).files.items()}
        for side in "ab"
    )
    assert one == other


def lose_a_row(result):
    """A project gone, and nobody told: even the numbers fit each other."""
    lost = result.records.projects.iloc[0]
    members = result.records.memberships
    records = replace(
        result.records,
        projects=result.records.projects.iloc[1:],
        memberships=members[members["project_id"] != lost["project_id"]],
    )
    first, *others = result.summary["files"]
    entry = {**first, "read": first["read"] - 1, "accepted": first["accepted"] - 1}
    return replace(result, records=records, summary={**result.summary, "files": [entry, *others]})


def lose_a_name(result):
    return replace(result, resolution=result.resolution.iloc[:0], unresolved=result.unresolved.iloc[:0])


def double_a_membership(result):
    import pandas as pd

    doubled = pd.concat([result.records.memberships] * 2)
    return replace(result, records=replace(result.records, memberships=doubled))


def forget_the_quarantine(result):
    first, *others = result.summary["files"]
    entry = {**first, "quarantined": 1, "accepted": first["accepted"] - 1}
    return replace(result, summary={**result.summary, "files": [entry, *others]})


def break_a_contract(result):
    return replace(
        result, records=replace(result.records, projects=result.records.projects.drop(columns="topic"))
    )


def differ_each_time(result):
    return replace(result, summary={**result.summary, "clock": time.perf_counter()})


def raise_key_error(result):
    raise KeyError("x")


def leave(result):
    sys.exit(1)


def be_slow(result):
    time.sleep(5)


def say_something(result):
    os.write(2, b"a library complains\n")
    return result


def warn(result):
    warnings.warn("a library complains", DeprecationWarning, stacklevel=1)
    return result


def complain(sentence: str):
    """Raise an error that says just this: InputError itself would put it right."""
    error = InputError("")
    error.args = (sentence,)
    raise error


def say_too_much(result):
    complain("projects.csv: cannot\nbe read")


def say_at_length(result):
    complain("projects.csv: " + "x" * 2_000)


def say_nothing(result):
    raise InputError("something is wrong")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (lose_a_row, "rows not accounted for"),
        (lose_a_name, "names lost"),
        (double_a_membership, "key twice"),
        (forget_the_quarantine, "quarantine is not as long as said"),
        (break_a_contract, "not written"),
        (differ_each_time, "another result the second time"),
        (raise_key_error, "KeyError at test_fuzz.py"),
        (leave, "SystemExit"),
        (be_slow, "too slow"),
        (say_something, "printed"),
        (warn, "printed"),
        (say_too_much, "message of several lines"),
        (say_at_length, "long message"),
        (say_nothing, "message without its place"),
    ],
)
def test_a_planted_fault_is_seen(fault, kind, monkeypatch, tmp_path):
    run = ingest.run
    monkeypatch.setattr(ingest, "run", lambda study, data: fault(run(study, data)))
    report = judged(1, tmp_path, seconds=1.5)
    assert any(found.startswith(kind) for found, _ in report.verdicts), report.verdicts


def die(study, data):
    os._exit(3)


def take_memory(study, data):
    return bytearray(2 * examine.MEMORY)  # more than what earlier tests may have left mapped


@pytest.mark.parametrize(("fault", "kind"), [(die, "worker died"), (take_memory, "MemoryError")])
def test_a_worker_that_dies_or_takes_too_much_is_a_failure(fault, kind, monkeypatch):
    """Of mutants 1 to 3 the second one does it; the others are examined nevertheless."""
    real = examine.examine

    def planted(seed: int, number: int) -> examine.Report:
        if number == 2:
            monkeypatch.setattr(ingest, "run", fault)
        return real(seed, number)

    monkeypatch.setattr(campaign, "examine", planted)
    found = campaign.campaign(SEED, [1, 2, 3], cores=2)
    failures = {report.number: report.verdicts for report in found.reports if report.verdicts}
    assert len(found.reports) == 3
    assert any(name.startswith(kind) for name, _ in failures[2])


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a,b\n1,2\n3,4\n", 2, 2),
        ("a,b\r\n1,2\r\n\r\n3,4", 2, 2),
        ("a,b\r1,2\r3,4\r", 2, 2),
        ('a,b\n1,"x\ny"\n3,4\n', 2, 3),
        ('a,b\n1,"x\n3,4\n', 2, 2),
        ("a,b\n1,x\ry\n3,4\n", 2, 3),
        ("a,b\n\x1f\n3,4\n", 1, 2),
        ("", 0, 0),
    ],
)
def test_the_second_reading_counts_records(text, low, high):
    found = reading.of_text(text)
    assert (found.low, found.high) == (low, high)
