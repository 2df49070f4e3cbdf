"""Kinship: what the same pen wrote is told from what lies beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.vision.kinship import agreed, hanging_together, kinship

Traits = tuple[float, float, float, float]

DIGIT: Traits = (60.0, 120.0, 5.0, 200.0)
"""Height, contrast and width of stroke, and the ground's brightness."""


def told(other: Traits) -> float:
    return float(kinship(np.array([DIGIT, other]))[0, 1])


def test_what_is_alike_is_kin() -> None:
    assert told(DIGIT) > 2
    assert told((66, 110, 5.5, 190)) > 1


@pytest.mark.parametrize(
    "other", [(150, 120, 5, 200), (60, 40, 5, 200), (60, 120, 15, 200), (60, 60, 5, 60)]
)
def test_what_differs_is_not(other: Traits) -> None:
    assert told(other) < -0.5


@pytest.mark.parametrize("trait", [0, 1, 2, 3])
def test_the_more_it_differs_the_less_it_is(trait: int) -> None:
    values = []
    for factor in (1.5, 2, 4):
        other = list(DIGIT)
        other[trait] *= factor
        values.append(told((other[0], other[1], other[2], other[3])))
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]


@given(
    st.lists(st.tuples(*[st.floats(0, 1e5) for _ in range(4)]), min_size=1, max_size=6),
    st.floats(0.1, 10),
)
def test_it_is_mutual_finite_and_of_no_unit(traits: list[Traits], scale: float) -> None:
    values = np.add(traits, (1, 1, 1, 0))  # sizes of nothing at all have no ratio
    answer = kinship(values)
    assert np.isfinite(answer).all()
    assert np.allclose(answer, answer.T)
    assert np.allclose(answer, kinship(values * (scale, scale, scale, 1)), atol=1e-6)


def test_all_that_is_dark_is_equally_dark() -> None:
    """Blackboards, of which one pixel has 2 and another 6 grey levels."""
    assert kinship(np.array([(*DIGIT[:3], 2.0), (*DIGIT[:3], 6.0)]))[0, 1] == told(DIGIT)


@pytest.mark.parametrize("first", range(4))
def test_what_grows_fainter_step_by_step_hangs_together(first: int) -> None:
    near = np.abs(np.subtract.outer(np.arange(5), np.arange(5))) <= 1
    near[4] = False  # the last one joins nobody
    assert hanging_together(first, near) == [0, 1, 2, 3]
    assert hanging_together(4, near) == [0, 1, 2, 3, 4]


def informed(*chances: float, other: Traits = DIGIT) -> list[float]:
    """Chances of digits, the last of which has other traits."""
    traits = np.array([DIGIT] * (len(chances) - 1) + [other])
    return [float(chance) for chance in agreed(np.array(chances), kinship(traits))]


def test_beside_sure_writing_of_the_same_hand_a_doubtful_one_is_rather_writing() -> None:
    assert informed(0.98, 0.98, 0.5)[2] > 0.8
    assert informed(0.98, 0.98, 0.5, other=(150, 40, 5, 200))[2] < 0.2


def test_what_is_alone_or_beside_doubt_stays_as_it_was() -> None:
    assert informed(0.5) == [0.5]
    assert informed(0.02, 0.5)[1] == pytest.approx(0.5, abs=0.06)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_informed_chances_are_chances(chances: list[float]) -> None:
    assert all(0 <= chance <= 1 for chance in informed(*chances))
