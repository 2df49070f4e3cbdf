"""What a display of few characters shows of a reading, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from appliance.displays.player import Alarm, Player, Step
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


class Teller:
    """Tells a few characters at a time: an answer, or the digit that somebody is asked about.

    show: shows a text that the display has room for; what it raises goes to who tells something.
    dark_after: seconds after which nothing is shown; 0: never.
    """

    def __init__(
        self, show: Callable[[str], None], dark_after: float, alarm: Alarm | None = None
    ) -> None:
        self._player: Player[str] = Player(show, alarm)
        self._dark_after = dark_after
        self._place = 0  # that of the question which is shown; 0: none is

    def tell(self, parts: Sequence[str], *, lasts: bool = False) -> None:
        """Show the only part, or several in turn; see `one_by_one`. lasts: it never goes dark."""
        self._place = 0
        self._player.play(one_by_one(parts, 0 if lasts else self._dark_after))

    def ask(self, detail: str) -> None:
        """Show the digit of a question; detail: see `Question`.

        Before each question it is dark for a moment: its digit may be the one that was shown
        before, or the next higher, which is what a short press gives.
        """
        question = Question.parse(detail)
        before = [Step(DARK, GAP)] if question.place != self._place else []
        self._place = question.place
        self._player.play([*before, *until_dark(question.digit, DARK, self._dark_after)])

    def hush(self) -> None:
        """Show nothing."""
        self.tell(DARK, lasts=True)

    def close(self) -> None:
        """Tell nothing any more; what is shown stays."""
        self._player.close()


def until_dark(value: T, dark: T, dark_after: float) -> Iterator[Step[T]]:
    """Show a value, and `dark` after so many seconds; 0: never."""
    yield Step(value, dark_after or None)
    if dark_after:
        yield Step(dark)
