"""What a close crop shows besides: the lines above and below, cut off, and the page's back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from numpy.random import Generator

from appliance.scenes.letters import WORDS
from appliance.scenes.pose import Pose
from appliance.scenes.strokes import Stroke, bounds
from appliance.scenes.writer import Writer
from appliance.scenes.writing import Mark, Spacing, extent, mirror, move, random_text, write_lines

CHANCE = 0.35
"""How often a line above is partly seen, and how often one below."""

MOST = 0.45
"""Greatest part of a neighbour's height that is seen: more would be a digit to be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What is cropped: marks on a page in their pose.

    size: height and width of the crop. unit: height of a digit in pixels. width: of the pen, in
    heights of a digit.
    """

    size: tuple[int, int]
    pose: Pose
    marks: list[Mark]
    unit: float
    width: float


def neighbours(rng: Generator, writer: Writer, page: Page) -> list[list[Stroke]]:
    """Strokes in pixels of the signs above and below that the crop cuts off."""
    pose, size = page.pose, page.size
    taken = [bounds(mark.project(pose).strokes) for mark in page.marks]
    seen = []
    for above in (True, False):
        if rng.random() < CHANCE:
            line = _line(rng, writer, page)
            _shift(rng, line, pose, size, above=above)
            seen += [mark.project(pose).strokes for mark in line]
    return [s for s in seen if _cut_off(s, size) and all(_apart(s, box) for box in taken)]


def through(rng: Generator, writer: Writer, page: Page) -> Iterator[tuple[Stroke, ...]]:
    """Strokes in pixels of what is written on the page's back, mirrored; mostly nothing."""
    if rng.random() > 0.1:
        return
    lines = [random_text(rng, int(rng.integers(2, 8))) for _ in range(int(rng.integers(1, 3)))]
    marks = write_lines(rng, writer, lines, page.unit, page.width)
    mirror(marks)
    for mark in marks:
        yield tuple(mark.project(page.pose).strokes)


def _line(rng: Generator, writer: Writer, page: Page) -> list[Mark]:
    left, _, right, _ = extent(page.marks)
    unit = page.unit * rng.uniform(0.85, 1.15)
    text = random_text(rng, max(round((right - left) / unit), 2))
    if rng.random() < 0.2:
        text = " ".join(rng.choice(WORDS, 2))
    spacing = Spacing(gap=rng.uniform(0.05, 0.3))
    return write_lines(rng, writer, [text], unit, page.width, spacing=spacing)


def _shift(
    rng: Generator, line: list[Mark], pose: Pose, size: tuple[int, int], *, above: bool
) -> None:
    """Move a line, in place, so that the frame's upper or lower edge cuts it."""
    left, top, right, bottom = extent(line)
    shown = (bottom - top) * rng.uniform(0.03, MOST)
    edge = (-pose.origin[1] + shown - bottom) if above else (size[0] - pose.origin[1] - shown - top)
    across = rng.uniform(-0.3, 0.3) * (right - left) + size[1] / 2 - pose.origin[0]
    move(line, (across, edge))


def _cut_off(strokes: list[Stroke], size: tuple[int, int]) -> bool:
    """Whether so little of a sign is within the frame that nobody would read it."""
    _, top, _, bottom = bounds(strokes)
    shown = min(bottom, size[0]) - max(top, 0)
    return 0 < shown < MOST * (bottom - top)


def _apart(strokes: list[Stroke], box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = bounds(strokes)
    return right < box[0] or left > box[2] or bottom < box[1] or top > box[3]
