"""Plans of close crops: a number cut out of a notebook, a digit that fills a scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from appliance.scenes.chance import log_uniform, pick
from appliance.scenes.digits import DIGITS
from appliance.scenes.framing import LONGEST, SMALLEST, TIGHT, frame_closely, shrink, shrink_to
from appliance.scenes.legibility import LEAST_STROKE
from appliance.scenes.letters import UNLIKE_DIGITS, WORDS
from appliance.scenes.neighbours import Page, neighbours, through
from appliance.scenes.optics import Optics
from appliance.scenes.paper import Paper, new_paper, roughened
from appliance.scenes.pens import new_ink
from appliance.scenes.recipes import RECIPES, new_light, new_optics, pick_pen, pick_width
from appliance.scenes.rulings import rulings
from appliance.scenes.samples import Samples
from appliance.scenes.scene import Plan, made_legible
from appliance.scenes.screens import on_screen
from appliance.scenes.signs import MARKS, SIGNS
from appliance.scenes.wordless import figure
from appliance.scenes.writer import Writer, new_writer
from appliance.scenes.writing import (
    Mark,
    Spacing,
    centred,
    extent,
    random_text,
    thicken,
    write_lines,
)

RECIPE = RECIPES["crop"]

EMPTY: dict[str, float] = {
    "plain": 1.5, "words": 3, "signs": 3, "letters": 2, "scribble": 1.5, "drawing": 3, "pattern": 3,
}  # fmt: skip
"""What a crop without digits shows -> how often."""

ON_SCREEN = 0.3
"""How often that is drawn on a screen."""


def plan_crop(
    rng: Generator,
    size: tuple[int, int] | None,
    digits: str | None,
    samples: Samples | None,
) -> Plan:
    """Plan a close crop of large digits; size: (height, width), None draws it at random."""
    lines = _lines(rng) if digits is None else digits.split("\n")
    writer = new_writer(rng, samples)
    bold = sum(map(len, lines)) == 1 and rng.random() < 0.4

    def write(width: float) -> list[Mark]:
        return write_lines(rng, writer, lines, 1.0, width, spacing=_spacing(rng))

    return _plan(rng, size, writer, write, log_uniform(rng, 0.02, 0.34) if bold else None)


def plan_empty_crop(rng: Generator, size: tuple[int, int] | None) -> Plan:
    """Plan a close crop without digits: words, signs, drawings, or bare paper."""
    kind = pick(rng, EMPTY)
    writer = new_writer(rng)

    def write(width: float) -> list[Mark]:
        return _wordless(rng, writer, kind, width)

    if rng.random() < ON_SCREEN:
        width = log_uniform(rng, 0.02, 0.2)
        return on_screen(rng, size, write(width), width)
    plan = _plan(rng, size, writer, write, None)
    return replace(plan, others=()) if kind == "plain" else plan


def _plan(
    rng: Generator,
    size: tuple[int, int] | None,
    writer: Writer,
    write: Callable[[float], list[Mark]],
    width: float | None,
) -> Plan:
    paper = pick(rng, RECIPE.papers)
    pen = pick_pen(rng, RECIPE, paper)
    width = pick_width(rng, pen) if width is None else width
    page = _frame(rng, write(width), size, width)
    seen = [mark.project(page.pose) for mark in page.marks]
    digits = [mark for mark in seen if mark.sign in DIGITS]
    others = [mark.strokes for mark in seen if mark.sign not in DIGITS]
    if digits:
        others += neighbours(rng, writer, page)
    plan = Plan(
        size=page.size,
        kind="crop",
        background="none",
        light=new_light(rng, RECIPE),
        optics=_optics(rng, page),
        pose=page.pose,
        paper=_paper(rng, paper, page),
        digits=tuple(digits),
        others=tuple(tuple(strokes) for strokes in others),
        through=tuple(through(rng, writer, page)),
        ink=new_ink(rng, pen),
        description={"paper": paper, "pen": pen, "width": page.width, "height": page.unit},
    )
    return made_legible(plan, page.unit, page.width)


def _lines(rng: Generator) -> list[str]:
    """What stands in the crop: a digit, a number, or two short ones below each other."""
    kind = rng.random()
    if kind < 0.25:
        return [random_text(rng, 1)]
    if kind < 0.88:
        return [_number(rng)]
    return [random_text(rng, int(rng.integers(1, 5))) for _ in range(int(rng.integers(2, 4)))]


def _number(rng: Generator) -> str:
    """A few digits, often round numbers, sometimes with a sign or a letter beside them."""
    count = int(rng.choice((2, 3, 3, 3, 4, 4, 4, 5, 6)))
    text = random_text(rng, count)
    if rng.random() < 0.2:
        text = text[:1] + "0" * (count - 1)
    kind = rng.random()
    if kind < 0.22:
        sign = MARKS[int(rng.integers(len(MARKS)))]
        cut = int(rng.choice((0, 0, count, count, int(rng.integers(1, count)))))
        return text[:cut] + sign + text[cut:]
    if kind < 0.28:
        others = UNLIKE_DIGITS + "#%€$→√✓"
        return text + others[int(rng.integers(len(others)))]
    return text


def _spacing(rng: Generator) -> Spacing:
    """Digits that touch or overlap as often as those that keep apart."""
    touching = rng.random() < RECIPE.touching
    return Spacing(
        gap=float(rng.uniform(-0.2, 0.08)) if touching else None,
        leading=float(rng.uniform(1.15, 1.7)),
        ragged=0.1,
    )


def _wordless(rng: Generator, writer: Writer, kind: str, width: float) -> list[Mark]:
    """Marks without a digit among them, a digit's height being 1."""
    if kind in ("scribble", "drawing", "pattern"):
        return centred([Mark(kind, 0, figure(rng, writer, kind, width))], 1.0)
    if kind == "words":
        text = " ".join(rng.choice(WORDS, int(rng.integers(1, 3))))
    else:
        signs = UNLIKE_DIGITS if kind == "letters" else "".join(SIGNS)
        text = "".join(rng.choice(list(signs), int(rng.integers(1, 5))))
    return write_lines(rng, writer, [text], 1.0, width, spacing=Spacing(gap=rng.uniform(0.1, 0.3)))


