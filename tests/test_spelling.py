"""Spelling: which lines are what is held up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.spelling import PLAUSIBLE, Spelling, sheet, touches_edge
from appliance.values import Box
from tests.fakes import read_digit


def spelling(
    text: str = "47",
    *,
    confidence: float = 0.98,
    junk: tuple[float, ...] = (),
    strength: float = 150,
    height: float = 0.2,
    top: float = 100,
    writing: float = 0.5,
) -> Spelling:
    digits = tuple(read_digit(int(digit), confidence) for digit in text)
    return Spelling(digits, junk, strength, height, height * 640, top, writing)


def texts(spellings: list[Spelling]) -> list[str]:
    return ["".join(str(digit.digit) for digit in line.digits) for line in spellings]


def test_a_sure_line_without_junk_has_the_quality_of_its_digits() -> None:
    assert spelling(confidence=0.9).quality == pytest.approx(0.9)


def test_doubt_and_junk_lower_the_quality() -> None:
    assert spelling(confidence=0.5).quality < spelling(confidence=0.9).quality
    assert spelling(junk=(0.1,)).quality < spelling().quality
    assert spelling(junk=(0.9,)).quality < spelling(junk=(0.1,)).quality
    assert spelling("4", junk=(0.9,)).quality < spelling("4777", junk=(0.9,)).quality


def test_light_may_fade_from_line_to_line() -> None:
    lines = [
        spelling(text, strength=s, top=t)
        for text, s, t in (("4", 40, 3), ("7", 28, 2), ("2", 18, 1))
    ]
    assert texts(sheet(lines)) == ["2", "7", "4"]
    far = replace(lines[0], strength=160.0)
    assert texts(sheet([far, lines[2]])) == ["4"], "without lines between they differ too much"


def test_a_doubtful_line_of_ones_is_an_edge() -> None:
    for confidence, height, found in ((0.7, 0.45, ["47"]), (0.98, 0.45, ["47", "11"]),
                                      (0.7, 0.2, ["47", "11"])):  # fmt: skip
        ones = spelling("11", confidence=confidence, height=height, top=300)
        assert texts(sheet([spelling(), ones])) == found, (confidence, height)


def test_large_strong_and_long_lines_score_higher() -> None:
    usual = spelling()
    for other in (spelling(height=0.1), spelling(strength=50), spelling("4"), spelling(junk=(1,))):
        assert other.score < usual.score


@given(
    confidence=st.floats(0, 1),
    junk=st.lists(st.floats(0, 20), max_size=5),
    strength=st.floats(0, 255),
    height=st.floats(0, 1),
    count=st.integers(1, 12),
)
def test_quality_and_salience_are_shares(
    confidence: float, junk: list[float], strength: float, height: float, count: int
) -> None:
    line = spelling(
        "1" * count, confidence=confidence, junk=tuple(junk), strength=strength, height=height
    )
    assert 0 <= line.quality <= 1
    assert 0 <= line.salience <= 1
    assert 0 <= line.score < np.inf


def test_lines_of_a_sheet_come_from_top_to_bottom() -> None:
    lines = [spelling("3", top=300), spelling("1", top=100), spelling("2", top=200)]
    assert texts(sheet(lines)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "other",
    [
        spelling("99", confidence=PLAUSIBLE / 2, height=0.45),
        spelling("99", junk=(1, 1, 1, 1), height=0.45),
        spelling("99", height=0.03),
        spelling("99", strength=20),
    ],
    ids=["hardly digits", "mostly junk", "small print", "showing through"],
)
def test_what_is_not_held_up_is_left_out(other: Spelling) -> None:
    assert texts(sheet([other, spelling("47")])) == ["47"]


def test_writing_of_the_same_hand_stays_though_it_cannot_be_read() -> None:
    """Without it the reading would look complete."""
    unread = spelling("99", confidence=PLAUSIBLE / 2, writing=0.99, top=300)
    assert texts(sheet([unread, spelling("47")])) == ["47", "99"]


def test_without_good_lines_nothing_is_held_up() -> None:
    assert sheet([]) == []
    assert sheet([spelling(confidence=PLAUSIBLE / 2)]) == []


@pytest.mark.parametrize(
    ("box", "touches"),
    [
        (Box(1, 1, 10, 10), False),
        (Box(0, 50, 10, 10), True),
        (Box(50, 0, 10, 10), True),
        (Box(90, 50, 10, 10), True),
        (Box(50, 70, 10, 10), True),
        (Box(89, 69, 10, 10), False),
    ],
)
def test_touching_the_edge(box: Box, touches: bool) -> None:
    assert touches_edge(box, 100, 80) is touches
