"""One person's hand: how they shape, lean, space and press, the same all over a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from appliance.scenes.digits import DIGITS, Form
from appliance.scenes.letters import LETTERS
from appliance.scenes.loops import kept_open
from appliance.scenes.samples import Samples
from appliance.scenes.signs import SIGNS
from appliance.scenes.strokes import Points, Stroke, parse, spline

HABIT = 0.85
"""How often people use their own form of a digit instead of any."""

PROPORTIONS, MOVED = (0.04, 0.07), 0.15
"""Standard deviations of a writer's proportions, right and down, and the largest of them."""

BORROWED = 0.75
"""How often a digit is taken from the samples where there are any."""


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """The style of one person. Lengths are in heights of a digit.

    forms: the preferred form of each digit. habit: how often it is used instead of any.
    slant: to the right for each unit upwards. aspect: factor on the width of every sign.
    jitter: standard deviation of a control point, and of a sign's own proportions.
    tremor: of the line itself.
    proportions: how far the middles of all signs are moved, right and down, as shares of their
        width and height: high or low waists, large or small loops.
    pressure: relative variation of the pen's width along a stroke.
    gap: between signs. unevenness: of size and of the line of writing.
    samples: pictures from which most of the digits are taken, by many hands; None writes all.
    """

    forms: dict[str, int]
    slant: float
    aspect: float
    jitter: float
    tremor: float
    proportions: tuple[float, float]
    pressure: float
    gap: float
    unevenness: float
    samples: Samples | None = None
    habit: float = HABIT


def new_writer(rng: Generator, samples: Samples | None = None) -> Writer:
    """Draw a writer at random."""
    return Writer(
        forms={digit: _choose(rng, forms) for digit, forms in DIGITS.items()},
        slant=float(np.clip(rng.normal(0.08, 0.16), -0.3, 0.6)),
        aspect=float(np.clip(rng.normal(1.0, 0.19), 0.6, 1.6)),
        jitter=float(rng.uniform(0.005, 0.044)),
        tremor=float(rng.uniform(0.0, 0.006) if rng.random() < 0.9 else rng.uniform(0.006, 0.013)),
        proportions=_proportions(rng),
        pressure=float(rng.uniform(0.0, 0.25 if rng.random() < 0.8 else 0.55)),
        gap=float(rng.uniform(0.14, 0.6)),
        unevenness=float(rng.uniform(0.01, 0.07)),
        samples=samples,
    )


def printing() -> Writer:
    """A writer like a machine: the first form of everything, upright and even."""
    return Writer(
        dict.fromkeys(DIGITS, 0), 0.0, 1.0, 0.0, 0.0, (0.0, 0.0), 0.0, 0.16, 0.0, habit=1.0
    )


def _choose(rng: Generator, forms: Sequence[Form]) -> int:
    shares = np.array([form.share for form in forms])
    return int(rng.choice(len(forms), p=shares / shares.sum()))


def write_sign(rng: Generator, writer: Writer, sign: str, pen: float) -> list[Stroke]:
    """Write a digit, a letter or a sign.

    pen: width of the line, in heights of a digit.
    Returns strokes in heights of a digit; a digit reaches from about y = 0 down to 1, and its left
    edge is at x = 0. Its lines are finer than the pen where that would fill a loop.
    """
    strokes = _write(rng, writer, sign, pen)
    return kept_open(strokes, sign, pen) if sign in DIGITS else strokes


def _write(rng: Generator, writer: Writer, sign: str, pen: float) -> list[Stroke]:
    borrowed = writer.samples is not None and sign in DIGITS and rng.random() < BORROWED
    if borrowed and (strokes := _borrow(rng, writer, sign, pen)):
        return strokes
    if sign in DIGITS:
        usual = rng.random() < writer.habit
        index = writer.forms[sign] if usual else _choose(rng, DIGITS[sign])
        form = DIGITS[sign][index]
        box, path = (0.0, 1.0, form.aspect), form.path
    else:
        letter = LETTERS[sign] if sign in LETTERS else SIGNS[sign]
        box, path = (letter.top, letter.bottom, letter.width), letter.path
    return draw_path(rng, writer, path, box, pen)


