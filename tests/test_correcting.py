"""Correcting with one button: what presses make of a reading, and what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.correcting import PATIENCE, Correcting
from appliance.values import Correction, Question
from tests.fakes import FakeClock, a_reading, read_digit


class Desk:
    """A correction, what it showed and what it kept."""

    def __init__(
        self, text: str, status: str = "read", reason: str | None = None, confidence: float = 0.9
    ) -> None:
        self.clock = FakeClock()
        self.asked: list[Question] = []
        self.kept: list[Correction] = []
        self.reading = a_reading(text, status, reason, confidence)  # type: ignore[arg-type]
        self.correcting = Correcting(self.reading, self.asked.append, self.kept.append, self.clock)

    def press(self, presses: str) -> None:
        """`.` is a short press, `-` a long one."""
        for press in presses:
            assert not self.correcting.over
            (self.correcting.step if press == "." else self.correcting.confirm)()

    @property
    def shown(self) -> list[str]:
        return [question.digit for question in self.asked]

    @property
    def digits(self) -> list[int]:
        return [correction.digit for correction in self.kept]


def test_short_presses_count_up_and_a_long_one_keeps_it() -> None:
    desk = Desk("8")
    desk.press("...-")
    assert desk.shown == ["8", "9", "0", "1"]
    assert desk.correcting.over
    (kept,) = desk.kept
    assert (kept.digit, kept.time, kept.reading_id) == (1, desk.clock.now, desk.reading.id)
    assert kept.glyph is desk.reading.digits[0].glyph
    assert desk.correcting.end().text == "1"


def test_several_digits_are_asked_about_from_left_to_right_line_by_line() -> None:
    desk = Desk("40\n7")
    desk.press("--..-")
    assert desk.shown == ["4", "0", "7", "8", "9"]
    assert [question.place for question in desk.asked] == [1, 2, 3, 3, 3]
    assert {question.count for question in desk.asked} == {3}
    assert desk.digits == [4, 0, 9]
    assert desk.correcting.end().text == "40\n9"


def test_what_all_of_was_said_is_sure() -> None:
    desk = Desk("42", "unsure", "4 or 9")
    desk.press(".....--")
    corrected = desk.correcting.end()
    assert (corrected.status, corrected.text, corrected.reason) == ("read", "92", None)
    assert corrected.confidence == 1.0
    assert corrected.digits[1].glyph is desk.reading.digits[1].glyph


@pytest.mark.parametrize(
    ("text", "reason", "confidence", "status"),
    [
        ("35", "3 or 8", 0.99, "read"),
        ("33", "3 or 8", 0.99, "unsure"),  # it may have been the other one
        ("35", "3 or 8", 0.7, "unsure"),  # the other is in doubt, too
        ("35", "blurred", 0.99, "unsure"),
    ],
)
def test_once_the_digit_in_doubt_was_said_the_rest_is_sure(
    text: str, reason: str, confidence: float, status: str
) -> None:
    desk = Desk(text, "unsure", reason, confidence)
    desk.press("-")
    desk.clock.now += PATIENCE
    corrected = desk.correcting.end()
    assert (corrected.status, corrected.guess) == (status, text)
    assert corrected.reason == (None if status == "read" else reason)


@pytest.mark.parametrize(
    ("digits", "status"),
    [
        ([(3, 0.6), (8, 0.99)], "read"),  # the sure one reads like the other choice
        ([(7, 0.85), (3, 0.95)], "unsure"),  # another frame showed 78; nobody has said the 3
    ],
)
def test_once_the_first_was_said_a_sure_one_that_could_be_meant_is_in_doubt_or_not(
    digits: list[tuple[int, float]], status: str
) -> None:
    line = tuple(read_digit(digit, sure, seed) for seed, (digit, sure) in enumerate(digits))
    reading = replace(a_reading("38", "unsure", "3 or 8"), lines=(line,))
    correcting = Correcting(reading, print, print, FakeClock())
    correcting.confirm()
    assert correcting.end().status == status


def test_a_reminder_shows_the_digit_and_gives_no_more_time() -> None:
    desk = Desk("4")
    desk.press(".")
    desk.clock.now += PATIENCE
    desk.correcting.remind()
    assert desk.shown == ["4", "5", "5"]
    assert desk.correcting.over


def test_a_pause_after_a_step_keeps_the_digit_shown_and_leaves_the_others() -> None:
    desk = Desk("42", "unsure", "4 or 9")
    desk.press(".")
    desk.clock.now += PATIENCE - 0.1
    assert not desk.correcting.over
    desk.clock.now += 0.1
    assert desk.correcting.over
    corrected = desk.correcting.end()
    assert desk.digits == [5]
    assert (corrected.status, corrected.guess, corrected.reason) == ("unsure", "52", "4 or 9")
    assert corrected.digits[1] is desk.reading.digits[1]


def test_a_pause_without_a_step_keeps_nothing() -> None:
    desk = Desk("42")
    desk.clock.now += PATIENCE
    assert desk.correcting.over
    assert desk.correcting.end().text == "42"
    assert desk.kept == []


def test_each_press_starts_the_pause_anew() -> None:
    desk = Desk("4")
    for _ in range(3):
        desk.clock.now += PATIENCE - 1
        desk.press(".")
    assert not desk.correcting.over


@given(st.text("0123456789", min_size=1, max_size=6), st.text(".-", max_size=80))
def test_the_answer_says_what_was_kept_whatever_is_pressed(text: str, presses: str) -> None:
    desk = Desk(text)
    for press in presses:
        if not desk.correcting.over:
            desk.press(press)
    corrected = desk.correcting.end()
    said = "".join(map(str, desk.digits))
    assert corrected.text == said + text[len(said) :]
    assert all(shown in "0123456789" for shown in desk.shown)


@pytest.mark.parametrize("steps", [10, 20])
def test_ten_steps_lead_back(steps: int) -> None:
    desk = Desk("3")
    desk.press("." * steps)
    assert desk.correcting.end().text == "3"
    assert desk.kept == []
