"""Heap: memory that is freed stays the process's own, for the arrays that come next.

The arrays of one batch or frame are as large as those of the one before. glibc gives large ones
back to the system when they are freed, and the system clears fresh pages: a tenth of the time that
a frame takes.
"""

from __future__ import annotations

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""glibc's numbers of what is freed at the top of the heap, and of what never is part of it."""

LARGEST, KEPT = 32 << 20, 128 << 20
"""Larger arrays stand alone, the most that glibc allows, and so many bytes are kept; each of them a
few times what a frame needs."""


def keep_freed_memory() -> None:
    """Let the process keep what it frees; where its C library isn't glibc nothing changes."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another library; TypeError: Windows
        return
    # either of them alone ends that glibc adapts the other
    if mallopt(_MMAP_THRESHOLD, LARGEST):
        mallopt(_TRIM_THRESHOLD, KEPT)
