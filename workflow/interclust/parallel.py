"""Work on the items of a list with several threads, the results in the order of the list."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from itertools import islice
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")
Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Sum(Protocol):
    """What can be added to in place."""

    def add(self, other: Any) -> None:
        """Add another of the kind."""


S = TypeVar("S", bound=Sum)


def mapped(function: Callable[[Item], Result], items: Iterable[Item], threads: int) -> list[Result]:
    """``[function(item) for item in items]``, at most ``threads`` of them at a time.

    Threads share their memory, and what numpy, scipy and pyarrow do with a block they do side by side. The
    first error that an item in the order of the list raises is raised; what has not begun is left.
    """
    if threads <= 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def ordered(function: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[Result]:
    """``map(function, items)`` with ``threads`` at work and as many more waiting.

    Items are taken from their iterable when there is room, so that neither they nor the results pile up.
    """
    if threads <= 1:
        yield from map(function, items)
        return
    waiting: deque[Future[Result]] = deque()
    rest = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        try:
            waiting.extend(pool.submit(function, item) for item in islice(rest, 2 * threads))
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(function, item) for item in islice(rest, 1))
                yield result
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def total(
    loaders: Sequence[Callable[[], Item]],
    pieces: Callable[[Item], Iterable[Piece]],
    work: Callable[[Item, Piece], S],
    zero: Callable[[], S],
    threads: int,
    resident: bool,
) -> S:
    """The sum of ``work(item, piece)`` over the pieces of every item, BLAS at one thread.

    The pieces of an item are added in their order and the items in theirs, so that the bits do not depend
    on ``threads``. Items that are ``resident`` are loaded at once and their pieces shared out; the others
    are loaded, worked through and let go by one thread each.
    """
    whole = zero()
    with one_blas_thread():
        if threads > 1 and resident:
            _add_pieces(whole, loaders, pieces, work, zero, threads)
            return whole

        def item_total(load: Callable[[], Item]) -> S:
            item, found = load(), zero()
            for piece in pieces(item):
                found.add(work(item, piece))
            return found

        for part in ordered(item_total, loaders, threads):
            whole.add(part)
    return whole


def _add_pieces(
    whole: S,
    loaders: Sequence[Callable[[], Item]],
    pieces: Callable[[Item], Iterable[Piece]],
    work: Callable[[Item, Piece], S],
    zero: Callable[[], S],
    threads: int,
) -> None:
    """The sums of ``total`` where every piece is an item of work of its own."""

    def tasks() -> Iterator[tuple[int, Item, Piece]]:
        for number, load in enumerate(loaders):
            item = load()
            for piece in pieces(item):
                yield number, item, piece

    at, found = -1, zero()
    done = ordered(lambda task: (task[0], work(task[1], task[2])), tasks(), threads)
    for number, part in done:
        if number != at:
            if at >= 0:
                whole.add(found)
            at, found = number, zero()
        found.add(part)
    if at >= 0:
        whole.add(found)


def cores() -> int:
    """Cores that this process may use, at most eight: more would wait for the memory."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        allowed = os.cpu_count() or 1
    return min(allowed, 8)


@cache
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[Any]:
    """Products of small matrices on one thread: more would wait for each other, and round differently."""
    limits: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return limits
