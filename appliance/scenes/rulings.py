"""The printed lines of a notebook, where the writing stands on them or hangs through them."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from appliance.scenes.canvas import Colour, mix
from appliance.scenes.chance import log_uniform
from appliance.scenes.paper import PAPERS, Rules

COLOURS: tuple[Colour, ...] = (
    (210, 150, 110), (190, 120, 70), (170, 165, 160), (120, 116, 112), (90, 105, 150),
    (120, 130, 190), (150, 170, 120), (200, 170, 130), (70, 66, 64),
)  # fmt: skip

MARGINS: tuple[Colour, ...] = ((120, 110, 225), (110, 90, 190), (90, 105, 150), (200, 140, 100))


def rulings(
    rng: Generator,
    kind: str,
    area: tuple[float, float, float, float],
    unit: float,
    line: tuple[float, float],
    *,
    leading: float | None = None,
) -> list[Rules]:
    """Rules of a page of a kind over `area` (left, top, right, bottom); none for plain paper.

    unit: height of a digit. line: left end and height of the line that the digits stand on.
    leading: from one line of writing to the next, of which each is to stand on a rule.
    """
    if kind not in ("ruled", "grid"):
        return []
    left, top, right, bottom = area
    step = unit * (rng.uniform(1.05, 2.2) if kind == "ruled" else rng.uniform(0.25, 1.1))
    if leading is not None:
        step = leading / max(1, round(leading / step))
    sits = line[1] + unit * rng.normal(0.02, 0.09)
    colour = mix(COLOURS[int(rng.integers(len(COLOURS)))], PAPERS[kind], rng.uniform(0, 0.5))
    width = unit * log_uniform(rng, 0.01, 0.05)
    paths = [np.linspace((left, y), (right, y), 12) for y in _steps(sits, step, top, bottom)]
    if kind == "grid":
        start = left + step * rng.random()
        paths += [np.linspace((x, top), (x, bottom), 12) for x in _steps(start, step, left, right)]
    rules = [Rules(paths, colour, width)]
    if rng.random() < (0.35 if kind == "ruled" else 0.1):
        rules.append(_margin(rng, (top, bottom), unit, line[0], width))
    return rules


def _steps(start: float, step: float, low: float, high: float) -> list[float]:
    """All places a whole number of steps from `start` between two bounds."""
    return list(np.arange(start - step * np.floor((start - low) / step), high, step))


def _margin(
    rng: Generator, reach: tuple[float, float], unit: float, left: float, width: float
) -> Rules:
    """A margin's upright line, single or double, beside the writing or at its left end."""
    x = left - unit * rng.uniform(-0.05, 0.6)
    lines = [x] if rng.random() < 0.75 else [x, x - unit * rng.uniform(0.08, 0.2)]
    colour = MARGINS[int(rng.integers(len(MARGINS)))]
    return Rules([np.linspace((at, reach[0]), (at, reach[1]), 12) for at in lines], colour, width)
