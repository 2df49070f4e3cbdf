"""A process that steps aside runs only while nothing else wants the processor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

TELL = """
import os
from appliance.service.priority import step_aside
step_aside()
print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0))
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="only Linux has SCHED_IDLE")
def test_it_has_the_lowest_priority() -> None:
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["19", str(os.SCHED_IDLE)]
