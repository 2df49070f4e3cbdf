"""Standard output, when nothing more can be written to it."""

from __future__ import annotations

import os
import sys


def discard_output() -> None:
    """Lead stdout nowhere, so that what is still buffered fails no more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
