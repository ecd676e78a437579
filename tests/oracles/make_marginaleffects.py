"""Effects by marginaleffects on statsmodels fits of counts.csv: python tests/oracles/make_marginaleffects.py

Needs marginaleffects with JAX and polars below 2, which are no dependencies of the project: run it in an
environment of its own. Writes marginaleffects.csv and marginaleffects_versions.txt beside this file.
Standard errors are the delta method's under the inverse of the observed information (of least squares under
its usual covariance). marginaleffects takes slopes by centred differences (steps of 1e-4 of the range) and
gradients by forward ones; their step is 1e-6 here, for with its default the errors of slopes have three
digits or four.
"""

from __future__ import annotations

import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import marginaleffects as me
import numpy as np
import pandas as pd
import polars as pl
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.discrete.count_model import ZeroInflatedNegativeBinomialP, ZeroInflatedPoisson
from statsmodels.tools.numdiff import approx_fprime

HERE = Path(__file__).parent
PACKAGES = ("marginaleffects", "statsmodels", "jax", "numpy", "pandas", "polars")


def data() -> pd.DataFrame:
    frame = pd.read_csv(HERE / "counts.csv")
    return frame.assign(y=(frame["count"] > 0).astype(int))[["count", "y", "x", "z"]]


def fits(d: pd.DataFrame) -> dict[str, Any]:
    cloglog = sm.families.Binomial(sm.families.links.CLogLog())
    tight = {"disp": 0, "maxiter": 500}
    start = smf.negativebinomial("count ~ x*z", d).fit(method="bfgs", gtol=1e-9, **tight)
    return {
        "linear": smf.ols("count ~ x*z", d).fit(),
        "logit": smf.logit("y ~ x*z", d).fit(method="newton", tol=1e-14, **tight),
        "cloglog": smf.glm("y ~ x*z", d, family=cloglog).fit(tol=1e-15, maxiter=200),
        "poisson": smf.poisson("count ~ x*z", d).fit(method="newton", tol=1e-14, **tight),
        "negbin": smf.negativebinomial("count ~ x*z", d).fit(
            start.params.to_numpy(), method="newton", tol=1e-14, **tight
        ),
    } | two_parts(d, tight)


def two_parts(d: pd.DataFrame, tight: dict[str, Any]) -> dict[str, Any]:
    """Zero-inflated fits (the inflation is a constant, for marginaleffects passes no second design on).

    Polished by Newton steps from where bfgs stops.
    """
    found = {}
    for name, model in {"zip": ZeroInflatedPoisson, "zinb": ZeroInflatedNegativeBinomialP}.items():
        own = model.from_formula("count ~ x*z", d, inflation="logit")
        start = own.fit(method="bfgs", gtol=1e-8, **tight)
        found[name] = own.fit(start.params.to_numpy(), method="newton", tol=1e-14, **tight)
    return found


def observed_covariance(fit: Any) -> Any:
    """Inverse of the observed information; of least squares its own.

    For cloglog because its own is of the expected information, for the others because the Hessian of
    ZeroInflatedPoisson lacks what joins its two parts: centred differences of the score, for all alike.
    """
    if isinstance(fit.model, sm.OLS):
        return True
    if isinstance(fit.model, sm.GLM):
        return np.linalg.inv(-fit.model.hessian(fit.params, observed=True))
    slopes = approx_fprime(np.asarray(fit.params), fit.model.score, centered=True)
    return np.linalg.inv(-(slopes + slopes.T) / 2)


def effects(fit: Any, d: pd.DataFrame) -> dict[str, Any]:
    """What is asked, by the id that this project gives to it."""
    sd, mean = float(d["x"].std()), float(d["x"].mean())
    by_z = pl.concat([pl.from_pandas(d.assign(z=z)) for z in (0, 1)])
    low, high = mean - sd / 2, mean + sd / 2
    by_x = pl.concat([pl.from_pandas(d.assign(x=x, side=i)) for i, x in enumerate((low, high))])
    own = {"vcov": observed_covariance(fit), "eps_vcov": 1e-6}
    at_z = own | {"newdata": by_z, "by": "z"}
    at_x = own | {"newdata": by_x, "by": "side"}
    x, z, unit = {"variables": "x"}, {"variables": "z"}, {"variables": {"x": [-0.5, 0.5]}}
    pair = {"variables": {"x": [-1.0, 0.5]}}
    log, minus = {"comparison": "lnratioavg"}, {"hypothesis": "b1 - b0 = 0"}
    return {
        "ame:x": me.avg_slopes(fit, **x, **own),
        "ame:z": me.avg_comparisons(fit, **z, **own),
        "contrast:x@x=-1..0.5": me.avg_comparisons(fit, **pair, **own),
        "slope:x|z@z=0": me.avg_slopes(fit, **x, **at_z),
        "second_difference:x|z": me.avg_slopes(fit, **x, **at_z, **minus),
        "second_difference:z|x": me.avg_comparisons(fit, **z, **at_x, **minus),
        "ratio:z": me.avg_comparisons(fit, **z, **log, **own),
        "ratio:x@x=-1..0.5": me.avg_comparisons(fit, **pair, **log, **own),
        "ratio:x@x=-0.5..0.5": me.avg_comparisons(fit, **unit, **log, **own),
        "ratio_of_ratios:x|z@x=-0.5..0.5": me.avg_comparisons(fit, **unit, **log, **at_z, **minus),
    }


def main() -> None:
    warnings.simplefilter("ignore")
    d, lines = data(), []
    for family, fit in fits(d).items():
        for name, result in effects(fit, d).items():
            row = result.row(0, named=True) if hasattr(result, "row") else result.data.row(0, named=True)
            lines.append((family, name, f"{row['estimate']:.15g}", f"{row['std_error']:.15g}"))
    table = pd.DataFrame(lines, columns=["family", "effect", "estimate", "std_error"])
    table.to_csv(HERE / "marginaleffects.csv", index=False, lineterminator="\n")
    versions = "".join(f"{name} {version(name)}\n" for name in PACKAGES)
    (HERE / "marginaleffects_versions.txt").write_text(versions, encoding="utf-8")


if __name__ == "__main__":
    main()
