"""Correcting an answer with one button: digit by digit, from left to right.

A short press counts the digit that is shown up by one, after 9 comes 0. A long press says that it
is right now, and goes on to the next. When nothing is pressed for a while it is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from appliance.decide import DOUBTED
from appliance.ports import Clock
from appliance.values import Correction, Prediction, Question, ReadDigit, Reading

PATIENCE = 8.0
"""Seconds without a press after which a correction is over."""


class Correcting:
    """One pass through the digits of a reading.

    reading: it has one digit at least.
    show: asks about a digit.
    keep: keeps what a person said of a digit; called at once, since the power may go.
    """

    def __init__(
        self,
        reading: Reading,
        show: Callable[[Question], None],
        keep: Callable[[Correction], None],
        clock: Clock,
    ) -> None:
        self._reading = reading
        self._show, self._keep, self._clock = show, keep, clock
        self._said: list[int] = []
        self._digit, self._asked = 0, 0.0
        self._ask()

    @property
    def over(self) -> bool:
        """Whether nothing is left to be asked, or nobody answers."""
        waited = self._clock.monotonic() - self._asked
        return self._all_said or waited >= PATIENCE

    def step(self) -> None:
        """Show the next higher digit."""
        self._put((self._digit + 1) % 10)

    def remind(self) -> None:
        """Show the digit again, after something else was shown; nobody has pressed anything."""
        place, count = len(self._said) + 1, len(self._reading.digits)
        self._show(Question(str(self._digit), place, count))

    def confirm(self) -> None:
        """The digit shown is right; keep that, and ask about the next one."""
        glyph = self._reading.digits[len(self._said)].glyph
        self._said.append(self._digit)
        self._keep(Correction(glyph, self._digit, self._clock.time(), self._reading.id))
        if not self._all_said:
            self._ask()

    def end(self) -> Reading:
        """The corrected reading.

        A digit that was stepped to and not confirmed counts: walking away says that it is right.
        Once a person has said all digits, or the one that was in doubt, an unsure reading is sure.
        """
        if not self._all_said and self._digit != self._reading.digits[len(self._said)].digit:
            self.confirm()
        corrected = replace(self._reading, lines=self._corrected_lines())
        settled = self._all_said or self._doubt_is_settled
        return replace(corrected, status="read", reason=None) if settled else corrected

    @property
    def _all_said(self) -> bool:
        return len(self._said) == len(self._reading.digits)

    @property
    def _doubt_is_settled(self) -> bool:
        """Whether two digits could be meant, as the reason says, and nobody left such a one.

        Where one was said that wasn't sure, sure ones that read like either are none.
        """
        first, either, second = (self._reading.reason or "").partition(" or ")
        digits, said = self._reading.digits, len(self._said)
        meant = [str(digit.digit) in (first, second) for digit in digits]
        doubted = [digit.confidence < DOUBTED for digit in digits]
        pairs = zip(meant[:said], doubted[:said], strict=True)
        found = any(is_meant and doubt for is_meant, doubt in pairs)
        left = any(doubted[said:]) or (any(meant[said:]) and not found)
        return bool(either) and not left

    def _corrected_lines(self) -> tuple[tuple[ReadDigit, ...], ...]:
        answers = iter(self._said)
        return tuple(
            tuple(_as_said(digit, next(answers, None)) for digit in line)
            for line in self._reading.lines
        )

    def _ask(self) -> None:
        self._put(self._reading.digits[len(self._said)].digit)

    def _put(self, digit: int) -> None:
        self._digit, self._asked = digit, self._clock.monotonic()
        self.remind()


def _as_said(digit: ReadDigit, said: int | None) -> ReadDigit:
    """The digit as a person said it is, without doubt; as it was when nobody said anything."""
    if said is None:
        return digit
    return ReadDigit(digit.glyph, Prediction(np.eye(10, dtype=np.float32)[said]))
