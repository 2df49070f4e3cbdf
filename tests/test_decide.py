"""Decide: what is read, unsure or nothing; every reason can come up and has its advice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.decide import ADVICE, DOUBTED, FAINT, SMALL, TRUSTED, advice, decide, touches_edge
from appliance.sheet import Line
from appliance.sight import Sight
from appliance.trust import trust
from appliance.values import Box, Glyph, Prediction, ReadDigit, Status
from appliance.vision.light import Light
from appliance.vision.spots import Spots

GOOD = Light(brightness=200, saturated=0.0, sharpness=60, contrast=200, size=(640, 480))
DARK = Light(5, 0.0, 60, 200, (640, 480))
BRIGHT = Light(255, 0.95, 60, 200, (640, 480))
BLURRED = Light(200, 0.0, 1.0, 90, (640, 480))
MIDDLE, BELOW = Box(300, 200, 50, 80), Box(300, 320, 50, 80)


def digit(
    confidence: float, rest: float | None = None, not_a_digit: float = 0.0, box: Box = MIDDLE
) -> ReadDigit:
    """An 8, with 3 as the runner-up."""
    probabilities = np.zeros(10, np.float32)
    probabilities[8] = confidence
    probabilities[3] = 1 - confidence - not_a_digit if rest is None else rest
    return ReadDigit(
        Glyph(np.zeros((28, 28), np.float32), box), Prediction(probabilities, not_a_digit)
    )


def line(
    *digits: ReadDigit,
    height: float = 0.2,
    strength: float = 150.0,
) -> Line:
    """The digits side by side, the first where it is."""
    beside = [
        replace(one, glyph=replace(one.glyph, box=replace(one.box, x=one.box.x + 70 * place)))
        for place, one in enumerate(digits)
    ]
    return Line(tuple(beside), strength, height, 100.0)


DOUBT = 0.6
"""Too little to be sure, too much for nothing."""

SURE_LINE = line(digit(0.99), digit(0.97))
DOUBTFUL = line(digit(0.99), digit(DOUBT))
FAINT_ONE = line(digit(DOUBT), strength=FAINT - 1)
TINY = line(digit(DOUBT, box=BELOW), height=SMALL - 0.01)

CASES = {
    "sure": ([SURE_LINE], GOOD, "read", None),
    "sure in bad light": ([SURE_LINE], DARK, "read", None),
    "two lines": ([SURE_LINE, line(digit(0.9, box=BELOW))], GOOD, "read", None),
    "blank": ([], GOOD, "nothing", "no ink"),
    "night": ([], DARK, "nothing", "too dark"),
    "glare": ([], BRIGHT, "nothing", "too bright"),
    "moved": ([], BLURRED, "nothing", "blurred"),
    "doubt at night": ([FAINT_ONE], DARK, "unsure", "too dark"),
    "doubt in glare": ([FAINT_ONE], BRIGHT, "unsure", "too bright"),
    "doubt when moved": ([FAINT_ONE], BLURRED, "unsure", "blurred"),
    "doubt about strong ink at night": ([DOUBTFUL], DARK, "unsure", "3 or 8"),
    "tiny": ([line(digit(DOUBT), height=SMALL - 0.01)], GOOD, "unsure", "too small"),
    "a tiny line beside another": ([SURE_LINE, TINY], GOOD, "unsure", "too small"),
    "a faint line beside another": ([SURE_LINE, FAINT_ONE], DARK, "unsure", "too dark"),
    "cut off": ([line(digit(DOUBT, box=Box(0, 20, 30, 40)))], GOOD, "unsure", "touches the edge"),
    "sure at the edge": ([line(digit(0.99, box=Box(0, 20, 30, 40)))], GOOD, "read", None),
    "a letter": ([line(digit(DOUBT, rest=0.1, not_a_digit=0.3))], GOOD, "unsure", "not a digit"),
    "two could be meant": ([DOUBTFUL], GOOD, "unsure", "3 or 8"),
    "one line of two": ([SURE_LINE, DOUBTFUL], GOOD, "unsure", "3 or 8"),
    "a full page": (Sight((FAINT_ONE,), unfinished=True), DARK, "unsure", "too many digits"),
    "scribble": ([line(digit(0.3, rest=0.1))], GOOD, "nothing", "not a digit"),
    "scribble at night": ([line(digit(0.3, rest=0.1))], DARK, "nothing", "too dark"),
}


def decided(
    sight: Sight, measure: Callable[[], Light], size: tuple[int, int]
) -> tuple[Status, str | None]:
    """What is decided of what was looked at once."""
    return decide(sight, trust(sight), measure, size)


@pytest.mark.parametrize(("shown", "light", "status", "reason"), CASES.values(), ids=CASES.keys())
def test_cases(shown: Sight | list[Line], light: Light, status: str, reason: str | None) -> None:
    sight = shown if isinstance(shown, Sight) else Sight(tuple(shown))
    assert decided(sight, lambda: light, light.size) == (status, reason)


def test_with_something_else_that_is_surely_a_digit_it_is_unsure() -> None:
    sight = Sight((SURE_LINE,), other=0.99)
    assert decided(sight, lambda: GOOD, GOOD.size) == ("unsure", "not a digit")


@pytest.mark.parametrize(("left", "reason"), [(0.0, "touches the edge"), (30.0, "not a digit")])
def test_with_a_digit_that_is_cut_off_beside_it_the_edge_is_the_reason(
    left: float, reason: str
) -> None:
    says = np.zeros((1, 11), np.float32)
    says[0, [4, 10]] = 0.9, 0.1
    height = SURE_LINE.digits[0].box.height
    place = np.array([[left + 10.0, GOOD.size[1] / 2, 20.0, height]])
    sight = Sight((SURE_LINE,), other=0.9, spots=Spots(place, says))
    assert decided(sight, lambda: GOOD, GOOD.size) == ("unsure", reason)


def test_every_advice_has_a_case() -> None:
    assert {reason for *_, reason in CASES.values()} >= set(ADVICE)


def test_the_least_sure_digit_decides() -> None:
    for confidence, status in ((DOUBTED + 0.05, "read"), (DOUBT, "unsure")):
        sight = Sight((line(digit(0.999), digit(confidence)),))
        assert decided(sight, lambda: GOOD, GOOD.size)[0] == status


def test_advice_helps_with_every_reason() -> None:
    for *_, reason in CASES.values():
        if reason is not None:
            assert advice(reason).endswith(".")
    assert advice("3 or 8") == "Is it 3 or 8? Write it more clearly."
    assert advice(None) == ""


CONFIDENCES = st.lists(st.floats(0, 1), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(CONFIDENCES, max_size=3),
    not_a_digit=st.floats(0, 1),
    other=st.floats(0, 1),
    height=st.floats(0.001, 1),
    box=st.builds(
        Box, st.integers(0, 600), st.integers(0, 440), st.integers(1, 40), st.integers(1, 40)
    ),
    light=st.builds(
        Light,
        st.floats(0, 255),
        st.floats(0, 1),
        st.floats(0, 255),
        st.floats(0, 255),
        st.just((640, 480)),
    ),
)
def test_every_answer_is_one_of_those_documented(
    *,
    lines: list[list[float]],
    not_a_digit: float,
    other: float,
    height: float,
    box: Box,
    light: Light,
) -> None:
    sight = Sight(
        tuple(
            line(
                *(digit(c * (1 - not_a_digit), None, not_a_digit, box) for c in some), height=height
            )
            for some in lines
        ),
        other,
    )
    status, reason = decided(sight, lambda: light, light.size)
    if status == "read":
        assert reason is None
        assert trust(sight) >= TRUSTED
        assert min(d.confidence for some in sight.lines for d in some.digits) >= 0.5
    else:
        assert status in ("unsure", "nothing")
        assert reason is not None
        assert reason in ADVICE or reason == "3 or 8"
        assert status == "nothing" or sight.lines


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