def _frame(rng: Generator, marks: list[Mark], size: tuple[int, int] | None, width: float) -> Page:
    """Bring the marks, drawn one unit high, to pixels within a frame."""
    tight = size is None and rng.random() < TIGHT
    if size is None:
        size, unit = _cut(rng, marks)
        shrink(marks, unit)
    else:
        left, top, right, bottom = extent(marks)
        unit = min(size[1] / (right - left), size[0] / (bottom - top)) * rng.uniform(0.5, 0.95)
        shrink(marks, unit)
    unit *= shrink_to(marks, size, 1.0)
    yaw, pitch, roll = rng.normal(0, (RECIPE.tilt / 2, RECIPE.tilt / 2, RECIPE.roll / 2))
    angles = float(yaw), float(pitch), float(roll)
    size, pose, factor = frame_closely(rng, size, marks, angles, margin=0.004, tight=tight)
    unit *= factor
    thicken(marks, LEAST_STROKE)
    return Page(size, pose, marks, unit, max(width, LEAST_STROKE / unit))


def _cut(rng: Generator, marks: list[Mark]) -> tuple[tuple[int, int], float]:
    """The crop's size, and the height of a digit in it: any resolution, little room around."""
    left, top, right, bottom = extent(marks)
    high = (bottom - top) / rng.uniform(0.45, 0.97)
    wide = (right - left) + log_uniform(rng, 0.06, 1.2)
    if len(marks) == 1 and rng.random() < 0.6:
        wide = max(wide, high * rng.uniform(0.6, 1.3))
    unit = log_uniform(rng, 24, 420) if len(marks) < 3 else log_uniform(rng, 24, 220)
    unit = float(np.clip(unit, 1.02 * SMALLEST / min(wide, high), LONGEST / max(wide, high)))
    size = round(max(high * unit, SMALLEST)), round(max(wide * unit, SMALLEST))
    return size, unit


def _paper(rng: Generator, kind: str, page: Page) -> Paper:
    """The page far beyond the crop's edges, ruled where the digits stand."""
    left, _, _, bottom = extent(page.marks)
    reach = 1.5 * max(page.size)
    area = (-reach, -reach, reach, reach)
    plain = new_paper(rng, "white" if kind in ("ruled", "grid") else kind, area, page.unit)
    paper = roughened(rng, plain)
    return replace(
        paper,
        outline=paper.corners,
        rim=None,
        crease=None,
        rules=rulings(rng, kind, area, page.unit, (left, bottom)),
    )


def _optics(rng: Generator, page: Page) -> Optics:
    """Blur in proportion to the digits; many crops were compressed hard or enlarged."""
    scale = page.size[0] / 960
    optics = replace(
        new_optics(rng, replace(RECIPE, chance_of_coarse=0.0)),
        defocus=page.unit * log_uniform(rng, 0.003, 0.05) / scale,
    )
    if rng.random() < 0.15:  # a clean scan
        return replace(optics, noise=0.001, motion=0.0, defocus=0.3 / scale)
    if rng.random() > 0.3:
        return optics
    return replace(
        optics,
        detail=log_uniform(rng, 0.15, 0.9),
        early_jpeg=bool(rng.random() < 0.6),
        blocky=bool(rng.random() < 0.1),
    )
