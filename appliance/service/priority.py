"""Letting everything else go first: nobody who waits for a reading should wait for training."""

from __future__ import annotations

import os


def step_aside() -> None:
    """Give this process the lowest priority there is; for its threads to come, too.

    On Linux it then runs only while nothing else wants the processor (SCHED_IDLE, which a plain
    nice value of 19 is far from); elsewhere it gets the nice value alone.
    """
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
