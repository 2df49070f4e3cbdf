"""Plans of digits drawn on a screen, and of crops pasted on a plain ground."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from appliance.scenes.canvas import Colour, rectangle
from appliance.scenes.chance import log_uniform
from appliance.scenes.digits import DIGITS
from appliance.scenes.framing import LONGEST, SMALLEST, TIGHT, frame_closely, shrink, shrink_to
from appliance.scenes.light import Light
from appliance.scenes.loops import kept_open
from appliance.scenes.optics import Optics
from appliance.scenes.paper import Paper
from appliance.scenes.pens import Ink
from appliance.scenes.samples import Samples
from appliance.scenes.scene import Plan
from appliance.scenes.strokes import Points
from appliance.scenes.writer import new_writer
from appliance.scenes.writing import Mark, extent, random_text, write_lines

UPRIGHT = (0.0, 0.0, 0.0)
"""Angles of a drawing."""

TINY, COARSE = 0.2, 0.3
"""How often a drawing is tiny, and how often its pixels are ink or none, without grey between."""


def _size(rng: Generator) -> tuple[int, int]:
    """Height and width of a drawing, mostly of a small one: SMALLEST to LONGEST pixels."""
    height = log_uniform(rng, 90, 900)
    if rng.random() < TINY:
        height = log_uniform(rng, SMALLEST, 90)
    width = height * log_uniform(rng, 0.7, 1.9)
    return round(height), round(float(np.clip(width, SMALLEST, LONGEST)))


def plan_screen(
    rng: Generator, size: tuple[int, int] | None, digits: str | None, samples: Samples | None
) -> Plan:
    """Plan digits drawn on a screen; size: height and width, None draws it at random."""
    writer = new_writer(rng, samples)
    count = int(rng.choice((1, 1, 1, 1, 2, 3, 4)))
    lines = [random_text(rng, count)] if digits is None else digits.split("\n")
    width = log_uniform(rng, 0.015, 0.34)
    return on_screen(rng, size, write_lines(rng, writer, lines, 1.0, width), width)


def on_screen(
    rng: Generator, size: tuple[int, int] | None, marks: list[Mark], width: float
) -> Plan:
    """Plan marks, one unit high, on a screen: flat black and white, each in lines of even width.

    width: of the pen, in heights of the marks; where it would fill a digit's loop lines are finer.
    """
    for mark in marks:
        for stroke in mark.strokes:
            stroke[:, 2] = width
        if mark.sign in DIGITS:
            mark.strokes[:] = kept_open(mark.strokes, mark.sign, width)
    tight = size is None and rng.random() < TIGHT
    size = size or _size(rng)
    height = shrink(marks, size[0] * log_uniform(rng, 0.15, 1.0))
    height *= shrink_to(marks, size, 1.05)
    for mark in marks:
        for stroke in mark.strokes:
            np.maximum(stroke[:, 2], 1.0, out=stroke[:, 2])
    size, pose, factor = frame_closely(rng, size, marks, UPRIGHT, margin=0.005, tight=tight)
    height *= factor
    dark = rng.random() < 0.4
    ground, colour = _screen_colours(rng, dark)
    pasted = not dark and rng.random() < 0.12
    corners = _crop(rng, marks, height) if pasted else rectangle(-1e4, -1e4, 2e4, 2e4)
    seen = [mark.project(pose) for mark in marks]
    return Plan(
        size=size,
        kind="screen",
        background="blank",
        light=Light(exposure=1.0),
        optics=Optics(defocus=0, noise=0, jpeg=int(rng.choice((0, 0, 0, 70, 90)))),
        pose=pose,
        paper=Paper("screen", ground, corners, corners, *((4.0, 2.0) if pasted else (0.0, 0.0))),
        digits=tuple(mark for mark in seen if mark.sign in DIGITS),
        others=tuple(tuple(mark.strokes) for mark in seen if mark.sign not in DIGITS),
        ink=_ink(rng, colour),
        description={"paper": "screen", "pen": "screen", "width": width, "height": height},
    )


def _ink(rng: Generator, colour: Colour) -> Ink:
    coarse = bool(rng.random() < COARSE)
    return Ink("screen", colour, 1.0, 0.8 if rng.random() < 0.06 else 0.0, coarse=coarse)


def _crop(rng: Generator, marks: list[Mark], height: float) -> Points:
    """A rectangle close around the digits, as of a photograph's crop."""
    left, top, right, bottom = extent(marks)
    x0, y0, x1, y1 = rng.uniform(0.02, 0.3, 4) * height
    return rectangle(left - x0, top - y0, right - left + x0 + x1, bottom - top + y0 + y1)


def _screen_colours(rng: Generator, dark: bool) -> tuple[Colour, Colour]:
    pale = (255.0,) * 3 if rng.random() < 0.7 else tuple(rng.uniform(190, 255, 3))
    deep = (0.0,) * 3 if rng.random() < 0.7 else tuple(rng.uniform(0, 90, 3))
    light: Colour = (pale[0], pale[1], pale[2])
    shadow: Colour = (deep[0], deep[1], deep[2])
    return (shadow, light) if dark else (light, shadow)
