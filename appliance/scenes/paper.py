"""What people write on: sheets, cards, notes and boards, with their rules, folds and torn edges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.random import Generator

from appliance.scenes import textures
from appliance.scenes.canvas import Colour, fill, flat, lay, lines, mix, rectangle, shade, window
from appliance.scenes.chance import log_uniform
from appliance.scenes.pose import Pose
from appliance.scenes.strokes import Image, Points

PAPERS: dict[str, Colour] = {
    "white": (244, 246, 246),
    "cream": (205, 230, 243),
    "grey": (196, 198, 198),
    "ruled": (240, 243, 243),
    "grid": (241, 243, 242),
    "kraft": (88, 128, 166),
    "torn": (236, 239, 240),
    "pastel": (214, 226, 228),
    "note": (120, 225, 245),
    "newsprint": (196, 208, 212),
    "whiteboard": (243, 244, 242),
    "black": (42, 38, 38),
    "blackboard": (66, 82, 52),
    "slate": (74, 70, 66),
}
"""Kind of paper -> its colour in even white light."""

DARK = frozenset({"black", "blackboard", "slate"})
"""Papers that are written on with something light."""

BOARDS = frozenset({"whiteboard", "blackboard", "slate"})
"""Papers that are stiff and framed."""

ROUGH = 0.15
"""How often a page that is looked at closely has a coarse surface."""

PASTELS: tuple[Colour, ...] = (
    (120, 225, 245), (180, 170, 245), (235, 205, 160), (180, 230, 180), (150, 190, 250),
    (225, 190, 225), (210, 225, 190), (190, 235, 250),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Printed lines of one colour; paths in units of the page."""

    paths: list[Points]
    colour: Colour
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A sheet in units of the page.

    corners: (4, 2), clockwise from the upper left. outline: (N, 2), the edge as it is cut or torn.
    roughness: of its surface, in grey levels. grain: by how many pixels of the frame that is
        blurred. rim: colour of a board's frame, if it has one.
    """

    kind: str
    colour: Colour
    corners: Points
    outline: Points
    roughness: float
    blotches: float
    rules: list[Rules] = field(default_factory=list)
    crease: Points | None = None
    rim: Colour | None = None
    grain: float = 0.8


def new_paper(
    rng: Generator, kind: str, area: tuple[float, float, float, float], unit: float
) -> Paper:
    """A sheet of a kind over `area` (left, top, right, bottom); unit: a digit's height."""
    left, top, right, bottom = area
    corners = rectangle(left, top, right - left, bottom - top)
    colour = PAPERS[kind]
    if kind in ("note", "pastel"):
        colour = PASTELS[int(rng.integers(len(PASTELS)))]
    if kind == "pastel":
        colour = mix(colour, PAPERS["white"], rng.uniform(0.3, 0.7))
    colour = shade(mix(colour, PAPERS["grey"], rng.uniform(0, 0.15)), rng.uniform(0.93, 1.02))
    torn = kind == "torn" or (kind not in BOARDS and rng.random() < 0.06)
    return Paper(
        kind=kind,
        colour=colour,
        corners=corners,
        outline=_torn(rng, corners, unit) if torn else _edge(rng, corners, kind),
        roughness={"kraft": 5.0, "newsprint": 4.0, "blackboard": 3.0}.get(kind, 1.5),
        blotches=_blotches(rng, kind),
        rules=_rules(rng, kind, area, unit),
        crease=_crease(rng, area) if kind not in BOARDS and rng.random() < 0.25 else None,
        rim=((70, 110, 160), (90, 90, 95), (60, 90, 130))[int(rng.integers(3))]
        if kind in BOARDS
        else None,
    )


def roughened(rng: Generator, paper: Paper) -> Paper:
    """The sheet, seldom with a coarse surface, as it shows when light falls from the side."""
    if rng.random() > ROUGH:
        return paper
    grain = float(rng.choice((0.8, 1.6, 3.0)))
    roughness = max(paper.roughness, log_uniform(rng, 2.0, 9.0))
    return replace(paper, roughness=roughness, grain=grain)


def _blotches(rng: Generator, kind: str) -> float:
    """Of a new board hardly any, of one that was wiped many times strong ones."""
    if kind in DARK & BOARDS:
        return log_uniform(rng, 4.0, 28.0)
    return 3.0 if kind == "kraft" else float(rng.uniform(0, 2.5))


def _edge(rng: Generator, corners: Points, kind: str) -> Points:
    """The edges with enough points to curl; some cards have round corners."""
    size = float(np.abs(corners[2] - corners[0]).min())
    radius = size * rng.uniform(0.03, 0.08) if kind == "white" and rng.random() < 0.15 else 0.0
    points = []
    for index, corner in enumerate(corners):
        before, after = corners[index - 1] - corner, corners[(index + 1) % 4] - corner
        before, after = before / np.hypot(*before), after / np.hypot(*after)
        for t in np.linspace(0, np.pi / 2, 6 if radius else 1):
            away = radius * ((1 - np.sin(t)) * before + (1 - np.cos(t)) * after)
            points.append(corner + away)
        end = corners[(index + 1) % 4]
        points += [corner + (end - corner) * t for t in np.linspace(0.15, 0.85, 8)]
    return np.array(points)


