"""The profiles of clusters name rules and groups that there are."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROFILE, PODS = (
    yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text(encoding="utf-8"))
    for name in ("slurm", "kubernetes")
)
RULES = "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))
)


def test_rules_and_groups_of_the_profile_are_those_of_the_workflow() -> None:
    named = {*PROFILE["set-resources"], *PODS["set-resources"]}
    assert named <= set(re.findall(r"^rule (\w+):", RULES, flags=re.MULTILINE))
    assert set(PROFILE["group-components"]) <= set(re.findall(r'group:\s+"(\w+)"', RULES))


def test_no_rule_asks_for_more_memory_than_a_job_may_have() -> None:
    asked = [PROFILE["default-resources"], *PROFILE["set-resources"].values()]
    assert all(resources.get("mem_mb", 0) <= PROFILE["resources"]["mem_mb"] for resources in asked)
