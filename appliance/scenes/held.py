"""Plans of scenes in which somebody holds up a page with digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from appliance.scenes.around import enclosed, named
from appliance.scenes.chance import happens, log_uniform, pick
from appliance.scenes.framing import place, shrink_to
from appliance.scenes.legibility import LEAST_STROKE
from appliance.scenes.paper import BOARDS, Paper, new_paper
from appliance.scenes.pens import new_ink
from appliance.scenes.pose import Pose
from appliance.scenes.recipes import Recipe, new_light, new_optics, pick_pen, pick_width
from appliance.scenes.samples import Samples
from appliance.scenes.scene import Plan, made_legible
from appliance.scenes.strokes import Stroke
from appliance.scenes.writer import Writer, draw_path, new_writer
from appliance.scenes.writing import Mark, Spacing, extent, random_text, thicken, write_lines

MARGIN = 0.02
"""Least distance of a digit from the frame's edge, in heights of the frame."""


BEHIND: dict[str, float] = {
    "wall": 1.3, "wood": 1.3, "shelf": 1, "clutter": 1, "window": 0.8, "person": 1, "shirt": 1,
    "poster": 0.5,
}  # fmt: skip
"""What stands behind a page that is held up -> how often."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page in its pose; unit: height of a digit, others: strokes beside the digits."""

    pose: Pose
    paper: Paper
    unit: float
    others: list[Stroke]


def plan_held(
    rng: Generator,
    recipe: Recipe,
    size: tuple[int, int],
    digits: str | None,
    samples: Samples | None = None,
) -> Plan:
    """Plan a page held up before a camera; digits: what it says, lines by newlines."""
    paper, writer = pick(rng, recipe.papers), new_writer(rng, samples)
    pen = pick_pen(rng, recipe, paper)
    width = pick_width(rng, pen)
    lines = random_lines(rng, recipe) if digits is None else digits.split("\n")
    height = log_uniform(rng, *recipe.digit) * size[0]
    touching = rng.random() < recipe.touching
    spacing = Spacing(
        gap=rng.uniform(-0.12, 0.04) if touching else None, leading=rng.uniform(1.25, 1.9)
    )
    marks = write_lines(rng, writer, lines, height, width, spacing=spacing)
    extras: list[Mark] = []
    if happens(rng, recipe.chance_of_ring):
        extras += enclosed(rng, writer, marks, height, width)
    if happens(rng, recipe.chance_of_name):
        extras += named(rng, writer, [*marks, *extras], height, width)
    written = [*marks, *extras]
    height *= shrink_to(written, size, 0.86)
    sheet = _hold(rng, recipe, size, paper, written, unit=height)
    height = sheet.unit
    thicken(written, LEAST_STROKE)
    sheet.others.extend(stroke for mark in extras for stroke in mark.strokes)
    width = max(width, LEAST_STROKE / height)
    if rng.random() < 0.04:
        sheet.others.append(underline(rng, writer, marks, height, width))
    plan = Plan(
        size=size,
        kind="held",
        background=pick(rng, BEHIND),
        light=new_light(rng, recipe),
        optics=new_optics(rng, recipe),
        pose=sheet.pose,
        paper=sheet.paper,
        digits=tuple(mark.project(sheet.pose) for mark in marks),
        others=tuple((sheet.pose.stroke(stroke),) for stroke in sheet.others),
        ink=new_ink(rng, pen),
        hands=int(rng.choice((0, 1, 2), p=(0.08, 0.72, 0.2))),
        description={"paper": paper, "pen": pen, "width": width, "height": height},
    )
    return made_legible(plan, height, width)


def random_lines(rng: Generator, recipe: Recipe) -> list[str]:
    """Random digits on one line, or sometimes on two or three."""
    count = int(rng.choice(recipe.digits))
    text = random_text(rng, count)
    if count < 2 or rng.random() > 0.25:
        return [text]
    if count > 5 and rng.random() < 0.4:
        return [text[: count // 3], text[count // 3 : 2 * count // 3], text[2 * count // 3 :]]
    cut = int(rng.integers(1, count))
    return [text[:cut], text[cut:]]


def _hold(
    rng: Generator,
    recipe: Recipe,
    size: tuple[int, int],
    kind: str,
    marks: list[Mark],
    *,
    unit: float,
) -> Sheet:
    """Put a paper around the marks and a pose that shows all of them."""
    angles = (
        float(rng.uniform(-1, 1) * recipe.tilt),
        float(rng.uniform(-1, 1) * recipe.tilt * 0.85),
        float(np.clip(rng.normal(0, recipe.roll / 2.2), -recipe.roll, recipe.roll)),
    )
    area = paper_area(rng, marks, unit, size)
    paper = new_paper(rng, kind, area, unit)
    curl = 0.0 if kind in BOARDS or rng.random() < 0.4 else rng.normal(0, recipe.curl)
    across = max(area[2] - area[0], 1.0)
    pose, factor = place(rng, size, marks, angles, curl / across, margin=MARGIN)
    return Sheet(pose, paper, unit * factor, [])


def paper_area(
    rng: Generator, marks: list[Mark], unit: float, size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """A sheet around the marks: a strip, a card or a sheet that is larger than the frame."""
    left, top, right, bottom = extent(marks)
    wide, high = right - left, bottom - top
    room = log_uniform(rng, 0.25, 2.2)
    margins = unit * room * rng.uniform(0.6, 1.6, 4)
    area = [left - margins[0], top - margins[1], right + margins[2], bottom + margins[3]]
    if rng.random() < 0.55:  # the shape of a usual sheet, either way up
        ratio = float(rng.choice((1.414, 1.414, 1.33, 1.6, 1.0)))
        ratio = 1 / ratio if rng.random() < 0.35 else ratio
        width = max(area[2] - area[0], (area[3] - area[1]) * ratio)
        grow = width - (area[2] - area[0]), width / ratio - (area[3] - area[1])
        share = rng.uniform(0.2, 0.8, 2)
        area[0] -= grow[0] * share[0]
        area[2] += grow[0] * (1 - share[0])
        area[1] -= grow[1] * share[1]
        area[3] += grow[1] * (1 - share[1])
    least = 0.2 * size[0]
    if max(wide, high) < least:
        area = [area[0] - least / 3, area[1] - least / 3, area[2] + least / 3, area[3] + least / 3]
    return area[0], area[1], area[2], area[3]


def underline(
    rng: Generator, writer: Writer, marks: list[Mark], unit: float, width: float
) -> Stroke:
    """A line below the last line of marks."""
    last = [mark for mark in marks if mark.line == marks[-1].line]
    left, _, right, bottom = extent(last)
    stroke = draw_path(rng, writer, "0,0 30,1 70,-1 100,1", (0, 0.1, 1), width)[0]
    stroke[:, 0] = left + (right - left) * np.linspace(-0.05, 1.05, len(stroke))
    stroke[:, 1] = bottom + unit * (0.18 + stroke[:, 1])
    stroke[:, 2] *= unit
    return stroke
