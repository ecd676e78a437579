"""Processes whose memory, time or file sizes are bounded run without `make coverage` counting their lines."""

from __future__ import annotations

import os


def unmeasured() -> dict[str, str]:
    """The environment without what coverage hands to subprocesses."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS")}
