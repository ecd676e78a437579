"""The look of every figure and how one is saved: the same bytes every time, legible in grey."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...io import atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MILLIMETRE = 1 / 25.4
COLUMN = 88 * MILLIMETRE  # one column of a journal, and a telephone's width at full size
PAGE = 170 * MILLIMETRE
FORMATS = ("svg", "pdf", "png")

INK, SOFT, FAINT = "#1b1f24", "#5b6570", "#d5dae0"
# Okabe and Ito (2008), without yellow: told apart under every colour blindness.
BLUE, RED, GREEN, ORANGE, SKY, PURPLE = "#0072B2", "#C44E00", "#007F5F", "#E69F00", "#56B4E9", "#B0578D"
PALE = "#E8B7D2"

SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 7,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 6.5,
    "lines.linewidth": 1.1,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.04,
    "figure.constrained_layout.w_pad": 0.04,
    "savefig.dpi": 200,
    "svg.fonttype": "path",
    "svg.hashsalt": "interclust",
    "pdf.fonttype": 42,
}
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "interclust"},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": "interclust", "Producer": "matplotlib"},
    "png": {"Software": "matplotlib"},
}


@contextmanager
def canvas(width: float, height: float) -> Iterator[Figure]:
    """Yield an empty figure of that size in inches, under the house style."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        yield figure


def save(figure: Figure, folder: Path, name: str) -> None:
    """Save ``folder/name.{svg,pdf,png}``, each whole or not at all."""
    import matplotlib

    with matplotlib.rc_context(SETTINGS):
        settle(figure)
        for suffix in FORMATS:
            with atomic(folder / f"{name}.{suffix}") as temporary:
                figure.savefig(temporary, format=suffix, metadata=_METADATA[suffix])


def settle(figure: Figure) -> None:
    """Lay a figure out for good: once, not once a format, and on rounded places.

    The solver's last digits change from run to run, and the SVG writer makes its names from them.
    """
    import matplotlib
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    if not isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        return  # settled before
    figure.draw_without_rendering()
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)  # with any engine, "none" too, every savefig would draw twice
    for part in figure.subfigs:
        part.bbox_relative.set_points(part.bbox_relative.get_points().round(6))
    for axes in figure.axes:
        left, bottom, width, height = (round(float(side), 6) for side in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))


def ratio_axis(axes: Axes, low: float, high: float, write: Any) -> None:
    """A log axis for ratios with round ticks, written by ``write``, and a line at one."""
    ticks = ratio_ticks(low, high)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, [write(tick) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(axis="x")
    axes.axvline(1, color=SOFT, linewidth=0.8, zorder=1)


def ratio_ticks(low: float, high: float) -> list[float]:
    """Round ratios between two limits: at most seven, one among them."""
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in range(-4, 5) for step in steps]
        inside = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        if len(inside) <= 7:
            return inside
    return [tick for tick in inside if round(tick, 9) in (0.01, 1, 100)]


def limits(values: list[float], least: float = 2.0) -> tuple[float, float]:
    """Limits of a ratio axis around values, at least ``1/least`` to ``least``, cut at 1/500 and 500."""
    kept = [value for value in values if value and value > 0 and value != float("inf")]
    low, high = min([1 / least, *kept]) / 1.15, max([least, *kept]) * 1.15
    return max(low, 0.002), min(high, 500.0)


def write_ratio(value: float, decimal: str) -> str:
    """A tick: no zeros after the point."""
    return f"{value:g}".replace(".", decimal).replace("-", "−")
