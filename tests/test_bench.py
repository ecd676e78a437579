"""The machinery of `make bench`: a line for every program, limits that hold, exponents that are right."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from benchmarks.bench import table
from benchmarks.bench.growth import BAR, fitted
from benchmarks.bench.measure import Limits, reason, watched
from benchmarks.bench.part import Python, R
from benchmarks.bench.parts import PARTS
from benchmarks.bench.run import Row, growths, repeated, rows_of

LIMITS = Limits(memory=4096, cpu=60)


def test_every_program_has_a_line_with_its_cost_or_the_reason(tmp_path: Path) -> None:
    part = PARTS["covariance"]
    rows = list(rows_of(part, part.tiny, sys.executable, LIMITS, 1, tmp_path / "data"))
    assert [row.program for row in rows] == list(part.programs)
    found = {row.program: row for row in rows}
    assert found["interclust"].cost["peak"] > found["interclust"].cost["beyond"]
    double = found["numpy: double sum"]
    assert double.distance is not None
    assert double.distance < 1e-9
    for row in rows:
        assert table.line(row).count("|") == table.HEAD.split("\n")[0].count("|")
        assert row.lost is None or row.lost.startswith("missing")
        assert row.distance is None or row.distance < 1e-5  # R's glm ends a step before its covariance


@pytest.mark.parametrize("name", PARTS)
def test_sizes_grow_and_bear_an_exponent(name: str) -> None:
    part = PARTS[name]
    rows = [part.rows(size) for size in part.sizes]
    assert rows == sorted(set(rows))
    assert part.reference in part.programs
    if part.growth:
        assert len(rows) >= 4
        assert rows[-1] >= 8 * rows[0]


def test_a_power_law_is_found_again() -> None:
    rows = [1000, 2000, 4000, 8000]
    found = fitted(rows, [1e-6 * n**1.25 * 300 for n in rows])
    assert found is not None
    assert found.exponent == pytest.approx(1.25)
    assert found.std_error == pytest.approx(0, abs=1e-9)
    part = PARTS["logit"]
    assert table.growth_line(part, "interclust", found).endswith("| short |")
    assert not table.growth_line(part, "glum", found).endswith("| short |")
    straight = fitted(rows, [n / 1000 for n in rows])
    assert straight is not None
    assert straight.exponent < BAR
    assert table.growth_line(part, "interclust", straight).endswith("| met |")


def test_calls_too_short_to_tell_do_not_flatten_an_exponent() -> None:
    rows = [100, 200, 400, 1000, 2000, 4000, 8000]
    cpu = [0.04, 0.04, 0.04, *(n / 1000 for n in rows[3:])]
    found = fitted(rows, cpu)
    assert found is not None
    assert found.exponent == pytest.approx(1)
    assert found.sizes == 4
    assert fitted(rows[:6], cpu[:6]) is None


@pytest.mark.parametrize(
    ("code", "limits", "said"),
    [
        ("bytearray(10**9)", Limits(200, 60), "fell over: more than"),
        ("while True: pass", Limits(200, 1), "fell over: more than 1 s of CPU"),
        ("import no_such_peer", LIMITS, "missing: No module named 'no_such_peer'"),
        ("1 / 0", LIMITS, "failed: ZeroDivisionError"),
    ],
)
def test_a_process_that_comes_to_nothing_says_why(code: str, limits: Limits, said: str) -> None:
    done = watched([sys.executable, "-I", "-c", code], dict(os.environ), limits)
    assert reason(done, Python(lambda size, folder: None), limits).startswith(said)  # type: ignore[arg-type, return-value]


def test_a_missing_package_of_r_is_named_with_its_remedy() -> None:
    code = "import sys; sys.exit('there is no package called sna')"
    done = watched([sys.executable, "-c", code], dict(os.environ))
    assert "apt-get install r-base-core r-cran-sna" in reason(done, R("mrqap.R", ("sna",)), LIMITS)


def test_the_kernel_counts_memory_and_time() -> None:
    done = watched([sys.executable, "-c", "x = bytearray(300 * 2**20); sum(range(10**6))"], dict(os.environ))
    assert done.status == 0
    assert 300 < done.peak < 1000
    assert 0 < done.cpu <= done.seconds * 3


def test_the_order_is_turned_round_and_long_calls_are_measured_once() -> None:
    asked: list[str] = []

    def one(program: str) -> dict[str, float]:
        asked.append(program)
        return {"process_cpu": 100.0 if program == "slow" else 1.0}

    found = repeated(["quick", "slow", "other"], 2, one)
    assert asked == ["quick", "slow", "other", "other", "quick"]
    assert len(found["slow"]) == 1


def test_lines_without_a_cost_bear_no_exponent() -> None:
    rows = [Row("logit", "glum", 10**k, {"cpu": 10.0**k}, 1) for k in range(4)]
    rows.append(Row("logit", "glum", 10**5, {}, 1, lost="fell over"))
    found = growths(rows)["logit", "glum"]
    assert found is not None
    assert found.sizes == 4
