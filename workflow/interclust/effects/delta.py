"""One estimate of a function of the parameters: value, gradient, and its delta-method interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inference.freedom import stored as stored_df
from ..inference.freedom import together
from ..inference.intervals import critical_value, p_value

Array = np.ndarray

COLUMNS = (
    "model",
    "effect_id",
    "kind",
    "term",
    "moderator",
    "at",
    "scale",
    "vcov",
    "estimate",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "conf_low",
    "conf_high",
    "n_rows",
)


@dataclass(frozen=True)
class Effect:
    """A function of the parameters with its gradient (k,), and what it is called."""

    kind: str
    term: str
    value: float
    gradient: Array
    scale: str
    moderator: str = ""
    at: str = ""
    exponentiate: bool = False
    variant: str = ""

    @property
    def effect_id(self) -> str:
        """``kind:term``, ``kind:term|moderator``, with ``@at`` and ``#variant`` where it has one."""
        name = f"{self.kind}:{self.term}" + (f"|{self.moderator}" if self.moderator else "")
        name = f"{name}@{self.at}" if self.at else name
        return f"{name}#{self.variant}" if self.variant else name


@dataclass(frozen=True)
class Basis:
    """The covariance that effects of one model are judged by: its name, matrix (k, k), df (one, or (k,))."""

    model: str
    vcov: str
    matrix: Array
    df: float | Array
    n_rows: int

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Basis:
        """The covariance that the model's specification asks for, from its fit.json."""
        usual = "cluster_jackknife" if record["outcome"] == "list_choice" else "dyadic_jackknife"
        kind = record["spec"].get("covariance") or usual
        stored = record["vcov"][kind]
        rows = record["n"].get("rows", record["n"].get("lists"))
        return cls(record["model"], kind, np.array(stored["matrix"]), stored_df(stored["df"]), int(rows))

    def df_along(self, *gradients: Array) -> float:
        """Degrees of freedom of functions with these gradients, together (``freedom.along``)."""
        return together(self.df, self.matrix, np.stack(gradients))

    def row(self, effect: Effect) -> dict[str, Any]:
        """One line of effects/<model>.csv; ratios are exponentiated after the interval is made."""
        variance = float(effect.gradient @ self.matrix @ effect.gradient)
        error = float(np.sqrt(variance)) if variance > 0 else None
        df = self.df_along(effect.gradient)
        line: dict[str, Any] = {
            "model": self.model,
            "effect_id": effect.effect_id,
            "kind": effect.kind,
            "term": effect.term,
            "moderator": effect.moderator,
            "at": effect.at,
            "scale": effect.scale,
            "vcov": self.vcov,
            "estimate": effect.value,
            "std_error": error,
            "df": None if np.isinf(df) else df,
            "n_rows": self.n_rows,
        }
        if error is not None:
            width = critical_value(df) * error
            statistic = effect.value / error
            line |= {
                "statistic": statistic,
                "p_value": float(p_value(np.array(statistic), df)),
                "conf_low": effect.value - width,
                "conf_high": effect.value + width,
            }
        if effect.exponentiate:
            for name in ("estimate", "conf_low", "conf_high"):
                if line.get(name) is not None:
                    line[name] = float(np.exp(line[name]))
        return line
