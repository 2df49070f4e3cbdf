"""Trust: what speaks against a reading makes it less likely, and nothing breaks it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.decide import TRUSTED
from appliance.sheet import Line
from appliance.sight import Sight
from appliance.transcript import Transcript
from appliance.trust import (
    MOST_DIGITS,
    SHARES,
    WRONG_ALIKE,
    believed,
    signs,
    surer,
    trust,
)
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
    return Sight((Line(digits, 150, 0.2, 0),), other, unread, middle)


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
    doubtful, same, other = (sight(0.9), 0.8), (sight(0.9), 0.7), (sight(0.9, digit=1), 0.7)
    assert surer(doubtful, same)[1] > 0.8 > surer(doubtful, other)[1]
    for second in (same, other):
        ways = surer(doubtful, second)[0], surer(second, doubtful)[0]
        assert ways[0].text == ways[1].text == doubtful[0].text


def test_two_looks_that_agree_may_both_be_wrong_in_the_same_way() -> None:
    right, wrong = 0.8 * 0.7, 0.2 * 0.3 * WRONG_ALIKE
    chance = surer((sight(0.9), 0.8), (sight(0.9), 0.7))[1]
    assert chance == pytest.approx(right / (right + wrong))
    assert 0 < WRONG_ALIKE < 1


def test_unread_ink_counts_as_the_side_of_a_square() -> None:
    assert signs(sight(0.9, unread=0.25))[2] == pytest.approx(0.5)


def test_a_transcript_says_nothing_of_what_is_elsewhere() -> None:
    """Of ten digits two were read, since the transcriber agreed with those two."""
    for elsewhere in (sight(0.9, 0.9, other=0.99), sight(0.9, 0.9, unread=0.3)):
        told = Transcript(LIKELY, None, LIKELY)
        assert believed(elsewhere, 0.3, told)[1] < believed(sight(0.9, 0.9), 0.3, told)[1]


def test_a_look_that_sees_nothing_says_nothing() -> None:
    only, nothing = (sight(0.95), 0.9), (Sight(), 0.0)
    better, chance = surer(only, nothing)
    assert better is only[0]
    assert chance == pytest.approx(0.9)
    assert surer(nothing, nothing)[1] == 0


LIKELY, UNLIKELY = math.log(0.95), math.log(0.01)


def test_a_transcript_that_agrees_makes_it_surer() -> None:
    seen = sight(0.9, 0.9)
    agrees = believed(seen, 0.8, Transcript(LIKELY, None, LIKELY))
    doubts = believed(seen, 0.8, Transcript(UNLIKELY, None, UNLIKELY))
    assert agrees[0] is doubts[0] is seen
    assert agrees[1] > 0.8 > doubts[1]


def test_a_digit_read_in_two_ways_is_no_surer_than_its_way() -> None:
    seven, one = (sight(0.999), 0.8), (sight(0.999, digit=1), 0.4)
    [digit] = surer(seven, one)[0].digits
    assert digit.confidence == pytest.approx(0.8 / 1.2)
    assert (digit.digit, digit.prediction.runner_up) == (7, 1)


def test_what_is_transcribed_instead_is_taken_when_it_is_likelier() -> None:
    seen, instead = sight(0.9, 0.9), sight(0.9, 0.9, digit=1)
    for says, chosen in ((LIKELY, instead), (UNLIKELY, seen)):
        better, chance = believed(seen, 0.8, Transcript(math.log(0.02), instead, says))
        assert better.text == chosen.text
        assert chance < believed(seen, 0.8, Transcript(LIKELY, None, LIKELY))[1]


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


@settings(max_examples=60, deadline=None)
@given(
    chance=CHANCES,
    agrees=st.floats(-1e4, 0),
    says=st.floats(-1e4, 0),
    more=st.floats(-1e4, 0),
)
def test_belief_is_a_chance_that_grows_with_the_transcript(
    chance: float, agrees: float, says: float, more: float
) -> None:
    seen, instead = sight(0.9), sight(0.9, digit=1)
    assert 0 <= believed(seen, chance, Transcript(agrees, instead, says))[1] <= 1
    low, high = sorted([agrees, more])
    less, surest = (believed(seen, chance, Transcript(x, None, x))[1] for x in (low, high))
    assert less <= surest