def _borrow(rng: Generator, writer: Writer, sign: str, pen: float) -> list[Stroke]:
    """A digit from the samples with this writer's slant, tremor and pressure, or none."""
    if writer.samples is None or not writer.samples.has(int(sign)):
        return []
    strokes = writer.samples.write(rng, int(sign), pen)
    for stroke in strokes:
        stroke[:, :2] += _tremor(rng, len(stroke), writer.tremor)
        stroke[:, 0] = stroke[:, 0] * writer.aspect + 0.5 * writer.slant * (1.0 - stroke[:, 1])
        stroke[:, 2] *= _pressure(rng, len(stroke), writer.pressure)
    return _from_zero(strokes)


def draw_path(
    rng: Generator, writer: Writer, path: str, box: tuple[float, float, float], pen: float
) -> list[Stroke]:
    """Draw a path in a box of (top, bottom, width) as the writer would."""
    top, bottom, width = box
    bend = rng.normal(0.0, writer.jitter, (2, 3))
    middle = writer.proportions + rng.normal(0.0, writer.jitter, 2)
    strokes = []
    for points, corners in parse(path):
        loose = points + rng.normal(0.0, writer.jitter, points.shape)
        if np.array_equal(points[0], points[-1]):  # loops meet, but not exactly
            loose[-1] = loose[0] + rng.normal(0.0, writer.jitter, 2)
        line = _proportioned(_bend(spline(loose, corners), bend), middle)
        if writer.tremor:
            line = line + _tremor(rng, len(line), writer.tremor)
        size = np.array((width * writer.aspect, bottom - top))
        strokes.append(_inked(rng, writer, line * size + (0.0, top), pen))
    return _from_zero(strokes)


def pen_line(rng: Generator, writer: Writer, line: Points, pen: float) -> Stroke:
    """An upright line as the writer draws it: leaning, shaking, harder and lighter.

    line: (N, 2), in heights of a digit from the left end of what is written and the top of a digit.
    """
    return _inked(rng, writer, line + _tremor(rng, len(line), writer.tremor), pen)


def _inked(rng: Generator, writer: Writer, line: Points, pen: float) -> Stroke:
    """An upright line as it leans, with the width that the pen has along it."""
    x, y = line[:, 0] + writer.slant * (1.0 - line[:, 1]), line[:, 1]
    return np.column_stack([x, y, pen * _pressure(rng, len(line), writer.pressure)])


def _from_zero(strokes: list[Stroke]) -> list[Stroke]:
    """Move strokes so that the left edge of their middle lines is at x = 0."""
    left = min((float(stroke[:, 0].min()) for stroke in strokes), default=0.0)
    for stroke in strokes:
        stroke[:, 0] -= left
    return strokes


def _bend(line: Points, bend: Points) -> Points:
    """A smooth distortion of the whole sign, of second order."""
    x, y = line[:, 0] - 0.5, line[:, 1] - 0.5
    return line + np.column_stack([x * y, x * x, y * y]) @ (2 * bend.T)


def _proportions(rng: Generator) -> tuple[float, float]:
    right, down = np.clip(rng.normal(0.0, PROPORTIONS), -MOVED, MOVED)
    return float(right), float(down)


def _proportioned(line: Points, middle: Points) -> Points:
    """A line in a unit square whose middle is moved by so much, and whose sides stay."""
    inside = np.clip(line, 0.0, 1.0)
    return np.asarray(line + 4 * middle * inside * (1 - inside))


def _tremor(rng: Generator, count: int, size: float) -> Points:
    shake = rng.normal(0.0, size, (count + 2, 2))
    return (shake[:-2] + 2 * shake[1:-1] + shake[2:]) / 2.5


def _pressure(rng: Generator, count: int, variation: float) -> Points:
    """The pen's relative width along a stroke: a slow wave, and often a thinner end."""
    t = np.linspace(0.0, 1.0, count)
    wave = np.sin(2 * np.pi * (rng.uniform(0.3, 1.2) * t + rng.random()))
    end = 1.0 - variation * float(rng.random()) * np.clip((t - 0.8) / 0.2, 0.0, 1.0)
    return np.asarray(np.maximum((1.0 + variation * 0.5 * wave) * end, 0.4))
