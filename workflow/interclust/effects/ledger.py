"""Pattern matching on a coded ledger: the channel that a theory predicts of a row beside the coded one.

Yin (2018, Case Study Research, chapter 5); Trochim (1989), Evaluation and Program Planning 12. Counts only:
no score of a forecast and no test, for the rows are one case's and whoever coded them knew the theory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..config.ledger import values
from ..contracts import Contract
from ..errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

Spec = Mapping[str, Any]
CHANNELS = ("contact", "practice_exchange", "joint_idea", "project_attempted", "project_realised")
BLANK = "blank"  # how settings name a cell that holds nothing: the ledger does not say
ITEMS = ("catalyst", "brake")  # columns that hold several texts, with ; between
CASE, OTHER = "case", "other"
# What became of a prediction (or of none), in the order in which a code is looked for.
STATUSES = (
    *("match_present", "match_absent", "mismatch_present", "mismatch_absent"),
    *("not_coded", "not_predicted", "neither"),
)
ROWS = Contract(
    "effects/ledger_rows",
    {
        "pattern": "str",
        "rows_of": "str",  # the case: relations of the study's ego
        "ego": "str",
        "alter": "str",
        "phase": "str?",
        "same_territory": "bool?",
        "relation": "str?",
        "channel": "str",
        "rule": "str?",  # the one that predicts
        "expected": "int8?",
        "coded": "int8?",
        "status": "str",  # match_present: expected, coded as there; mismatch_present: expected, coded as not
        "locator": "str?",
    },
    key=(),
    allowed={"rows_of": (CASE, OTHER), "channel": CHANNELS, "status": STATUSES},
)
COUNTS = Contract(
    "effects/ledger_patterns",
    {
        "pattern": "str",
        "rows_of": "str",
        "phase": "str?",
        "channel": "str",
        "rows": "int32",
        **dict.fromkeys(STATUSES, "int32"),
    },
    key=(),
)


def match(relations: pd.DataFrame, ledger: Spec) -> pd.DataFrame:
    """Predicted against coded: one line a pattern, row of the ledger and channel.

    ``relations`` is ingest/relations, ``ledger`` that section of the resolved study. Columns of ``ROWS``, in
    an order that does not hang on that of the ledger. At most one rule predicts a channel of a row (settings
    are checked for it); a rule whose condition names a column that is blank in a row is not about this row.
    Raises ConfigError where the ledger has no row of the ego.
    """
    import pandas as pd

    case = of_case(relations, ledger.get("ego"))
    parts = [
        _channel(relations, case, name, pattern["rules"], channel)
        for name, pattern in ledger["patterns"].items()
        for channel in CHANNELS
    ]
    lines = pd.concat(parts, ignore_index=True) if parts else []
    return ROWS.check(_ordered(ROWS.frame(lines)))


def counts(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of ``match`` counted by pattern, case or other, phase and channel: the columns of ``COUNTS``.

    The statuses of a count add up to its ``rows``.
    """
    by = ["pattern", "rows_of", "phase", "channel"]
    each = lines.assign(rows=1, **{status: lines["status"] == status for status in STATUSES})
    table = each.groupby(by, dropna=False)[["rows", *STATUSES]].sum()
    return COUNTS.check(_ordered(COUNTS.frame(table.reset_index())))


def of_case(relations: pd.DataFrame, ego: str | None) -> pd.Series[bool]:
    """Which rows are the case: those of the ego, by name or id (ConfigError if none is); else all."""
    if ego is None:
        return relations["ego"].notna()
    own = (relations["ego"] == ego) | (relations["ego_id"] == ego).fillna(False)
    if not own.any():
        known = ", ".join(sorted(set(relations["ego"]))[:12])
        raise ConfigError(f"ledger.ego is {ego}, of which the ledger has no row; it has rows of {known}")
    return own


def meets(relations: pd.DataFrame, where: Mapping[str, Any]) -> pd.Series[bool]:
    """Which rows have in every column named a value named; catalyst and brake an item that begins so."""
    kept = relations["ego"].notna()
    for column, given in where.items():
        wanted = values(given)
        cells = texts(relations[column])
        if column in ITEMS:
            kept &= cells.map(lambda cell, begun=wanted: _begins(cell, begun))
        else:
            kept &= cells.isin(wanted)
    return kept


def _channel(
    relations: pd.DataFrame, case: pd.Series[bool], pattern: str, rules: list[Spec], channel: str
) -> pd.DataFrame:
    """Predicted and coded of one channel, a line a row of the ledger."""
    import pandas as pd

    shown = relations[["ego", "alter", "phase", "same_territory", "relation", "locator"]]
    lines = shown.assign(pattern=pattern, channel=channel, rows_of=case.map({True: CASE, False: OTHER}))
    lines["rule"] = None
    lines["expected"] = pd.array([None] * len(lines), dtype="Int8")
    for rule in rules:
        if channel in rule["expect"]:
            about = meets(relations, rule["when"])
            lines.loc[about, "rule"] = rule["id"]
            lines.loc[about, "expected"] = rule["expect"][channel]
    lines["coded"] = relations[channel].astype("Int8")
    both = zip(lines["expected"], lines["coded"], strict=True)
    return lines.assign(status=[_status(expected, coded) for expected, coded in both])


def _status(expected: Any, coded: Any) -> str:
    """What became of a prediction (1, 0 or none) given a code (1, 0 or none)."""
    import pandas as pd

    if pd.isna(expected):
        return "neither" if pd.isna(coded) else "not_predicted"
    if pd.isna(coded):
        return "not_coded"
    return f"{'match' if expected == coded else 'mismatch'}_{'present' if expected else 'absent'}"


def texts(column: pd.Series[Any]) -> pd.Series[str]:
    """Cells as settings name them: 1, 0, a text, or blank."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        column = column.astype("Int8")
    return column.astype("string").fillna(BLANK)


def _begins(cell: str, wanted: list[str]) -> bool:
    """Whether an item of a cell is one of the texts, or goes on from it with another word."""
    items = [item.strip().casefold() for item in cell.split(";")]
    return any(f"{item} ".startswith(f"{text.casefold()} ") for item in items for text in wanted)


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by all their columns, channels in their own order: the order of the ledger leaves no trace."""
    rank = {name: place for place, name in enumerate(CHANNELS)}
    first = [name for name in ("pattern", "rows_of", "ego", "alter", "phase") if name in table]
    rest = [name for name in table.columns if name not in (*first, "channel")]

    def key(column: pd.Series[Any]) -> pd.Series[Any]:
        return column.map(rank) if column.name == "channel" else column

    # Two lines of one pair, phase and channel are parted by what they hold.
    return table.sort_values([*first, "channel", *rest], key=key, kind="stable").reset_index(drop=True)
