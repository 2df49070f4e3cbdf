"""Plans of scenes that hold no digit: what must not be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from appliance.scenes.chance import log_uniform, pick
from appliance.scenes.doodles import drawing, scribble
from appliance.scenes.framing import place, shrink_to
from appliance.scenes.held import BEHIND, paper_area
from appliance.scenes.joined import OFTEN_JOINED, write_words
from appliance.scenes.legibility import LEAST_STROKE
from appliance.scenes.letters import UNLIKE_DIGITS, WORDS
from appliance.scenes.paper import new_paper
from appliance.scenes.patterns import pattern
from appliance.scenes.pens import new_ink
from appliance.scenes.recipes import (
    RECIPES,
    Recipe,
    new_light,
    new_optics,
    pick_pen,
    pick_width,
)
from appliance.scenes.scene import Plan, made_legible
from appliance.scenes.signs import SIGNS
from appliance.scenes.strokes import Stroke
from appliance.scenes.writer import Writer, new_writer
from appliance.scenes.writing import Mark, print_lines, thicken, write_lines

KINDS: dict[str, float] = {
    "no paper": 2.0, "blank paper": 2, "ruled paper": 1.5, "words": 3, "letters": 2, "scribble": 2,
    "drawing": 2, "pattern": 3, "signs": 1.5, "printed page": 2, "face": 1, "hand only": 1,
    "dark": 0.7, "overexposed": 0.7, "colour bars": 0.3, "noise": 0.3,
}  # fmt: skip
"""What a digit-free frame shows -> how often."""

SPARSE: dict[str, float] = {
    "blank paper": 1.0, "ruled paper": 1, "words": 2, "letters": 4, "scribble": 2, "drawing": 2,
    "pattern": 2, "signs": 4,
}  # fmt: skip
"""The same of a page with something small on it."""

WRITTEN = frozenset({"words", "letters", "signs", "scribble", "drawing", "pattern", "printed page"})

VIEW_OF = {
    "face": "face",
    "hand only": "open hand",
    "colour bars": "colour bars",
    "noise": "static",
}


def plan_wordless(rng: Generator, size: tuple[int, int], kind: str | None = None) -> Plan:
    """Plan a scene without digits; kind: one of KINDS, or any."""
    kind = kind or pick(rng, KINDS)
    recipe = RECIPES[("easy", "medium", "hard")[int(rng.integers(3))]]
    if kind in VIEW_OF:
        return _view(rng, recipe, size, kind, VIEW_OF[kind])
    if kind in ("dark", "overexposed"):
        inner = plan_wordless(rng, size, ("no paper", "blank paper", "face")[int(rng.integers(3))])
        exposure = rng.uniform(0.01, 0.06) if kind == "dark" else rng.uniform(2.5, 8)
        return replace(inner, kind=kind, light=replace(inner.light, exposure=exposure))
    if kind == "no paper":
        return _view(rng, recipe, size, kind, pick(rng, BEHIND))
    return _sheet(rng, recipe, size, kind)


def plan_sparse_wordless(rng: Generator, size: tuple[int, int]) -> Plan:
    """Plan a page that fills the frame, with something small on it that is no digit, or nothing."""
    return _sheet(rng, RECIPES["sparse"], size, pick(rng, SPARSE), fills=True)


def _view(rng: Generator, recipe: Recipe, size: tuple[int, int], kind: str, view: str) -> Plan:
    return Plan(size, kind, view, new_light(rng, recipe), new_optics(rng, recipe))


def _sheet(
    rng: Generator, recipe: Recipe, size: tuple[int, int], kind: str, *, fills: bool = False
) -> Plan:
    """A page with something else than digits, held up or filling the frame.

    fills: it does so in any case, otherwise by chance.
    """
    paper = pick(rng, recipe.papers)
    if kind == "ruled paper":
        paper = ("ruled", "grid")[int(rng.integers(2))]
    pen = pick_pen(rng, recipe, paper)
    width = pick_width(rng, pen)
    unit = log_uniform(rng, *recipe.digit) * size[0]
    marks = _marks(rng, kind, unit, width)
    unit *= shrink_to(marks, size, 0.86)
    fills = fills or rng.random() < 0.3
    reach = 3.0 * max(size)
    area = (-reach, -reach, reach, reach) if fills else paper_area(rng, marks, unit, size)
    angles = (float(rng.uniform(-1, 1) * recipe.tilt), float(rng.uniform(-1, 1) * recipe.tilt),
              float(rng.normal(0, recipe.roll / 2.2)))  # fmt: skip
    pose, factor = place(rng, size, marks, angles, 0.0, margin=0.02)
    thicken(marks, LEAST_STROKE)
    plain = kind in ("blank paper", "ruled paper")
    plan = Plan(
        size=size,
        kind=kind,
        background="none" if fills else pick(rng, BEHIND),
        light=new_light(rng, recipe),
        optics=new_optics(rng, recipe),
        pose=pose,
        paper=new_paper(rng, paper, area, unit),
        others=() if plain else tuple(tuple(m.project(pose).strokes) for m in marks),
        ink=None if plain else new_ink(rng, pen),
        hands=0 if fills else int(rng.choice((0, 1, 2), p=(0.08, 0.72, 0.2))),
        description={"paper": paper, "pen": pen, "width": width, "height": unit},
    )
    return made_legible(plan, unit * factor, width) if kind in WRITTEN else plan


def _marks(rng: Generator, kind: str, unit: float, width: float) -> list[Mark]:
    """What stands on the page; a plain page has marks for its size alone."""
    writer = new_writer(rng)
    if kind in ("scribble", "drawing", "pattern"):
        count = 1 if kind == "pattern" else int(rng.integers(1, 4))
        marks = []
        for index in range(count):
            pen = width * rng.uniform(0.4, 1)
            strokes = figure(rng, writer, kind, pen)
            marks.append(
                Mark(kind, index, [(s + np.array((index * 1.4, 0, 0))) * unit for s in strokes])
            )
        return marks
    if kind == "signs":
        text = "".join(rng.choice(list(SIGNS), int(rng.integers(1, 6))))
        return write_lines(rng, writer, [text], unit, width)
    if kind == "letters":
        signs = [UNLIKE_DIGITS[int(i)] for i in rng.integers(0, len(UNLIKE_DIGITS), 4)]
        return write_lines(rng, writer, ["".join(signs[: int(rng.integers(1, 5))])], unit, width)
    if kind == "printed page":
        rows, columns = int(rng.integers(5, 16)), int(rng.integers(3, 7))
        lines = [" ".join(rng.choice(WORDS, columns)) for _ in range(rows)]
        return print_lines(rng, lines, unit * 0.5, 0.11, leading=rng.uniform(1.6, 2.3))
    lines = [" ".join(rng.choice(WORDS, int(rng.integers(1, 3))))
             for _ in range(int(rng.integers(1, 4)))]  # fmt: skip
    return write_words(rng, writer, lines, unit * 0.8, width, joined=rng.random() < OFTEN_JOINED)


def figure(rng: Generator, writer: Writer, kind: str, pen: float) -> list[Stroke]:
    """Something about one unit high that is no writing."""
    if kind == "scribble":
        return scribble(rng, pen)
    return drawing(rng, writer, pen) if kind == "drawing" else pattern(rng, writer, pen)
