"""Trust: what speaks against a reading makes it less likely, and nothing breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.sheet import Line
from appliance.sight import Sight
from appliance.trust import SHARES, signs, trust
from appliance.values import Box, Glyph, ReadDigit
from tests.fakes import read_digit


def moved(digit: ReadDigit, x: int) -> ReadDigit:
    return ReadDigit(Glyph(digit.glyph.pixels, Box(x, 100, 50, 80)), digit.prediction)


def sight(*confidences: float, apart: int = 70, other: float = 0.0, unread: float = 0.0) -> Sight:
    digits = (moved(read_digit(7, c), 100 + apart * i) for i, c in enumerate(confidences))
    return Sight((Line(tuple(digits), 150, 0.2, 80, 0),), other, unread)


def test_sure_digits_alone_are_trusted() -> None:
    assert trust(sight(0.99, 0.999)) > 0.9


@pytest.mark.parametrize(
    "doubtful",
    [
        sight(0.99, 0.7),
        sight(0.99, 0.999, other=0.8),
        sight(0.99, 0.999, unread=0.2),
        sight(0.99, 0.999, apart=20),
    ],
    ids=["a doubtful digit", "something else", "ink of digits", "one over another"],
)
def test_what_speaks_against_it_counts(doubtful: Sight) -> None:
    assert trust(doubtful) < trust(sight(0.99, 0.999)) - 0.02


def test_a_bare_stroke_beside_another_does_not_overlap_it() -> None:
    strokes = [read_digit(1, 0.99) for _ in range(2)]
    digits = tuple(
        ReadDigit(Glyph(d.glyph.pixels, Box(100 + 12 * i, 100, 6, 80)), d.prediction)
        for i, d in enumerate(strokes)
    )
    assert signs(Sight((Line(digits, 150, 0.2, 80, 0),)))[-1] == 0


def test_there_is_a_share_for_each_sign() -> None:
    assert signs(sight(0.9)).shape == (len(SHARES),)


CHANCES = st.floats(0, 1)
BOXES = st.builds(
    Box, st.integers(0, 600), st.integers(0, 400), st.integers(1, 640), st.integers(1, 480)
)


@settings(max_examples=60, deadline=None)
@given(
    digits=st.lists(st.tuples(CHANCES, BOXES), min_size=1, max_size=6),
    other=CHANCES,
    unread=st.floats(0, 1e6),
)
def test_trust_is_a_chance(digits: list[tuple[float, Box]], other: float, unread: float) -> None:
    shown = [(read_digit(3, chance), box) for chance, box in digits]
    read = tuple(ReadDigit(Glyph(d.glyph.pixels, box), d.prediction) for d, box in shown)
    assert 0 <= trust(Sight((Line(read, 150, 0.2, 80, 0),), other, unread)) <= 1
