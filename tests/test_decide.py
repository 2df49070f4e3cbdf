"""Decide: what is read, unsure or nothing; every reason can come up and has its advice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.decide import ADVICE, FAINT, SMALL, SURE, SURE_AT_EDGE, advice, decide
from appliance.spelling import CLEAN, Spelling
from appliance.values import Box, Glyph, Prediction, ReadDigit
from appliance.vision.light import Light

GOOD = Light(brightness=200, saturated=0.0, sharpness=60, size=(640, 480))
DARK = Light(5, 0.0, 60, (640, 480))
BRIGHT = Light(255, 0.95, 60, (640, 480))
BLURRED = Light(200, 0.0, 1.0, (640, 480))
MIDDLE = Box(300, 200, 50, 80)


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
    junk: tuple[float, ...] = (),
    pixels: float = 80.0,
    strength: float = 150.0,
) -> Spelling:
    return Spelling(digits, junk, strength, 0.2, pixels, 100.0)


DOUBT = (0.5 + SURE) / 2
"""Too little to be sure, too much for nothing."""

SURE_LINE = line(digit(0.99), digit(0.97))
DOUBTFUL = line(digit(0.99), digit(DOUBT))
FAINT_ONE = line(digit(DOUBT), strength=FAINT - 1)

CASES = {
    "sure": ([SURE_LINE], GOOD, "read", None),
    "sure in bad light": ([SURE_LINE], DARK, "read", None),
    "two lines": ([SURE_LINE, line(digit(0.9))], GOOD, "read", None),
    "blank": ([], GOOD, "nothing", "no ink"),
    "night": ([], DARK, "nothing", "too dark"),
    "glare": ([], BRIGHT, "nothing", "too bright"),
    "moved": ([], BLURRED, "nothing", "blurred"),
    "doubt at night": ([FAINT_ONE], DARK, "unsure", "too dark"),
    "doubt in glare": ([FAINT_ONE], BRIGHT, "unsure", "too bright"),
    "doubt when moved": ([FAINT_ONE], BLURRED, "unsure", "blurred"),
    "doubt about strong ink at night": ([DOUBTFUL], DARK, "unsure", "3 or 8"),
    "tiny": ([line(digit(DOUBT), pixels=SMALL - 1)], GOOD, "unsure", "too small"),
    "cut off": ([line(digit(DOUBT, box=Box(0, 20, 30, 40)))], GOOD, "unsure", "touches the edge"),
    "nearly sure at the edge": (
        [line(digit(0.99), digit(SURE_AT_EDGE - 0.01, box=Box(0, 20, 30, 40)))],
        GOOD,
        "unsure",
        "touches the edge",
    ),
    "sure at the edge": (
        [line(digit(SURE_AT_EDGE + 0.01, box=Box(0, 20, 30, 40)))],
        GOOD,
        "read",
        None,
    ),
    "one large thing among digits": (
        [line(*[digit(0.99)] * 4, junk=(0.9,))],
        GOOD,
        "unsure",
        "not a digit",
    ),
    "a letter": ([line(digit(DOUBT, rest=0.1, not_a_digit=0.3))], GOOD, "unsure", "not a digit"),
    "among letters": ([line(digit(0.95), junk=(1.0, 1.0))], GOOD, "unsure", "not a digit"),
    "two could be meant": ([DOUBTFUL], GOOD, "unsure", "3 or 8"),
    "one line of two": ([SURE_LINE, DOUBTFUL], GOOD, "unsure", "3 or 8"),
    "scribble": ([line(digit(0.3, rest=0.1))], GOOD, "nothing", "not a digit"),
    "scribble at night": ([line(digit(0.3, rest=0.1))], DARK, "nothing", "too dark"),
}


@pytest.mark.parametrize(("lines", "light", "status", "reason"), CASES.values(), ids=CASES.keys())
def test_cases(lines: list[Spelling], light: Light, status: str, reason: str | None) -> None:
    assert decide(lines, lambda: light, light.size) == (status, reason)


def test_a_reading_that_is_not_all_there_is_unsure() -> None:
    assert decide([SURE_LINE], lambda: GOOD, GOOD.size, complete=False) == ("unsure", "not a digit")


def test_every_advice_has_a_case() -> None:
    assert {reason for *_, reason in CASES.values()} >= set(ADVICE)


def test_the_least_sure_digit_decides() -> None:
    assert decide([line(digit(max(SURE, CLEAN) + 0.01))], lambda: GOOD, GOOD.size)[0] == "read"
    assert decide([line(digit(0.999), digit(SURE - 0.01))], lambda: GOOD, GOOD.size)[0] == "unsure"


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
    junk=st.lists(st.floats(0, 3), max_size=3),
    pixels=st.floats(1, 500),
    box=st.builds(
        Box, st.integers(0, 600), st.integers(0, 440), st.integers(1, 40), st.integers(1, 40)
    ),
    light=st.builds(
        Light, st.floats(0, 255), st.floats(0, 1), st.floats(0, 255), st.just((640, 480))
    ),
)
def test_every_answer_is_one_of_those_documented(
    *,
    lines: list[list[float]],
    not_a_digit: float,
    junk: list[float],
    pixels: float,
    box: Box,
    light: Light,
) -> None:
    spellings = [
        line(
            *(digit(c * (1 - not_a_digit), None, not_a_digit, box) for c in some),
            junk=tuple(junk),
            pixels=pixels,
        )
        for some in lines
    ]
    status, reason = decide(spellings, lambda: light, light.size)
    if status == "read":
        assert reason is None
        assert min(d.confidence for some in spellings for d in some.digits) >= SURE
        assert all(spelling.quality >= CLEAN for spelling in spellings)
    else:
        assert status in ("unsure", "nothing")
        assert reason is not None
        assert reason in ADVICE or reason == "3 or 8"
        assert status == "nothing" or spellings