def _torn(rng: Generator, corners: Points, unit: float) -> Points:
    """The edges with one to four of them torn."""
    sides = rng.random(4) < rng.uniform(0.2, 0.9)
    sides[int(rng.integers(4))] = True
    depth = unit * rng.uniform(0.04, 0.15)
    points = []
    for index, torn in enumerate(sides):
        start, end = corners[index], corners[(index + 1) % 4]
        steps = np.linspace(0, 1, 60, endpoint=False)[:, None]
        side = start + (end - start) * steps
        if torn:
            inwards = np.array([-(end - start)[1], (end - start)[0]]) / np.hypot(*(end - start))
            rough = np.abs(np.cumsum(rng.normal(0, 0.3, 60)) - np.linspace(0, rng.normal(), 60))
            side = side + (rough[:, None] % 1.5 + rng.random((60, 1)) * 0.4) * depth * inwards
        points.append(side)
    return np.concatenate(points)


def _rules(
    rng: Generator, kind: str, area: tuple[float, float, float, float], unit: float
) -> list[Rules]:
    if kind not in ("ruled", "grid"):
        return []
    left, top, right, bottom = area
    step = unit * (rng.uniform(0.5, 1.8) if kind == "ruled" else rng.uniform(0.2, 0.75))
    ink = ((210, 150, 110), (190, 180, 170), (200, 170, 130), (170, 150, 190), (130, 120, 115))
    colour = mix(ink[int(rng.integers(len(ink)))], PAPERS[kind], rng.uniform(0, 0.6))
    width = step * rng.uniform(0.008, 0.03)
    start = top + step * rng.uniform(0.2, 2.5 if kind == "ruled" else 1.0)
    across = [_straight((left, y), (right, y)) for y in np.arange(start, bottom, step)]
    if kind == "grid":
        first = left + step * rng.random()
        across += [_straight((x, top), (x, bottom)) for x in np.arange(first, right, step)]
    rules = [Rules(across, colour, width)]
    if kind == "ruled" and rng.random() < 0.5:
        x = left + (right - left) * rng.uniform(0.05, 0.16)
        margin = _straight((x, top), (x, bottom))
        rules.append(Rules([margin], (120, 110, 225), width * 1.3))
    return rules


def _straight(start: tuple[float, float], end: tuple[float, float]) -> Points:
    return np.linspace(start, end, 12)


def _crease(rng: Generator, area: tuple[float, float, float, float]) -> Points:
    left, top, right, bottom = area
    at = rng.choice((0.5, 0.5, 1 / 3, 2 / 3)) + rng.normal(0, 0.02)
    if rng.random() < 0.5:
        x = left + (right - left) * at
        return np.array([(x, top), (x, bottom), (right, bottom), (right, top)])
    y = top + (bottom - top) * at
    return np.array([(left, y), (right, y), (right, bottom), (left, bottom)])


def paint_paper(rng: Generator, frame: Image, pose: Pose, paper: Paper) -> None:
    """Lay the sheet on the frame in place, (H, W, 3), with all that is printed on it."""
    outline = pose.project(paper.outline)
    view = window(outline, frame.shape)
    piece = frame[view]
    if piece.size == 0:
        return
    corner = np.array((view[1].start, view[0].start), np.float64)
    sheet = _surface(rng, paper, piece.shape[0], piece.shape[1])
    if paper.crease is not None:
        _fold(rng, sheet, pose.project(paper.crease) - corner)
    for rules in paper.rules:
        _print(sheet, pose, rules, paper.colour, corner)
    cover = np.zeros(piece.shape[:2], np.uint8)
    fill(cover, outline - corner, 255.0)
    if paper.rim is not None:
        _rim(sheet, pose.project(paper.outline), corner, paper.rim)
    lay(piece, sheet, cover)


def _surface(rng: Generator, paper: Paper, height: int, width: int) -> Image:
    plain = flat(height, width, paper.colour)
    fine = textures.cut(rng, textures.grain(paper.grain), height, width)
    coarse = textures.cut(rng, textures.clouds(1), height, width)
    a, b = paper.roughness / textures.SPREAD, paper.blotches / textures.SPREAD
    rough = cv2.addWeighted(fine, a, coarse, b, 128 - 128 * (a + b))
    return np.asarray(cv2.addWeighted(plain, 1, cv2.merge([rough] * 3), 1, -128))


def _fold(rng: Generator, sheet: Image, half: Points) -> None:
    cover = np.zeros(sheet.shape[:2], np.uint8)
    fill(cover, half, 255.0)
    step = rng.uniform(0.93, 1.0)
    darker = np.asarray(cv2.convertScaleAbs(sheet, alpha=step))
    cv2.copyTo(darker, cover, sheet)
    tone = float(sheet.mean()) * rng.choice((0.9, 1.05))
    lines(sheet, [half[:2]], (tone, tone, tone))


def _print(sheet: Image, pose: Pose, rules: Rules, paper: Colour, corner: Points) -> None:
    """Draw rules, as wide as where the writing stands; those finer than a pixel are fainter."""
    if not rules.paths:
        return
    colour = mix(paper, rules.colour, min(rules.width, 1.0))
    lines(sheet, [pose.project(path) - corner for path in rules.paths], colour, rules.width)


def _rim(sheet: Image, outline: Points, corner: Points, colour: Colour) -> None:
    width = max(3.0, float(np.ptp(outline, axis=0).max()) * 0.02)
    closed = np.concatenate([outline, outline[:1]]) - corner
    lines(sheet, [closed], shade(colour, 0.7), width * 1.3)
    lines(sheet, [closed], colour, width)
