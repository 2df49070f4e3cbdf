"""The reading in a terminal; one plain line where the output isn't one."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from typing import TextIO

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from appliance.decide import advice
from appliance.displays.log import plain
from appliance.displays.picture import (
    LIT,
    SEGMENT_COLUMNS,
    UNLIT,
    beside,
    braille,
    half_blocks,
    seven_segments,
    ten_leds,
)
from appliance.displays.segments import NOTHING
from appliance.values import GLYPH_SIZE, Question, ReadDigit, Reading, State, in_one_line, named

INDENT = "  "


class Terminal:
    """Draws each reading: seven segments, ten LEDs, the glyphs, status, confidence and reason.

    stream: where to; standard output when not given.
    hint: shown when the appliance is ready: how to make it read.
    answers: shown when it asks whether a digit is right: how to say so.
    caption: a line above each reading, asked for when it is shown.
    truth: what a reading should say, lines by newlines, where that is known; asked for likewise.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        hint: str = "",
        caption: Callable[[], str] | None = None,
        console: Console | None = None,
        *,
        answers: str = "",
        truth: Callable[[], str] | None = None,
    ) -> None:
        self._console = console or Console(file=stream or sys.stdout, highlight=False)
        self._hint = hint
        self._answers = f" ({answers})" if answers else ""
        self._caption, self._truth = caption, truth

    def show(self, reading: Reading) -> None:
        """Draw the reading."""
        caption = self._caption() if self._caption else ""
        if not self._console.is_terminal:
            self._say(f"{caption + ': ' if caption else ''}{plain(reading)}")
            return
        if caption:
            self._say(Text(f"\n{INDENT}") + Text(caption, style="dim"))
        colours = self._console.color_system is not None and not self._console.no_color
        for row in draw(reading, self._console.width - len(INDENT), colours):
            self._say(Text(INDENT) + row)
        truth = self._truth() if self._truth else None
        if truth is not None and reading.status == "read" and reading.text != truth:
            words = f"That is wrong: it was {in_one_line(truth)}."
            self._say(Text(INDENT) + Text(words, style="bold red"))
        if self._hint:
            self._say(Text(INDENT) + Text(self._hint, style="dim"))

    def state(self, state: State, detail: str = "") -> None:
        """Say what a person should know of the state; most need no words here."""
        if state is State.CAMERA_LOST:
            self._say(Text(f"camera lost: {detail}", style="bold red"))
        elif state is State.READY and detail:
            self._say(Text(detail, style="yellow"))
        elif state is State.CORRECTING:
            self._say(Text(_asked(detail), style="bold yellow") + Text(self._answers, style="dim"))
        elif state is State.SHUTTING_DOWN:
            self._say(Text(state.value, style="dim"))
        elif state is State.STOPPED and self._console.is_terminal:
            self._say(Text("stopped", style="dim"))

    def close(self) -> None:
        """The stream isn't ours to close."""

    def _say(self, text: Text | str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)
        self._console.file.flush()


def _asked(detail: str) -> str:
    """The question whether a digit is right, and which one of several."""
    question = Question.parse(detail)
    which = f"digit {question.place} of {question.count}: " if question.count > 1 else ""
    return f"{which}is it {named(question.digit)}?"


def draw(reading: Reading, width: int, colours: bool) -> list[Text]:
    """Draw the reading in rows of at most `width` columns, where the digits allow it."""
    lit = LIT[reading.status]
    rows = []
    for line in reading.guess.split("\n") if reading.digits else [NOTHING]:
        for part in _parts(line, max(1, width // SEGMENT_COLUMNS)):
            rows += [*seven_segments(part, lit, UNLIT if colours else None), Text()]
    rows += [*ten_leds(_probabilities(reading), lit), Text()]
    rows += _glyphs(reading, width, colours)
    rows.append(Text(plain(reading), style=f"bold {'green' if reading.status == 'read' else ''}"))
    rows += [Text(line, style="yellow") for line in textwrap.wrap(advice(reading.reason), width)]
    return [*rows, Text()]


def _probabilities(reading: Reading) -> NDArray[np.float32]:
    """Return the highest probability that any of the reading's glyphs gives each digit, (10,)."""
    highest = np.zeros(10, np.float32)
    for digit in reading.digits:
        highest = np.maximum(highest, digit.prediction.probabilities)
    return highest


def _parts(line: str, most: int) -> list[str]:
    """Cut a line into parts of at most so many characters."""
    return [line[start : start + most] for start in range(0, len(line), most)]


def _glyphs(reading: Reading, width: int, colours: bool) -> list[Text]:
    """Draw the glyphs: in grey while they fit side by side, otherwise as small dots in rows."""
    digits = reading.digits
    grey = colours and len(digits) * (GLYPH_SIZE + 2) <= width
    cell = GLYPH_SIZE if grey else GLYPH_SIZE // 2
    fit = max(1, width // (cell + 2))
    rows: list[Text] = []
    for start in range(0, len(digits), fit):
        blocks = [_glyph(digit, grey, cell) for digit in digits[start : start + fit]]
        rows += [*beside(blocks), Text()]
    return rows


def _glyph(digit: ReadDigit, grey: bool, width: int) -> list[Text]:
    drawing = half_blocks if grey else braille
    label = f"{digit.digit}  {digit.confidence:.0%}".center(width)
    return [*drawing(digit.glyph.pixels), Text(label, style="dim")]
