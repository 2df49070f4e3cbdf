"""Heap: memory that is freed stays the process's own, for the arrays that come next.

The arrays of one batch or frame are as large as those of the one before. Left alone, glibc gives
what a frame takes back to the system, until some larger array has taught it better, and the system
clears fresh pages for the next one: a tenth of the time that a frame takes.
"""

from __future__ import annotations

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""How glibc numbers the two limits below, the second first."""

LARGEST, KEPT = 32 << 20, 64 << 20
"""Bytes: larger arrays are given back when they are freed (older glibc takes no higher limit), and
so much free memory is kept at most at the top of the heap. A frame takes 10 MB at a time."""


def keep_freed_memory() -> None:
    """Let the process keep what it frees.

    Nothing changes where its C library isn't glibc, or refuses the limit, as on 32 bits.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another library; TypeError: Windows
        return
    # either of them alone ends that glibc adapts the other
    if mallopt(_MMAP_THRESHOLD, LARGEST):
        mallopt(_TRIM_THRESHOLD, KEPT)
