"""What a display of few characters shows of a reading, and in what order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from appliance.displays.player import Step
from appliance.displays.segments import NOTHING, UNSURE
from appliance.values import Question, Reading

T = TypeVar("T")

SHOWN, GAP, PAUSE = 0.9, 0.15, 0.9
"""Seconds for a digit, for the dark after it, by which 44 differs from 4, and after the last."""

DARK = " "


def characters(reading: Reading) -> str:
    """The digits of a reading without its lines; UNSURE or NOTHING when it isn't one."""
    if reading.status == "read":
        return reading.text.replace("\n", "")
    return UNSURE if reading.status == "unsure" else NOTHING


def one_by_one(parts: Sequence[str], dark_after: float) -> Iterator[Step[str]]:
    """Show the only part, or several one after the other, again and again.

    parts: a text, whose characters are shown each by itself, or longer pieces of one.

    dark_after: seconds after which nothing is shown, at the end of a round; 0: never.
    """
    if len(parts) == 1:
        yield from until_dark(parts[0], DARK, dark_after)
        return
    elapsed = 0.0
    while not dark_after or elapsed < dark_after:
        for part in parts:
            yield Step(part, SHOWN)
            yield Step(DARK, GAP)
        yield Step(DARK, PAUSE)
        elapsed += len(parts) * (SHOWN + GAP) + PAUSE
    yield Step(DARK)


class Asking:
    """Shows the digits that a person is asked about.

    Before each question it is dark for a moment: its digit may be the one that was shown before, or
    the next higher, which is what a short press gives.
    """

    def __init__(self) -> None:
        self._place = 0  # that of the question which is shown; 0: none is

    def over(self) -> None:
        """Something else is shown."""
        self._place = 0

    def steps(self, detail: str, dark_after: float) -> list[Step[str]]:
        """Show the digit of a question; detail: see `Question`."""
        question = Question.parse(detail)
        before = [Step(DARK, GAP)] if question.place != self._place else []
        self._place = question.place
        return [*before, *until_dark(question.digit, DARK, dark_after)]


def until_dark(value: T, dark: T, dark_after: float) -> Iterator[Step[T]]:
    """Show a value, and `dark` after so many seconds; 0: never."""
    yield Step(value, dark_after or None)
    if dark_after:
        yield Step(dark)
