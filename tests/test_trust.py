"""Trust: what speaks against a reading makes it less likely, and nothing breaks it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.decide import TRUSTED
from appliance.sheet import Line
from appliance.sight import Sight
from appliance.trust import MOST_DIGITS, SHARES, signs, surer, trust
from appliance.values import Box
from tests.fakes import read_digit


def sight(
    *confidences: float,
    other: float = 0.0,
    unread: float = 0.0,
    middle: float = 1.0,
    digit: int = 7,
    apart: int = 40,
) -> Sight:
    digits = tuple(
        read_digit(digit, confidence, box=Box(10 + apart * place, 10, 30, 40))
        for place, confidence in enumerate(confidences)
    )
    return Sight((Line(digits, 150, 0.2, 80, 0),), other, unread, middle)


def test_sure_digits_alone_are_trusted() -> None:
    assert trust(sight(0.99, 0.999)) > 0.9


@pytest.mark.parametrize(
    "doubtful",
    [
        sight(0.99, 0.7),
        sight(0.99, 0.999, other=0.8),
        sight(0.99, 0.999, unread=0.2),
        sight(0.99, 0.999, apart=15),
        sight(0.99, 0.999, middle=0.2),
    ],
    ids=["a doubtful digit", "something else", "ink of digits", "read twice", "a faint middle"],
)
def test_what_speaks_against_it_counts(doubtful: Sight) -> None:
    assert trust(doubtful) < trust(sight(0.99, 0.999))


def test_digits_that_overlap_are_one_read_twice_only_when_they_are_the_same() -> None:
    seven, one = sight(0.99, 0.99, apart=15), sight(0.99, 0.99, apart=15, digit=1)
    mixed = replace(seven.lines[0], digits=(seven.lines[0].digits[0], one.lines[0].digits[1]))
    assert trust(replace(seven, lines=(mixed,))) > trust(seven) == trust(one)


def test_there_is_a_share_for_each_sign() -> None:
    assert signs(sight(0.9)).shape == (len(SHARES),)


def test_what_is_surely_one_more_digit_outweighs_any_sure_digits() -> None:
    assert trust(sight(0.9999, 0.9999, other=0.99)) < TRUSTED


def test_a_number_is_not_trusted_for_being_long() -> None:
    digits = [0.9] * (MOST_DIGITS + 3)
    assert trust(sight(*digits)) == trust(sight(*digits[:MOST_DIGITS])) > trust(sight(0.9))


def test_two_looks_that_agree_are_surer_and_two_that_differ_are_less_sure() -> None:
    doubtful, same, other = sight(0.9), sight(0.88), sight(0.88, digit=1)
    assert trust(doubtful) > trust(same) > 0.5
    assert surer(doubtful, same)[1] > trust(doubtful) > surer(doubtful, other)[1]
    for second in (same, other):
        assert surer(doubtful, second)[0] is surer(second, doubtful)[0] is doubtful


def test_a_look_that_sees_nothing_says_nothing() -> None:
    only = sight(0.95)
    better, chance = surer(only, Sight())
    assert better is only
    assert chance == pytest.approx(trust(only))
    assert surer(Sight(), Sight())[1] == 0


CHANCES = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(
    confidences=st.lists(CHANCES, min_size=1, max_size=6),
    other=CHANCES,
    unread=st.floats(0, 1e6),
    middle=CHANCES,
)
def test_trust_is_a_chance(
    confidences: list[float], other: float, unread: float, middle: float
) -> None:
    assert 0 <= trust(sight(*confidences, other=other, unread=unread, middle=middle)) <= 1


@settings(max_examples=60, deadline=None)
@given(sure=st.floats(0.2, 1), surer=st.floats(0.2, 1), other=CHANCES, more=CHANCES)
def test_doubt_never_raises_trust(sure: float, surer: float, other: float, more: float) -> None:
    least, most = sorted([sure, surer])
    low, high = sorted([other, more])
    assert trust(sight(least, other=low)) <= trust(sight(most, other=low))
    assert trust(sight(least, other=high)) <= trust(sight(least, other=low))
    assert trust(sight(least, unread=high)) <= trust(sight(least, unread=low))
    assert trust(sight(least, middle=low)) <= trust(sight(least, middle=high))
