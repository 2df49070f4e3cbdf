"""The digits on a seven-segment display, and the signs for what isn't a digit."""

from __future__ import annotations

SEGMENTS = {
    "0": "abcdef",
    "1": "bc",
    "2": "abdeg",
    "3": "abcdg",
    "4": "bcfg",
    "5": "acdfg",
    "6": "acdefg",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
    "-": "g",
    " ": "",
}
r"""Character -> the segments that are lit, named as on every data sheet:

     a
    f b
     g
    e c
     d
"""

NOTHING = "-"
"""Shown when nothing was read."""
