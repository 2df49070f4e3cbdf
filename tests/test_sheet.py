"""The sheet: which lines are what is held up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sheet import PLAUSIBLE, Line, sheet
from tests.fakes import read_digit


def line(
    text: str = "47",
    *,
    confidence: float = 0.98,
    strength: float = 150,
    height: float = 0.2,
    top: float = 100,
) -> Line:
    digits = tuple(read_digit(int(digit), confidence) for digit in text)
    return Line(digits, strength, height, top)


def texts(lines: list[Line]) -> list[str]:
    return ["".join(str(digit.digit) for digit in one.digits) for one in lines]


def test_a_line_has_the_quality_of_its_digits() -> None:
    assert line(confidence=0.9).quality == pytest.approx(0.9)


def test_light_may_fade_from_line_to_line() -> None:
    lines = [
        line(text, strength=s, top=t) for text, s, t in (("4", 40, 3), ("7", 28, 2), ("2", 18, 1))
    ]
    assert texts(sheet(lines)) == ["2", "7", "4"]
    far = replace(lines[0], strength=160.0)
    assert texts(sheet([far, lines[2]])) == ["4"], "without lines between they differ too much"


def test_a_doubtful_line_of_ones_is_an_edge() -> None:
    for confidence, height, found in ((0.7, 0.45, ["47"]), (0.98, 0.45, ["47", "11"]),
                                      (0.7, 0.2, ["47", "11"])):  # fmt: skip
        ones = line("11", confidence=confidence, height=height, top=300)
        assert texts(sheet([line(), ones])) == found, (confidence, height)


def test_large_strong_and_long_lines_score_higher() -> None:
    usual = line()
    for other in (line(height=0.1), line(strength=50), line("4")):
        assert other.score < usual.score


@given(
    confidence=st.floats(0, 1),
    strength=st.floats(0, 255),
    height=st.floats(0, 1),
    count=st.integers(1, 12),
)
def test_quality_and_salience_are_shares(
    confidence: float, strength: float, height: float, count: int
) -> None:
    some = line("1" * count, confidence=confidence, strength=strength, height=height)
    assert 0 <= some.quality <= 1
    assert 0 <= some.salience <= 1
    assert 0 <= some.score < np.inf


def test_lines_of_a_sheet_come_from_top_to_bottom() -> None:
    lines = [line("3", top=300), line("1", top=100), line("2", top=200)]
    assert texts(sheet(lines)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "other",
    [
        line("99", confidence=PLAUSIBLE / 2, height=0.45),
        line("99", height=0.03),
        line("99", strength=20),
    ],
    ids=["hardly digits", "small print", "showing through"],
)
def test_what_is_not_held_up_is_left_out(other: Line) -> None:
    assert texts(sheet([other, line("47")])) == ["47"]


def test_without_good_lines_nothing_is_held_up() -> None:
    assert sheet([]) == []
    assert sheet([line(confidence=PLAUSIBLE / 2)]) == []
