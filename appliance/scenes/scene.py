"""A whole scene: somebody holds up a page with digits, and a camera looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.random import Generator

from appliance.scenes.canvas import enlarge, fill, lay, to_bytes, window
from appliance.scenes.grips import grip_page
from appliance.scenes.hands import Hand, paint_arm, paint_thumb
from appliance.scenes.legibility import legible_ink, legible_light, legible_optics
from appliance.scenes.light import Light, shine
from appliance.scenes.optics import Optics, expose
from appliance.scenes.paper import Paper, paint_paper
from appliance.scenes.pens import Ink, paint_ink
from appliance.scenes.pose import Pose
from appliance.scenes.strokes import Image, Points, Stroke, bounds
from appliance.scenes.views import VIEWS, paint_view
from appliance.scenes.writing import Mark
from appliance.values import Box


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A camera frame with the truth about it.

    frame: uint8 (H, W, 3), blue-green-red.
    lines: the digits in reading order, a string for each line of writing; () without digits.
    boxes: of each digit in the same order, in pixels of the frame: around its ink as drawn.
    ink: uint8 (H, W), 0..255: how much of a pixel the digits' ink covers, before light and optics.
    marks: the same for all other writing: words, underlines, drawings.
    page: corners of the page (4, 2) in pixels, clockwise from its upper left; None without one.
    kind: `held`, `page`, `screen` or what the digit-free frame shows.
    description: what was drawn, for statistics.
    """

    frame: Image
    lines: tuple[str, ...]
    boxes: tuple[Box, ...]
    ink: Image
    marks: Image
    page: Points | None
    kind: str
    description: dict[str, str | float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        r"""The digits in reading order, lines separated by `\n`."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All that is to be painted, decided before the first pixel.

    digits and others: in pixels of the frame. through: what shines through from the back of the
    page. Papers stand in a pose before a background; a plan without paper shows that alone.
    """

    size: tuple[int, int]
    kind: str
    background: str
    light: Light
    optics: Optics
    pose: Pose | None = None
    paper: Paper | None = None
    digits: tuple[Mark, ...] = ()
    others: tuple[tuple[Stroke, ...], ...] = ()
    through: tuple[tuple[Stroke, ...], ...] = ()
    ink: Ink | None = None
    hands: int = 0
    description: dict[str, str | float] = field(default_factory=dict)


def made_legible(plan: Plan, digit: float, width: float) -> Plan:
    """The plan with light and optics in which digits of `digit` pixels can be read.

    width: of the pen, in heights of a digit; lines of a broad one may be finer, see `kept_open`.
    """
    if plan.ink is None or plan.paper is None:
        return plan
    stroke, unit = digit * width, plan.size[0] / 960
    optics = legible_optics(plan.optics, digit, stroke, unit)
    ink = legible_ink(plan.ink, plan.light, plan.paper.colour)
    light = legible_light(plan.light, optics, ink, plan.paper.colour, stroke / unit)
    return replace(plan, optics=optics, ink=ink, light=light)


def paint(rng: Generator, plan: Plan) -> Scene:
    """Paint a plan: what is behind first, what is in front last, then the light and the lens."""
    frame = _backdrop(rng, plan)
    page, outline, hands = None, None, list[Hand]()
    if plan.pose is not None and plan.paper is not None:
        page, outline = (plan.pose.project(p) for p in (plan.paper.corners, plan.paper.outline))
        hands = _hands(rng, plan, page)
        for hand in hands:
            paint_arm(rng, frame, hand)
        if plan.background in VIEWS:
            _cast_shadow(rng, frame, outline)
        paint_paper(rng, frame, plan.pose, plan.paper)
    ink, marks, boxes = _write(rng, frame, plan)
    for hand in hands:
        hidden = paint_thumb(rng, frame, hand) > 127
        ink[hidden], marks[hidden] = 0, 0
    frame = expose(rng, shine(rng, frame, plan.light, outline), plan.optics)
    about = plan.description | {"hands": float(len(hands)), "background": plan.background}
    return Scene(frame, text_lines(plan.digits), boxes, ink, marks, page, plan.kind, about)


def _write(rng: Generator, frame: Image, plan: Plan) -> tuple[Image, Image, tuple[Box, ...]]:
    """Write all strokes on the frame; returns the digits' ink, the other ink, and the boxes."""
    ink, marks = np.zeros(plan.size, np.uint8), np.zeros(plan.size, np.uint8)
    if plan.ink is None:
        return ink, marks, ()
    pen = plan.ink
    if plan.through:
        faint = replace(pen, opacity=float(rng.uniform(0.05, 0.16)))
        nowhere = np.zeros_like(marks)
        for strokes in plan.through:
            paint_ink(rng, frame, faint, strokes, nowhere)
    boxes = tuple(paint_ink(rng, frame, pen, mark.strokes, ink) for mark in plan.digits)
    for strokes in plan.others:
        paint_ink(rng, frame, pen, strokes, marks)
    return ink, marks, boxes


def _backdrop(rng: Generator, plan: Plan) -> Image:
    if plan.background in VIEWS:
        return paint_view(rng, plan.background, *plan.size)
    return np.full((*plan.size, 3), 255 if plan.background == "blank" else 90, np.uint8)


def _hands(rng: Generator, plan: Plan, page: Points) -> list[Hand]:
    obstacles = [mark.strokes for mark in plan.digits]
    obstacles += [list(strokes) for strokes in plan.others]
    keep_off = np.array([bounds(strokes) for strokes in obstacles]).reshape(-1, 4)
    return grip_page(rng, page, plan.size, keep_off, plan.hands)


def text_lines(marks: Sequence[Mark]) -> tuple[str, ...]:
    """The signs as text, a string for each line."""
    rows = sorted({mark.line for mark in marks})
    return tuple("".join(m.sign for m in marks if m.line == row) for row in rows)


def _cast_shadow(rng: Generator, frame: Image, outline: Points) -> None:
    """The page's soft shadow on what is behind it."""
    unit = frame.shape[0] / 960
    moved = outline + rng.uniform((-20, 0), (20, 30)) * unit
    view = window(moved, frame.shape, 100 * unit)
    piece = frame[view]
    if piece.size == 0:
        return
    corner = np.array((view[1].start, view[0].start))
    cover = np.zeros((piece.shape[0] // 8 + 1, piece.shape[1] // 8 + 1), np.uint8)
    fill(cover, (moved - corner) / 8, 255.0)
    soft = cv2.GaussianBlur(cover, (0, 0), max(rng.uniform(0.8, 4.0) * unit, 0.3))
    wide = enlarge(to_bytes(np.asarray(soft) * rng.uniform(0.1, 0.4)), *piece.shape[:2])
    lay(piece, (14.0, 14.0, 16.0), wide)
