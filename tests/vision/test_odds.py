"""Odds: chances become their log-odds and back, none of them certain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.vision.odds import LEAST, chances_of, log_odds


@given(chance=st.floats(LEAST, 1 - LEAST))
def test_there_and_back(chance: float) -> None:
    assert float(chances_of(log_odds(chance))) == pytest.approx(chance)


def test_even_chances_are_zero_and_arrays_stay_arrays() -> None:
    np.testing.assert_allclose(log_odds(np.array([0.5, 0.75])), [0, np.log(3)])


def test_nothing_is_certain() -> None:
    assert np.isfinite(log_odds([0.0, 1.0])).all()
    assert float(log_odds(0.0)) == pytest.approx(-float(log_odds(1.0)))
    assert chances_of([-1e6, 1e6]).tolist() == [0, 1]
