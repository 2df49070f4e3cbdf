"""Drawings out of characters: seven segments, ten LEDs, and a glyph in half blocks or Braille."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from appliance.displays.segments import SEGMENTS

LIT = {"read": "bold #ff3b30", "unsure": "bold #ffb000", "nothing": "#ff3b30"}
"""Status -> colour of what is lit."""

UNLIT = "#3a3a3a"

PANEL = " on #111111"
"""Behind what is lit, so that dark segments look dark in a light terminal, too."""

SEGMENT_COLUMNS = 6
"""Width of a seven-segment character with the gap after it."""

LED_ON, LED_DIM, LED_OFF = "●", "◐", "○"
LED_ON_FROM, LED_DIM_FROM = 0.5, 0.05
"""Probabilities from which a LED is lit, and half lit."""

_ROWS = ((" a ", "━"), ("f b", "┃"), (" g ", "━"), ("e c", "┃"), (" d ", "━"))


def seven_segments(characters: str, lit: str, unlit: str | None = UNLIT) -> list[Text]:
    """Draw characters of SEGMENTS side by side, each 6 columns by 5 rows.

    unlit: colour of the dark segments; None leaves them out.
    """
    rows = []
    for names, stroke in _ROWS:
        row = Text(style=PANEL.strip() if unlit else "")
        for character in characters:
            for name, width in zip(names, (1, 3, 1), strict=True):
                on = name in SEGMENTS[character]
                drawn = on or (unlit and name != " ")
                row.append((stroke if drawn else " ") * width, style=lit if on else unlit)
            row.append(" ")
        rows.append(row)
    return rows


def ten_leds(probabilities: NDArray[np.float32], lit: str) -> list[Text]:
    """Draw ten LEDs, one for each digit, by its probability; its name stands below it.

    probabilities: float32 (10,), 0..1.
    """
    leds, names = Text(), Text("0 1 2 3 4 5 6 7 8 9 ", style="dim")
    for probability in probabilities:
        if probability >= LED_ON_FROM:
            leds.append(f"{LED_ON} ", style=lit)
        elif probability >= LED_DIM_FROM:
            leds.append(f"{LED_DIM} ", style=lit)
        else:
            leds.append(f"{LED_OFF} ", style=UNLIT)
    return [leds, names]


def half_blocks(pixels: NDArray[np.float32]) -> list[Text]:
    """Draw a picture, (height, width) in 0..1, in grey; two rows of pixels for each of text."""
    levels = np.rint(np.clip(pixels, 0, 1) * 255).astype(int)
    return [
        Text.assemble(*(("▀", _grey(*pair)) for pair in zip(upper, lower, strict=True)))
        for upper, lower in zip(levels[::2].tolist(), levels[1::2].tolist(), strict=True)
    ]


def _grey(upper: int, lower: int) -> Style:
    return Style(color=f"rgb({upper},{upper},{upper})", bgcolor=f"rgb({lower},{lower},{lower})")


_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""Bit of each dot in a Braille character, (4, 2): Unicode, block U+2800."""


def braille(pixels: NDArray[np.float32]) -> list[Text]:
    """Draw a picture, (height, width) in 0..1, in dots where it is at least half bright.

    height is a multiple of 4, width of 2; each character holds 4x2 pixels.
    """
    height, width = pixels.shape
    cells = (pixels >= 0.5).reshape(height // 4, 4, width // 2, 2).transpose(0, 2, 1, 3)
    codes = 0x2800 + (cells * _DOTS).sum(axis=(2, 3))
    return [Text("".join(map(chr, row))) for row in codes.tolist()]


def beside(blocks: Sequence[Sequence[Text]], gap: int = 2) -> list[Text]:
    """Set drawings of the same height side by side."""
    return [Text(" " * gap).join(rows) for rows in zip(*blocks, strict=True)]
