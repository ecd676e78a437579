"""List choice on consortia of 8 and 20: bias, error, coverage, and what drawing alternatives costs.

    python benchmarks/list_choice_long.py --replications 60              # what the product does
    python benchmarks/list_choice_long.py --proposals --replications 12  # other ways to draw

71 bodies with the real pair features of one call (36 of them for lists of 4, where all subsets can be
gone through many times), effects of bodies with a standard deviation of one, lists drawn from the model
by SubsetLaw (exactly up to five members, by 50 sweeps of swaps above). With --taste each body adds a taste
of its own for each feature (sd 0.3 ln 2), so that lists that share a body depend. Replication r of a design
draws from the seed (SEED, size, lists, r). Needs results/fui (run `make` first). Prints Markdown, which
docs/methods.md quotes.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from interclust.models.lists import fit as model
from interclust.models.lists.alternatives import Sampling, cells, swap_sets
from interclust.models.lists.choice_sets import Choice, PairTable, choices
from interclust.models.lists.inference import ListInference
from interclust.models.run import read_pairs
from interclust.numerics.subsets import SubsetLaw

Array = np.ndarray

SEED = 20131
PERIOD = 14
TERMS = ["same_sector", "same_region", "tech_market_complementarity"]
# A pair of a long list is one of many: the ratios at which such lists are neither all alike nor at random.
RATIOS = {4: (3.0, 2.0, 1.3), 8: (2.0, 1.6, 1.2), 20: (1.2, 1.15, 1.1)}
DESIGNS = [(4, 40), (8, 40), (8, 100), (20, 40), (20, 100)]
FEWER = 36
# alternatives a list, sweeps of a chain
SETTINGS = [(50, 5), (200, 1), (200, 5), (800, 5)]
TASTE = 0.3 * np.log(2)
COVARIANCES = ("classical", "cluster_jackknife")
CRITICAL = 1.96


def simulated(pairs: pd.DataFrame, size: int, count: int, replication: int, taste: float) -> pd.DataFrame:
    """Lists of one size in the form of ``panel/lists``."""
    rng = np.random.default_rng([SEED, size, count, replication])
    table = PairTable.from_frame(pairs, TERMS)
    who, x = table.bodies[PERIOD], np.nan_to_num(table.x[PERIOD])
    strength = rng.normal(0.0, 1.0, len(who))
    own = taste * rng.normal(size=(len(who), len(TERMS)))
    proximity = x @ np.log(RATIOS[size]) + np.einsum("ijk,ijk->ij", x, own[:, None] + own[None])
    drawn = SubsetLaw(strength, proximity, size).draw(rng, count)
    return pd.DataFrame(
        {
            "list_id": [f"l{row:03d}" for row in range(count)],
            "members": [who[row].tolist() for row in drawn],
            "period_low": PERIOD,
            "period_high": PERIOD,
            "source_ids": [["s"]] * count,
        }
    )


def recovery(pairs: pd.DataFrame, size: int, count: int, replications: range, taste: float) -> str:
    """One line of the table: bias, error, mean standard errors and coverage a term, and seconds a fit."""
    truth = np.log(RATIOS[size])
    errors, inside = [], defaultdict(list)
    began = time.process_time()
    for replication in replications:
        lists = simulated(pairs, size, count, replication, taste)
        inference = ListInference(model.fit_lists(TERMS, lists, pairs, exact_to=3))
        error = inference.fit.coefficients - truth
        errors.append(error)
        for kind in COVARIANCES if size > 4 else COVARIANCES[:1]:
            width = CRITICAL * np.sqrt(np.diag(inference.covariance(kind).matrix))
            inside[kind].append(np.abs(error) < width)
    columns = [
        f"{bias:+.3f} / {rmse:.3f} / " + " / ".join(f"{100 * share:.0f}" for share in shares)
        for bias, rmse, *shares in zip(
            np.mean(errors, axis=0),
            np.sqrt(np.mean(np.square(errors), axis=0)),
            *(np.mean(found, axis=0) for found in inside.values()),
            strict=True,
        )
    ]
    seconds = (time.process_time() - began) / len(replications)
    return f"| {size} | {count} | {'yes' if taste else 'no'} | " + " | ".join(columns) + f" | {seconds:.1f} |"


def fewer(pairs: pd.DataFrame, bodies: int) -> pd.DataFrame:
    """The pairs of some bodies, the same at every call."""
    who = np.unique(pairs[["cluster_i", "cluster_j"]])
    kept = np.random.default_rng(SEED).choice(who, min(bodies, len(who)), replace=False)
    return pairs[pairs["cluster_i"].isin(kept) & pairs["cluster_j"].isin(kept)]


def fits(lists: pd.DataFrame, pairs: pd.DataFrame) -> Iterator[tuple[str, Callable[[], model.ListFit]]]:
    """Ways to fit the same lists: swaps of one member, and alternatives drawn at several laws."""
    observed, table = tuple(choices(lists)), PairTable.from_frame(pairs, TERMS)

    def at(beta: Array, alpha: dict[int, float], **sampling: int) -> model.ListFit:
        return model._fit(observed, table, rules(**sampling), (beta, alpha))

    nothing = np.zeros(len(TERMS))
    named = Counter(member for choice in observed for member in choice.members)
    mentions = {body: float(np.log(count + 0.5)) for body, count in named.items()}
    yield "one-member swaps", lambda: swaps(observed, table)
    yield "uniform, 200", lambda: at(nothing, {}, alternatives=200)
    yield "mentions, 200", lambda: at(nothing, mentions, alternatives=200)
    for number, sweeps in SETTINGS:
        options = {"alternatives": number, "sweeps": sweeps}
        name = f"law of the swaps, {number}, {sweeps} sweeps"
        yield name, lambda options=options: model._fit(observed, table, rules(**options))
    yield "the same, 200, 5 sweeps, drawn anew", lambda: anew(observed, table)


def anew(observed: tuple[Choice, ...], table: PairTable) -> model.ListFit:
    """Alternatives drawn at the estimate from drawn alternatives."""
    first = model._fit(observed, table, rules())
    return model._fit(observed, table, rules(seed=2), first.place)


def rules(**sampling: int) -> model.Rules:
    """Free effects of named bodies under the default prior, no size enumerated."""
    return model.Rules(model.PRIOR_VARIANCE, True, None, Sampling(exact_to=1, **sampling))


def swaps(observed: tuple[Choice, ...], table: PairTable) -> model.ListFit:
    """The composite likelihood of one-member swaps: where the product starts."""
    bodies = np.unique([member for choice in observed for member in choice.members])
    sets = [each for cell in cells(observed, table, bodies, None) for each in swap_sets(cell)]
    return model._search(observed, table, rules(), sets, bodies, None, 1e-8)


def proposals(pairs: pd.DataFrame, size: int, count: int, replications: range) -> Iterator[str]:
    """Lines of the table: error about the truth, distance from the exact fit, mean classical errors."""
    truth = np.log(RATIOS[size])
    found: dict[str, list[Array]] = defaultdict(list)
    for replication in replications:
        lists = simulated(pairs, size, count, replication, 0.0)
        exact = model.fit_lists(TERMS, lists, pairs, exact_to=size) if size <= 4 else None
        for name, fit in fits(lists, pairs):
            began = time.process_time()
            done = fit()
            seconds = time.process_time() - began
            error = np.sqrt(np.diag(done.covariance_beta()))
            apart = np.full(len(TERMS), np.nan)
            if exact is not None:
                apart = (done.coefficients - exact.coefficients) / np.sqrt(np.diag(exact.covariance_beta()))
            found[name].append(np.array([done.coefficients - truth, error, apart, np.full(3, seconds)]))
    for name, rows in found.items():
        bias, error, _, seconds = np.mean(rows, axis=0)
        rmse, _, apart, _ = np.sqrt(np.mean(np.square(rows), axis=0))
        columns = [
            f"{b:+.3f} / {r:.3f} / {e:.3f} / {a:.2f}"
            for b, r, e, a in zip(bias, rmse, error, apart, strict=True)
        ]
        yield f"| {size} | {name} | " + " | ".join(columns) + f" | {seconds[0]:.1f} |"


def main() -> None:
    """Print the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=60)
    parser.add_argument("--first", type=int, default=0, help="number of the first replication")
    parser.add_argument("--study", type=Path, default=Path("results/fui"))
    parser.add_argument("--size", type=int, help="this size of lists only")
    parser.add_argument("--lists", type=int, help="this number of lists only")
    parser.add_argument("--proposals", action="store_true", help="compare ways to draw alternatives")
    parser.add_argument("--taste", action="store_true", help="bodies differ in what they look for")
    options = parser.parse_args()
    pairs = read_pairs(options.study)
    pairs = pairs[pairs["period"] == PERIOD]
    which = range(options.first, options.first + options.replications)
    head = ["members", "fit" if options.proposals else "lists | tastes", *TERMS, "CPU s"]
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * " | ".join(head).count("|") + " --- |")
    for size, count in DESIGNS:
        if options.size not in (None, size) or options.lists not in (None, count):
            continue
        own = fewer(pairs, FEWER) if size <= 4 else pairs
        if options.proposals:
            print("\n".join(proposals(own, size, count, which)), flush=True)
        else:
            taste = TASTE if options.taste else 0.0
            print(recovery(own, size, count, which, taste), flush=True)


if __name__ == "__main__":
    main()
