"""The heap: arrays that come again find their memory at hand."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
import numpy as np
from appliance.network.heap import keep_freed_memory

if {keep}:
    keep_freed_memory()

def arrays():
    return [np.ones(1 << 19, np.float32) for _ in range(6)]

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

arrays(), arrays()
before = faults()
for _ in range(10):
    arrays()
print(faults() - before)
"""


def page_faults(keep: bool) -> int:
    """How many pages a process asks for that makes and frees the same arrays again and again."""
    command = [sys.executable, "-c", FAULTS.format(keep=keep)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library isn't glibc")
def test_what_is_freed_is_used_again() -> None:
    assert page_faults(keep=True) < page_faults(keep=False) / 10


def test_another_c_library_is_left_alone() -> None:
    code = """
import ctypes
from appliance.network.heap import keep_freed_memory

ctypes.CDLL = lambda name: object()  # that has no mallopt
keep_freed_memory()
print("done")
"""
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"done\n"
