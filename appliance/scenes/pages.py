"""Plans of pages that are looked at rather than held up: lines, lists, sheets on a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from numpy.random import Generator

from appliance.scenes.beside import beside, printed_back
from appliance.scenes.chance import log_uniform, pick
from appliance.scenes.digits import DIGITS
from appliance.scenes.entries import entries
from appliance.scenes.framing import place_closely, shrink, shrink_to
from appliance.scenes.held import paper_area
from appliance.scenes.legibility import LEAST_STROKE
from appliance.scenes.notes import write_notes
from appliance.scenes.optics import Optics
from appliance.scenes.paper import Paper, new_paper, roughened
from appliance.scenes.pens import new_ink
from appliance.scenes.pose import Pose
from appliance.scenes.recipes import RECIPES, Recipe, new_light, new_optics, pick_pen, pick_width
from appliance.scenes.rulings import rulings
from appliance.scenes.samples import Samples
from appliance.scenes.scene import Plan, made_legible
from appliance.scenes.strokes import Stroke
from appliance.scenes.writer import Writer, new_writer
from appliance.scenes.writing import (
    Mark,
    Spacing,
    extent,
    random_text,
    thicken,
    write_lines,
)

RECIPE, SPARSE, DENSE = RECIPES["page"], RECIPES["sparse"], RECIPES["dense"]
LIST, NOTES = RECIPES["list"], RECIPES["notes"]

MOST = 24
"""Digits of a dense page at most, when they are drawn at random."""

Strokes = tuple[Stroke, ...]

Write = Callable[[Writer, float], list[Mark]]
"""Writes marks one unit high with a pen of some width, in heights of a digit."""


def plan_page(
    rng: Generator, size: tuple[int, int], digits: str | None, samples: Samples | None
) -> Plan:
    """Plan a page that fills the frame, or lies on a table: a digit, a line, or many lines."""
    lines, spacing = _sheet(rng) if digits is None else (digits.split("\n"), Spacing())
    write = _in_lines(rng, lines, spacing)
    return _page(rng, size, write, samples=samples, height=lambda marks: _size(rng, marks, size))


def plan_sparse(
    rng: Generator, size: tuple[int, int], digits: str | None, samples: Samples | None
) -> Plan:
    """Plan a page with little and small writing: most of what the frame shows is blank."""
    lines = digits.split("\n") if digits else [random_text(rng, int(rng.choice(SPARSE.digits)))]
    unit = log_uniform(rng, *SPARSE.digit) * size[0]
    write = _in_lines(rng, lines, Spacing())
    return _page(rng, size, write, samples=samples, height=lambda _: unit)


def plan_dense(
    rng: Generator, size: tuple[int, int], digits: str | None, samples: Samples | None
) -> Plan:
    """Plan a page with lines of small digits, a few or many."""
    lines, spacing = _lines(rng) if digits is None else (digits.split("\n"), Spacing())
    unit = log_uniform(rng, *DENSE.digit) * size[0]
    write = _in_lines(rng, lines, spacing)
    return _page(rng, size, write, samples=samples, height=lambda _: unit)


def plan_list(
    rng: Generator, size: tuple[int, int], digits: str | None, samples: Samples | None
) -> Plan:
    """Plan a page of numbers below each other, half of them on rules, with signs between."""
    lines = entries(rng) if digits is None else digits.split("\n")
    spacing = Spacing(leading=rng.uniform(1.15, 2.2), ragged=log_uniform(rng, 0.02, 0.4))
    unit = log_uniform(rng, *LIST.digit) * size[0]
    write = _in_lines(rng, lines, spacing)
    return _page(rng, size, write, samples=samples, height=lambda _: unit, recipe=LIST,
                 leading=spacing.leading)  # fmt: skip


def plan_notes(
    rng: Generator, size: tuple[int, int], digits: str | None, samples: Samples | None
) -> Plan:
    """Plan a page with small digits between words, or a table of numbers."""
    lines = None if digits is None else digits.split("\n")
    unit = log_uniform(rng, *NOTES.digit) * size[0]
    return _page(
        rng, size, lambda writer, pen: write_notes(rng, writer, pen, lines), samples=samples,
        height=lambda _: unit, recipe=NOTES,
    )  # fmt: skip


def _in_lines(rng: Generator, lines: list[str], spacing: Spacing) -> Write:
    """What writes lines of digits and signs."""
    return lambda writer, pen: write_lines(rng, writer, lines, 1.0, pen, spacing=spacing)


def _lines(rng: Generator) -> tuple[list[str], Spacing]:
    """Lines of digits, a few or many, and how they are set."""
    rows = int(rng.integers(1, 7))
    longest = min(9, MOST // rows)
    lines = [random_text(rng, int(rng.integers(2, longest + 1))) for _ in range(rows)]
    if rng.random() < 0.6:
        return lines, Spacing(leading=rng.uniform(1.3, 2.4))
    return lines, _columns(rng)


def _page(
    rng: Generator,
    size: tuple[int, int],
    write: Write,
    *,
    samples: Samples | None,
    height: Callable[[list[Mark]], float],
    recipe: Recipe = RECIPE,
    leading: float | None = None,
) -> Plan:
    """Plan a page with digits, perhaps with signs and words between them.

    height: of marks one unit high, in pixels. leading: from line to line, in heights of a digit,
    when each is to stand on a rule, where the paper has some.
    """
    paper, writer = pick(rng, recipe.papers), new_writer(rng, samples)
    pen = pick_pen(rng, recipe, paper)
    width = pick_width(rng, pen)
    marks = write(writer, width)
    unit = shrink(marks, height(marks))
    unit *= shrink_to(marks, size, 1.0)
    curl = rng.normal(0, recipe.curl) / max(size) if rng.random() < 0.5 else 0.0
    angles = _angles(rng, unit / size[0], recipe)
    pose, factor = place_closely(rng, size, marks, angles, curl, margin=0.008)
    unit *= factor
    thicken(marks, LEAST_STROKE)
    width = max(width, LEAST_STROKE / unit)
    on_table = len(marks) > 2 and rng.random() < 0.25
    reach = 3.0 * max(size)
    area = paper_area(rng, marks, unit, size) if on_table else (-reach, -reach, reach, reach)
    others = beside(rng, writer, marks, unit, width) if not on_table else []  # that is too small
    sheet = new_paper(rng, paper, area, unit)
    digits = [mark for mark in marks if mark.sign in DIGITS]
    if leading is not None:
        sheet = _ruled(rng, sheet, digits, unit, leading)
    others += [mark.strokes for mark in marks if mark.sign not in DIGITS]
    plan = Plan(
        size=size,
        kind="page",
        background=("wood", "clutter", "wall")[int(rng.integers(3))] if on_table else "none",
        light=new_light(rng, recipe),
        optics=_coarse(rng, new_optics(rng, recipe), recipe),
        pose=pose,
        paper=roughened(rng, sheet),
        digits=tuple(mark.project(pose) for mark in digits),
        others=_project(pose, others),
        through=() if on_table else _project(pose, printed_back(rng, paper, size)),
        ink=new_ink(rng, pen),
        description={"paper": paper, "pen": pen, "width": width, "height": unit},
    )
    return made_legible(plan, unit, width)


def _ruled(rng: Generator, sheet: Paper, digits: list[Mark], unit: float, leading: float) -> Paper:
    """The sheet with rules on which lines of digits stand, where its kind has some."""
    start, _, _, bottom = extent(digits)
    (left, top), _, (right, end), _ = sheet.corners.tolist()
    area, line = (left, top, right, end), (start, bottom)
    rules = rulings(rng, sheet.kind, area, unit, line, leading=leading * unit)
    return replace(sheet, rules=rules)


def _project(pose: Pose, groups: list[list[Stroke]]) -> tuple[Strokes, ...]:
    return tuple(tuple(pose.stroke(stroke) for stroke in group) for group in groups)


def _angles(rng: Generator, digit: float, recipe: Recipe) -> tuple[float, float, float]:
    """Yaw, pitch and roll; who takes a digit close by looks straight at it."""
    tilt = recipe.tilt * (0.3 if digit > 0.4 else 1.0)
    return (float(rng.uniform(-tilt, tilt)), float(rng.uniform(-tilt, tilt)),
            float(rng.normal(0, recipe.roll / 2)))  # fmt: skip


def _sheet(rng: Generator) -> tuple[list[str], Spacing]:
    """What stands on the page, and how it is set."""
    kind = rng.random()
    if kind < 0.35:
        return [random_text(rng, 1)], Spacing()
    if kind < 0.7:
        return [random_text(rng, int(rng.integers(2, 11)))], Spacing()
    if kind < 0.85:
        count = int(rng.integers(2, 6))
        lines = [random_text(rng, int(rng.integers(1, 7))) for _ in range(count)]
        return lines, Spacing(leading=rng.uniform(1.3, 2.2))
    rows, columns = int(rng.integers(2, 6)), int(rng.integers(2, 7))
    lines = [random_text(rng, columns) for _ in range(rows)]
    if rng.random() < 0.3:  # practice sheets repeat a digit
        lines = [line[0] * columns for line in lines]
    return lines, _columns(rng)


def _columns(rng: Generator) -> Spacing:
    """Digits stand below each other."""
    wide = rng.uniform(1.1, 2.2)
    return Spacing(leading=wide * rng.uniform(1.0, 1.4) + 0.3, column=wide, ragged=0.1)


def _size(rng: Generator, marks: list[Mark], size: tuple[int, int]) -> float:
    """Height of a digit in pixels: mostly such that the writing takes a good part of the frame."""
    left, top, right, bottom = extent(marks)
    fitting = min(size[1] / (right - left), size[0] / (bottom - top))
    low = RECIPE.digit[0] * size[0]
    if rng.random() < 0.7:
        return max(fitting * rng.uniform(0.35, 1.0), low)
    return log_uniform(rng, low, max(fitting, low))


def _coarse(rng: Generator, optics: Optics, recipe: Recipe) -> Optics:
    """Often a crop of a small or much reduced photograph, enlarged."""
    if rng.random() > recipe.chance_of_coarse:
        return optics
    return replace(
        optics,
        detail=log_uniform(rng, 0.05, 0.8),
        early_jpeg=bool(rng.random() < 0.6),
        blocky=bool(rng.random() < 0.25),
    )
