"""Recall: what was said moves the digits it is about, and the trust in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.decide import decide
from appliance.recall import Says, recalled
from appliance.sheet import Line
from appliance.sight import Sight
from appliance.values import ReadDigit
from appliance.vision.light import Light
from tests.fakes import read_digit

GOOD = Light(brightness=200, saturated=0.0, sharpness=60, contrast=200, size=(640, 480))


def sight(*digits: ReadDigit) -> Sight:
    return Sight((Line(digits, 100.0, 0.1, 0.0, 3.0),) if digits else ())


def saying(*what: tuple[int, int, float]) -> Says:
    """Says of the digits in these places that they are those, so strongly."""

    def says(glyphs: NDArray[np.float32]) -> NDArray[np.float64]:
        told = np.zeros((len(glyphs), 10))
        for place, digit, strength in what:
            told[place, digit] = strength
        return told

    return says


def test_what_is_said_overrules_sure_networks() -> None:
    seen, chance = recalled((sight(read_digit(1, 0.9999)), 0.97), saying((0, 7, 14.0)))
    assert seen.text == "7"
    assert chance > 0.95


def test_what_is_hardly_alike_leaves_doubt_between_the_two() -> None:
    seen, chance = recalled((sight(read_digit(1, 0.9999)), 0.97), saying((0, 7, 9.0)))
    assert {seen.digits[0].digit, seen.digits[0].prediction.runner_up} == {1, 7}
    assert chance < 0.84


def test_a_doubtful_digit_that_was_confirmed_is_trusted() -> None:
    seen, chance = recalled((sight(read_digit(7, 0.6)), 0.55), saying((0, 7, 14.0)))
    assert (seen.text, chance > 0.9) == ("7", True)


def test_doubt_in_something_else_stays() -> None:
    _, chance = recalled((sight(read_digit(1, 0.999)), 0.4), saying((0, 7, 14.0)))
    assert chance == pytest.approx(0.4, abs=0.01)


def test_what_two_people_said_and_no_network_sees_is_one_of_the_two() -> None:
    seen, chance = recalled((sight(read_digit(4, 1.0)), 0.97), saying((0, 7, 14.0), (0, 1, 14.0)))
    assert decide(seen, chance, lambda: GOOD, GOOD.size) == ("unsure", "1 or 7")


def test_it_leaves_what_it_knows_nothing_of() -> None:
    both = sight(read_digit(4), read_digit(1, 0.99)), 0.9
    assert recalled(both, saying()) is both
    nothing = sight(), 0.0
    assert recalled(nothing, saying()) is nothing
    seen, _ = recalled(both, saying((1, 7, 14.0)))
    assert seen.text == "47"
    assert seen.digits[0] is both[0].digits[0]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.floats(0.11, 1), st.integers(0, 9), st.floats(0, 14))),
    st.floats(0, 1),
)
def test_chances_stay_chances(digits: list[tuple[int, float, int, float]], chance: float) -> None:
    before = sight(*(read_digit(digit, sure) for digit, sure, _, _ in digits))
    told = [(place, said, strength) for place, (_, _, said, strength) in enumerate(digits)]
    seen, after = recalled((before, chance), saying(*told))
    assert 0 <= after <= 1
    assert len(seen.digits) == len(digits)
    for digit in seen.digits:
        assert digit.prediction.probabilities.sum() + digit.prediction.not_a_digit == (
            pytest.approx(1, abs=1e-3)
        )
