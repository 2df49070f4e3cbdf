"""The heap: arrays that come again find their memory at hand."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys

import pytest

from appliance.network.heap import keep_freed_memory

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
    chosen_already = "MALLOC_", "GLIBC_TUNABLES"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(chosen_already)}
    command = [sys.executable, "-c", FAULTS.format(keep=keep)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library isn't glibc")
def test_what_is_freed_is_used_again() -> None:
    assert page_faults(keep=True) < page_faults(keep=False) / 10


@pytest.mark.parametrize("error", [OSError, TypeError, None])
def test_another_c_library_is_left_alone(
    error: type[Exception] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None: one that has no mallopt."""
    asked_for = []

    def library(name: str | None) -> object:
        asked_for.append(name)
        if error:
            raise error
        return object()

    monkeypatch.setattr(ctypes, "CDLL", library)
    keep_freed_memory()
    assert asked_for == [None], "the process's own"


@pytest.mark.parametrize("accepted", [True, False])
def test_what_the_library_refuses_changes_nothing(
    accepted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second threshold alone would keep glibc from adapting the first."""
    asked = list[int]()

    class Library:
        def mallopt(self, name: int, _: int) -> int:
            asked.append(name)
            return int(accepted)

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())
    keep_freed_memory()
    assert len(asked) == 1 + accepted
