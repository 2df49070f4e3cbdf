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
    "_": "d",
    " ": "",
}
r"""Character -> the segments that are lit, named as on every data sheet:

     a
    f b
     g
    e c
     d
"""

NOTHING = "_"
"""Shown when nothing was read."""

UNSURE = "-"
"""Shown for a reading that isn't sure, where there is no room for the guess."""
