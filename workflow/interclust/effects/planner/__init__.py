"""The completion planner: which calls or portfolios, completed by hand, buy most power for which hypothesis.

``of_lists`` plans list choices of incomplete records, ``of_panels`` panel models of complete ones, ``plan`` a
study (docs/methods.md, section 22).
"""

from __future__ import annotations

from .of_panels import PANELS
from .plan import MEASURED, measured_table, plan, read_measured

__all__ = ["MEASURED", "PANELS", "measured_table", "plan", "read_measured"]
