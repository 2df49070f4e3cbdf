"""Opinions: classifier and recogniser decide together which digit it is, and whether it is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.opinions import judge
from appliance.values import Prediction
from appliance.vision.spots import Spots


def shape(digit: int, sure: float = 0.9, none: float = 0.0) -> Prediction:
    """What the classifier says: the rest is shared by the other digits."""
    chances = np.full(10, (1 - sure - none) / 9, np.float32)
    chances[digit] = sure
    return Prediction(chances, none)


def spot(digit: int, sure: float = 0.9, none: float = 0.0) -> Spots:
    """The same of the recogniser."""
    says = np.append(shape(digit, sure, none).probabilities, none).astype(np.float32)
    return Spots(np.array([[50.0, 50, 20, 30]]), says[None])


def test_two_that_agree_are_surer_than_each() -> None:
    told = judge(shape(3, 0.8), spot(3, 0.8))
    assert told.digit == 3
    assert told.confidence > 0.8


def test_of_two_that_disagree_the_surer_one_counts() -> None:
    assert judge(shape(3, 0.5), spot(7, 0.95)).digit == 7
    assert judge(shape(3, 0.999), spot(7, 0.3)).digit == 3


def test_as_sure_as_each_other_the_recogniser_counts_for_more() -> None:
    assert judge(shape(3, 0.9), spot(7, 0.9)).digit == 7


def test_what_the_recogniser_takes_for_none_is_rather_none() -> None:
    sure, doubted = judge(shape(3), spot(3, 0.9)), judge(shape(3), spot(3, 0.3, none=0.65))
    assert doubted.not_a_digit > 0.5 > sure.not_a_digit


def test_the_classifiers_doubt_counts_a_little() -> None:
    sure, doubted = judge(shape(3), spot(3)), judge(shape(3, 0.3, none=0.65), spot(3))
    assert sure.not_a_digit < doubted.not_a_digit < 0.5


CHANCES = st.floats(0, 1)


@given(sure=CHANCES, none=CHANCES, seen=CHANCES, unseen=CHANCES)
def test_the_chances_are_chances(sure: float, none: float, seen: float, unseen: float) -> None:
    told = judge(shape(4, sure * (1 - none), none), spot(6, seen * (1 - unseen), unseen))
    assert told.probabilities.sum() + told.not_a_digit == pytest.approx(1, abs=1e-5)
    assert told.probabilities.min() >= 0
    assert 0 <= told.not_a_digit <= 1
