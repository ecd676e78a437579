"""What effects need to know of the features of a sample: whether flags, their range, mean and spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import ModelError
from ..models.likelihood import Likelihood
from ..models.rows.population import row_weights

Array = np.ndarray


@dataclass(frozen=True)
class Feature:
    """A numeric feature: its range, mean and standard deviation over the rows that its own stand for."""

    flag: bool
    low: float
    high: float
    mean: float
    sd: float


@dataclass(frozen=True)
class Sample:
    """The features of a likelihood's rows."""

    likelihood: Likelihood
    _known: dict[str, Feature] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The features of the model, those of every predictor."""
        own = (name for design in self.likelihood.designs for name in design.formula.columns)
        return list(dict.fromkeys(own))

    @property
    def levels(self) -> Mapping[str, tuple[float | str, ...]]:
        """The levels of the categorical ones."""
        return {name: found for d in self.likelihood.designs for name, found in d.moments.levels.items()}

    def learn(self, names: Iterable[str]) -> None:
        """Describe numeric features that are not yet known, in two passes over the data."""
        new = [name for name in dict.fromkeys(names) if name not in self._known and name not in self.levels]
        if not new:
            return
        flag = np.ones(len(new), dtype=bool)
        low, high = np.full(len(new), np.inf), np.full(len(new), -np.inf)
        totals, squares, weight, count = np.zeros(len(new)), np.zeros(len(new)), 0.0, 0
        for values, w in self._values(new):
            flag &= ((values == 0.0) | (values == 1.0)).all(1)
            low, high = np.minimum(low, values.min(1)), np.maximum(high, values.max(1))
            totals += values @ w
            weight, count = weight + float(w.sum()), count + len(w)
        mean = totals / weight
        for values, w in self._values(new):
            squares += (values - mean[:, None]) ** 2 @ w
        sd = np.sqrt(squares / weight * count / max(count - 1, 1))
        columns = (array.tolist() for array in (flag, low, high, mean, sd))
        self._known.update({name: Feature(*found) for name, *found in zip(new, *columns, strict=True)})

    def __getitem__(self, name: str) -> Feature:
        """A numeric feature; ModelError for one that the model has not, has as categories, or is constant."""
        self.require(name)
        if name in self.levels:
            raise ModelError(
                f"feature {name!r} has categories, which nothing lies between; give two of its values"
            )
        self.require_variation(name)
        return self._known[name]

    def require(self, name: str) -> None:
        """Raise ModelError for a feature that the model has not."""
        if name not in self.names:
            raise ModelError(f"no feature {name!r} in the model; there are {', '.join(self.names)}")

    def require_variation(self, name: str) -> None:
        """Raise ModelError for a feature that the model has not, or that is the same in every row."""
        self.require(name)
        self.learn([name])
        found = self._known.get(name)
        if found is not None and found.low == found.high:
            raise ModelError(
                f"feature {name!r} is {found.low:g} in every row of the sample; it has no effect"
            )

    def require_value(self, name: str, value: object) -> None:
        """Raise ModelError for a feature that the model has not, or a value that it cannot have."""
        self.require(name)
        if name in self.levels:
            if value not in self.levels[name]:
                levels = ", ".join(map(str, self.levels[name]))
                raise ModelError(f"feature {name!r} has no value {value!r} in the sample; there are {levels}")
        elif not isinstance(value, int | float | np.number) or not np.isfinite(float(value)):
            raise ModelError(f"feature {name!r} cannot be held at {value!r}; give a finite number")

    def share(self, name: str, regions: Iterable[tuple[float, float]]) -> list[float]:
        """The share of the rows in which a feature is inside each open interval."""
        ends = np.array(list(regions)).reshape(-1, 2)
        inside, weight = np.zeros(len(ends)), 0.0
        for values, w in self._values([name]):
            inside += ((values > ends[:, :1]) & (values < ends[:, 1:])) @ w
            weight += float(w.sum())
        return (inside / weight).tolist()

    def _values(self, names: list[str]) -> Iterable[tuple[Array, Array]]:
        """Values (f, n) and weights (n,) of the rows of each batch."""
        for batch in self.likelihood.data.batches():
            w = row_weights(batch.columns)
            yield np.stack([batch.columns[name] for name in names]), np.ones(len(batch)) if w is None else w
