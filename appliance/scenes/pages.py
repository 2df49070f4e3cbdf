"""Plans of scenes without a paper's edge: close crops, sheets of lines, drawings on screens."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from appliance.scenes.canvas import Colour
from appliance.scenes.framing import place, shrink, shrink_to
from appliance.scenes.held import log_uniform, underline
from appliance.scenes.legibility import LEAST_STROKE
from appliance.scenes.light import Light
from appliance.scenes.optics import Optics
from appliance.scenes.paper import Paper, new_paper
from appliance.scenes.pens import Ink, new_ink
from appliance.scenes.pose import new_pose
from appliance.scenes.recipes import Recipe, new_light, new_optics, pick, pick_pen, pick_width
from appliance.scenes.scene import Plan, made_legible
from appliance.scenes.writer import new_writer
from appliance.scenes.writing import Mark, Spacing, thicken, write_lines


def plan_page(rng: Generator, recipe: Recipe, size: tuple[int, int], digits: str | None) -> Plan:
    """Plan a page that fills the frame: a digit close by, a line, or a sheet of lines."""
    paper, writer = pick(rng, recipe.papers), new_writer(rng)
    pen = pick_pen(rng, recipe, paper)
    width = pick_width(rng, pen)
    lines, spacing = _sheet(rng) if digits is None else (digits.split("\n"), Spacing())
    marks = write_lines(rng, writer, lines, 1.0, width, spacing=spacing)
    unit = _size(rng, marks, size, recipe, lines)
    shrink(marks, unit)
    unit *= shrink_to(marks, size, 0.94)
    tilt = recipe.tilt * (0.3 if unit > 0.4 * size[0] else 1.0)
    angles = (float(rng.uniform(-tilt, tilt)), float(rng.uniform(-tilt, tilt)),
              float(rng.normal(0, recipe.roll / 2)))  # fmt: skip
    curl = rng.normal(0, recipe.curl) / max(size) if rng.random() < 0.5 else 0.0
    pose, factor = place(rng, size, marks, angles, curl, margin=0.008)
    unit *= factor
    thicken(marks, LEAST_STROKE)
    width = max(width, LEAST_STROKE / unit)
    others = [underline(rng, writer, marks, unit, width)] if rng.random() < 0.04 else []
    reach = 3.0 * max(size)
    plan = Plan(
        size=size,
        kind="page",
        background="none",
        light=new_light(rng, recipe),
        optics=new_optics(rng, recipe),
        pose=pose,
        paper=new_paper(rng, paper, (-reach, -reach, reach, reach), unit),
        digits=tuple(mark.project(pose) for mark in marks),
        others=tuple((pose.stroke(stroke),) for stroke in others),
        ink=new_ink(rng, pen),
        description={"paper": paper, "pen": pen, "width": width, "height": unit},
    )
    return made_legible(plan, unit, width)


def _sheet(rng: Generator) -> tuple[list[str], Spacing]:
    """What stands on the page, and how it is set."""
    kind = rng.random()
    if kind < 0.35:
        return [_digits(rng, 1)], Spacing()
    if kind < 0.7:
        return [_digits(rng, int(rng.integers(2, 11)))], Spacing()
    if kind < 0.85:
        count = int(rng.integers(2, 6))
        lines = [_digits(rng, int(rng.integers(1, 7))) for _ in range(count)]
        return lines, Spacing(leading=rng.uniform(1.3, 2.2))
    rows, columns = int(rng.integers(2, 6)), int(rng.integers(2, 7))
    lines = [_digits(rng, columns) for _ in range(rows)]
    if rng.random() < 0.3:  # practice sheets repeat a digit
        lines = [line[0] * columns for line in lines]
    wide = rng.uniform(1.1, 2.2)
    return lines, Spacing(leading=wide * rng.uniform(1.0, 1.4) + 0.3, column=wide, ragged=0.1)


def _digits(rng: Generator, count: int) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, count))


def _size(
    rng: Generator, marks: list[Mark], size: tuple[int, int], recipe: Recipe, lines: list[str]
) -> float:
    """Height of a digit in pixels: single ones are often close by."""
    low, high = recipe.digit
    if sum(map(len, lines)) == 1:
        return log_uniform(rng, max(low, 0.15), high) * size[0]
    return log_uniform(rng, low, min(high, 0.35)) * size[0]


def plan_screen(rng: Generator, size: tuple[int, int], digits: str | None) -> Plan:
    """Plan digits drawn on a screen: flat black and white, lines of even width."""
    writer = new_writer(rng)
    count = int(rng.choice((1, 1, 1, 1, 2, 3, 4)))
    lines = [_digits(rng, count)] if digits is None else digits.split("\n")
    width = log_uniform(rng, 0.015, 0.2)
    height = size[0] * log_uniform(rng, 0.25, 0.85)
    marks = write_lines(rng, writer, lines, height, width)
    height *= shrink_to(marks, size, 0.92)
    for mark in marks:
        for stroke in mark.strokes:
            stroke[:, 2] = width * height
    pose = new_pose(size, (size[1] / 2, size[0] / 2), (0.0, 0.0, 0.0))
    dark = rng.random() < 0.4
    ground, colour = _screen_colours(rng, dark)
    reach = float(max(size))
    corners = np.array([(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)])
    return Plan(
        size=size,
        kind="screen",
        background="none",
        light=Light(exposure=1.0),
        optics=Optics(defocus=0, noise=0, jpeg=int(rng.choice((0, 0, 0, 70, 90)))),
        pose=pose,
        paper=Paper("screen", ground, corners, corners, 0.0, 0.0),
        digits=tuple(mark.project(pose) for mark in marks),
        ink=Ink("screen", colour, 1.0, 0.0),
        description={"paper": "screen", "pen": "screen", "width": width, "height": height},
    )


def _screen_colours(rng: Generator, dark: bool) -> tuple[Colour, Colour]:
    pale = (255.0,) * 3 if rng.random() < 0.7 else tuple(rng.uniform(190, 255, 3))
    deep = (0.0,) * 3 if rng.random() < 0.7 else tuple(rng.uniform(0, 90, 3))
    light: Colour = (pale[0], pale[1], pale[2])
    shadow: Colour = (deep[0], deep[1], deep[2])
    return (shadow, light) if dark else (light, shadow)
