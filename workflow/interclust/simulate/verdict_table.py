"""Verdicts of many worlds summed up: power where a claim holds, false verdicts where its effect is absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..effects.claims import Claim, claims
from ..effects.hypotheses import LEVEL, combine
from ..effects.power import power

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "part",
    "test",
    "truth",
    "worlds",
    "tested",
    "estimate",
    "sd",
    "mean_error",
    "predicted",
    "rejected",
    "rejected_error",
    "supported",
    "contradicted",
)
TITLES = (
    *("truth", "worlds", "estimate", "sd", "mean error", "predicted"),
    *("rejected", "supported", "contradicted"),
)
HOLDS = "holds"


def tabulate(found: pd.DataFrame, truths: Mapping[str, str]) -> pd.DataFrame:
    """One row a test of ``simulate.verdicts.judge_worlds`` (``COLUMNS``).

    ``truths`` is ``simulate.claims`` {part: holds or absent}. Among the worlds in which the test was
    made: ``estimate`` the mean (a log ratio where the test is of ratios), ``sd`` the standard deviation of
    the estimates and ``mean_error`` the root of the mean variance that was estimated; ``predicted`` the
    mean power that the errors of the worlds declare at the mean estimate, and ``rejected`` the share of
    two-sided tests at 5 % that rejected, unadjusted, with its Monte-Carlo error; ``supported`` and
    ``contradicted`` the shares of verdicts after the adjustment.
    """
    import pandas as pd

    rows = [_row(group, truths) for _, group in found.groupby(["part", "test"], sort=False)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def false_verdicts(
    found: pd.DataFrame, truths: Mapping[str, str], hypotheses: Mapping[str, Any]
) -> pd.DataFrame:
    """How often the verdicts on whole claims are right, wrong or none, by truth, and worlds with an error.

    A claim that holds is right if supported and wrong if contradicted; of one whose effect is absent
    either verdict is wrong. Columns: truth, claims, verdicts (claims by worlds), right, wrong,
    worlds_with_error (share of worlds with at least one wrong verdict on claims of this truth).
    """
    import pandas as pd

    verdicts = pd.DataFrame(
        list(_claims(found, truths, hypotheses)), columns=["world", "truth", "right", "wrong"]
    )
    rows = [
        {
            "truth": truth,
            "claims": len(own) // max(own["world"].nunique(), 1),
            "verdicts": len(own),
            "right": own["right"].mean(),
            "wrong": own["wrong"].mean(),
            "worlds_with_error": own.groupby("world")["wrong"].any().mean(),
        }
        for truth, own in verdicts.groupby("truth", sort=False)
    ]
    return pd.DataFrame(rows)


def markdown(table: pd.DataFrame, errors: pd.DataFrame) -> str:
    """Both tables for people, shares in per cent."""
    lines = [
        f"| test | {' | '.join(TITLES)} |",
        f"| --- | --- |{' ---: |' * (len(TITLES) - 1)}",
    ]
    for row in table.to_dict("records"):
        numbers = [f"{row[name]:.3f}" for name in ("estimate", "sd", "mean_error")]
        shares = [
            _percent(row["predicted"]),
            f"{_percent(row['rejected'])} ± {_percent(row['rejected_error'])}",
        ]
        ends = [_percent(row["supported"]), _percent(row["contradicted"])]
        cells = [row["test"], row["truth"], str(row["tested"]), *numbers, *shares, *ends]
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "| truth | claims | right | wrong | worlds with a wrong verdict |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in errors.to_dict("records"):
        shares = [_percent(row[name]) for name in ("right", "wrong", "worlds_with_error")]
        lines.append(f"| {' | '.join([row['truth'], str(row['claims']), *shares])} |")
    return "\n".join(lines) + "\n"


def _row(group: pd.DataFrame, truths: Mapping[str, str]) -> dict[str, Any]:
    part = group["part"].iloc[0]
    made = group[group["verdict"] != "not testable"]
    n = max(len(made), 1)
    rejected = float((made["p_value"] < LEVEL).mean()) if len(made) else np.nan
    error = float(np.sqrt((made["std_error"] ** 2).mean()))
    estimate = float(made["estimate"].mean())
    predicted = np.nan
    if len(made) and error > 0 and group["expected"].iloc[0].lstrip("'") in ("+", "-"):
        errors = zip(made["std_error"], made["df"].fillna(np.inf), strict=True)
        predicted = float(np.mean([power(estimate, own, df) for own, df in errors]))
    return {
        "part": part,
        "test": group["test"].iloc[0],
        "truth": truths.get(part, ""),
        "worlds": len(group),
        "tested": len(made),
        "estimate": estimate,
        "sd": float(made["estimate"].std()),
        "mean_error": error,
        "predicted": predicted,
        "rejected": rejected,
        "rejected_error": float(np.sqrt(rejected * (1 - rejected) / n)),
        "supported": float((made["verdict"] == "supported").mean()) if len(made) else np.nan,
        "contradicted": float((made["verdict"] == "contradicted").mean()) if len(made) else np.nan,
    }


def _claims(
    found: pd.DataFrame, truths: Mapping[str, str], hypotheses: Mapping[str, Any]
) -> Iterator[tuple[int, str, bool, bool]]:
    """World, truth, whether the verdict is right and whether it is wrong, of every claim of known truth."""
    known: dict[str, Claim] = {claim.id: claim for claim in claims(hypotheses) if claim.id in truths}
    for (world, part), own in found[found["part"].isin(list(known))].groupby(["world", "part"], sort=False):
        verdict = combine(own["verdict"], known[part].combine)
        if verdict == "not testable":
            continue
        truth = truths[part]
        right = verdict == "supported" if truth == HOLDS else verdict == "undecided"
        wrong = verdict == "contradicted" if truth == HOLDS else verdict in ("supported", "contradicted")
        yield int(world), truth, right, wrong


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.1f}"
