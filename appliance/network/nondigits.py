"""What is not a digit, drawn by the project: letters, signs, shapes, scribbles, pieces of digits.

Shapes that people do write as digits stay out: the bare vertical stroke, the ring, and the letters
like them (O, I, l, S, Z, b, q).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.network.datasets import Dataset
from appliance.network.deformation import elastic_field, sample
from appliance.network.strokes import Stroke, arc, curve, draw, jittered, line
from appliance.values import GLYPH_SIZE

Glyphs = NDArray[np.float32]

NOT_A_DIGIT = 10
"""The label of the eleventh class."""
JITTER = 0.03
SIGNS: dict[str, tuple[Stroke, ...]] = {
    "A": (line((0, 1), (0.5, 0), (1, 1)), line((0.2, 0.62), (0.8, 0.62))),
    "C": (arc((0.5, 0.5), (0.5, 0.5), -45, -315),),
    "E": (line((1, 0), (0, 0), (0, 1), (1, 1)), line((0, 0.5), (0.8, 0.5))),
    "F": (line((1, 0), (0, 0), (0, 1)), line((0, 0.5), (0.8, 0.5))),
    "H": (line((0, 0), (0, 1)), line((1, 0), (1, 1)), line((0, 0.5), (1, 0.5))),
    "K": (line((0, 0), (0, 1)), line((0.9, 0), (0, 0.55), (1, 1))),
    "L": (line((0, 0), (0, 1), (0.8, 1)),),
    "M": (line((0, 1), (0.1, 0), (0.5, 0.7), (0.9, 0), (1, 1)),),
    "N": (line((0, 1), (0, 0), (1, 1), (1, 0)),),
    "P": (line((0, 1), (0, 0)), arc((0.1, 0.27), (0.7, 0.27), -90, 90)),
    "R": (line((0, 1), (0, 0)), arc((0.1, 0.27), (0.7, 0.27), -90, 90),
          line((0.2, 0.55), (0.9, 1))),
    "T": (line((0, 0), (1, 0)), line((0.5, 0), (0.5, 1))),
    "U": (curve((0, 0), (0.05, 0.75), (0.5, 1), (0.95, 0.75), (1, 0)),),
    "V": (line((0, 0), (0.5, 1), (1, 0)),),
    "W": (line((0, 0), (0.25, 1), (0.5, 0.3), (0.75, 1), (1, 0)),),
    "X": (line((0, 0), (1, 1)), line((1, 0), (0, 1))),
    "e": (curve((0.05, 0.5), (0.9, 0.45), (0.6, 0), (0.1, 0.3), (0.1, 0.75), (0.5, 1), (1, 0.8)),),
    "h": (line((0, 0), (0, 1)), curve((0, 0.65), (0.35, 0.45), (0.65, 0.6), (0.65, 1))),
    "k": (line((0, 0), (0, 1)), line((0.6, 0.35), (0.02, 0.7), (0.65, 1))),
    "m": (line((0, 0), (0, 1)), arc((0.25, 0.4), (0.25, 0.4), -180, 0), line((0.5, 0.4), (0.5, 1)),
          arc((0.75, 0.4), (0.25, 0.4), -180, 0), line((1, 0.4), (1, 1))),
    "n": (line((0, 0), (0, 1)), arc((0.4, 0.45), (0.4, 0.42), -180, 0),
          line((0.8, 0.45), (0.8, 1))),
    "r": (line((0, 0), (0, 1)), curve((0, 0.5), (0.2, 0.1), (0.6, 0.1))),
    "w": (curve((0, 0), (0.2, 1), (0.5, 0.3), (0.8, 1), (1, 0)),),
    "plus": (line((0.5, 0), (0.5, 1)), line((0, 0.5), (1, 0.5))),
    "minus": (line((0, 0.5), (1, 0.5)),),
    "equals": (line((0, 0.3), (1, 0.3)), line((0, 0.7), (1, 0.7))),
    "hash": (line((0.3, 0), (0.2, 1)), line((0.8, 0), (0.7, 1)), line((0, 0.3), (1, 0.3)),
             line((0, 0.7), (1, 0.7))),
    "percent": (arc((0.2, 0.2), (0.2, 0.2), 0, 360), arc((0.8, 0.8), (0.2, 0.2), 0, 360),
                line((0.9, 0), (0.1, 1))),
    "question": (curve((0, 0.25), (0.3, 0), (0.7, 0.1), (0.7, 0.4), (0.35, 0.6), (0.35, 0.75)),
                 line((0.35, 0.95), (0.35, 1))),
    "star": (line((0.5, 0), (0.5, 1)), line((0.05, 0.25), (0.95, 0.75)),
             line((0.95, 0.25), (0.05, 0.75))),
    "tick": (line((0, 0.6), (0.3, 1), (1, 0)),),
    "arrow": (line((0, 0.5), (1, 0.5)), line((0.65, 0.2), (1, 0.5), (0.65, 0.8))),
    "box": (line((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)),),
    "triangle": (line((0.5, 0), (1, 1), (0, 1), (0.5, 0)),),
    "crossed box": (line((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)), line((0, 0), (1, 1)),
                    line((1, 0), (0, 1))),
    "corner": (line((0, 1), (0, 0), (1, 0)),),
    "spiral": (curve((0.5, 0.5), (0.7, 0.5), (0.5, 0.75), (0.25, 0.5), (0.5, 0.15), (0.9, 0.5),
                     (0.5, 1), (0, 0.5), (0.2, 0)),),
    "wave": (curve((0, 0.5), (0.15, 0.3), (0.35, 0.7), (0.55, 0.3), (0.75, 0.7), (1, 0.4)),),
    "at": (arc((0.5, 0.5), (0.5, 0.5), 40, 360), arc((0.5, 0.5), (0.2, 0.2), 0, 360),
           line((0.7, 0.3), (0.72, 0.7), (1, 0.5))),
}  # fmt: skip
"""Letters and signs in a box: x and y in 0..1, y down."""

UNREADABLE_HALVES = ((0, 0), (0, 1), (2, 1), (4, 0), (4, 2), (5, 0), (8, 2))
"""(digit, side) whose half by itself is no digit, unlike the upper half of an 8 or a 7.

side: 0 upper, 1 lower, 2 left, 3 right.
"""


class NonDigits:
    """A supply of glyphs that aren't digits: some drawn once, some cut from digits each time."""

    def __init__(
        self,
        digits: Dataset,
        random: np.random.Generator,
        *,
        drawn: int = 12000,
        others: Glyphs | None = None,
    ) -> None:
        """Draw the pool; `digits` are cut and joined.

        others: more glyphs that aren't digits, to take half the draws from.
        """
        self._digits = digits
        self._places = [np.flatnonzero(digits.labels == digit) for digit in range(10)]
        kinds = [kind for kind in UNREADABLE_HALVES if len(self._places[kind[0]])]
        self._halves_of = np.array(kinds, np.int64).reshape(-1, 2)
        self._pool = draw_shapes(drawn, random)
        self._others = others

    def __call__(self, count: int, random: np.random.Generator) -> tuple[Glyphs, NDArray[np.int64]]:
        """Give glyphs (count, 28, 28) and their labels (count,), all NOT_A_DIGIT."""
        first = 0 if len(self._halves_of) else 1  # a half of what isn't there can't be cut
        kinds = random.integers(first, 4 if self._others is None else 8, count)
        cut = int((kinds == 0).sum())
        joined = int((kinds == 1).sum())
        drawn = int(((kinds == 2) | (kinds == 3)).sum())
        parts = [
            self._halves(cut, random),
            self._pairs(joined, random),
            self._pool[random.integers(0, len(self._pool), drawn)],
        ]
        if self._others is not None:
            left = count - cut - joined - drawn
            parts.append(self._others[random.integers(0, len(self._others), left)])
        return np.concatenate(parts), np.full(count, NOT_A_DIGIT)

    def _halves(self, count: int, random: np.random.Generator) -> Glyphs:
        """Half digits, enlarged to fill the glyph as the eye would do; only unreadable ones."""
        chosen, sides = self._unreadable(count, random)
        glyphs = self._digits.glyphs[chosen]
        x, y = _grid(count)
        middle = np.float32((GLYPH_SIZE - 1) / 2)
        share = random.uniform(0.55, 0.8, (count, 1, 1)).astype(np.float32)
        shift = np.where(sides % 2 == 0, -5.0, 5.0).astype(np.float32)[:, None, None]
        upright = (sides < 2)[:, None, None]
        kept = np.where(upright, (y - middle) * shift > 0, (x - middle) * shift > 0)
        offset_x = np.where(upright, 0, shift).astype(np.float32)
        offset_y = np.where(upright, shift, 0).astype(np.float32)
        source_x = (x - middle) * share + middle + offset_x
        source_y = (y - middle) * share + middle + offset_y
        half: Glyphs = np.where(kept, glyphs, np.float32(0))
        return sample(half, source_x, source_y)

    def _unreadable(
        self, count: int, random: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Choose digits and sides whose halves are no digits."""
        kinds = self._halves_of[random.integers(0, len(self._halves_of), count)]
        chosen = [random.choice(self._places[digit]) for digit in kinds[:, 0]]
        return np.array(chosen, np.int64), kinds[:, 1]

    def _pairs(self, count: int, random: np.random.Generator) -> Glyphs:
        """Two digits side by side or touching, and windows over the middle of such a pair."""
        left, right = (
            self._digits.glyphs[random.integers(0, len(self._digits), count)] for _ in range(2)
        )
        gap = random.uniform(-10, -5, (count, 1, 1)).astype(np.float32)
        window = random.random((count, 1, 1)) < 0.3
        zoom = np.where(window, random.uniform(1.0, 1.3), random.uniform(1.6, 1.9))
        zoom = zoom.astype(np.float32)
        x, y = _grid(count)
        middle = np.float32((GLYPH_SIZE - 1) / 2)
        source_y: Glyphs = (y - middle) * zoom + middle
        across: Glyphs = (x - middle) * zoom + middle
        half: Glyphs = (gap + GLYPH_SIZE) / np.float32(2)
        return np.maximum(
            sample(left, across + half, source_y),
            sample(right, across - half, source_y),
        )


def _grid(count: int) -> tuple[Glyphs, Glyphs]:
    """Give each pixel's x and y: two of (count, 28, 28)."""
    y, x = np.indices((GLYPH_SIZE, GLYPH_SIZE), dtype=np.float32)
    return (
        np.broadcast_to(x, (count, GLYPH_SIZE, GLYPH_SIZE)),
        np.broadcast_to(y, (count, GLYPH_SIZE, GLYPH_SIZE)),
    )


def draw_shapes(count: int, random: np.random.Generator) -> Glyphs:
    """Draw letters, signs, scribbles, smudges and dots: (count, 28, 28)."""
    letters, scribbles = count * 6 // 10, count * 2 // 10
    drawings = [_sign(random) for _ in range(letters)]
    drawings += [_scribble(random) for _ in range(scribbles)]
    return np.concatenate([draw(drawings, random), _smudges(count - letters - scribbles, random)])


def _sign(random: np.random.Generator) -> Sequence[Stroke]:
    """A letter or sign, narrowed, slanted, its points displaced."""
    strokes = SIGNS[str(random.choice(NAMES))]
    width, slant = random.uniform(0.6, 1.2), random.uniform(-0.25, 0.25)
    return jittered(strokes, JITTER, width, slant, random)


NAMES = tuple(SIGNS)


def _scribble(random: np.random.Generator) -> Sequence[Stroke]:
    """One long stroke through random points, with corners or without; or many short lines."""
    shape: Callable[..., Stroke] = curve if random.random() < 0.6 else line
    if random.random() < 0.3:
        ends = random.random((random.integers(4, 8), 2, 2))
        return [line(*(tuple(point) for point in pair)) for pair in ends]
    points = random.random((random.integers(6, 12), 2))
    return [shape(*(tuple(point) for point in points))]


def _smudges(count: int, random: np.random.Generator) -> Glyphs:
    """Blots: smooth noise, cut at a level, within a round or square spot; half of them soft."""
    field = elastic_field(count, 2.5, random)
    x, y = _grid(count)
    middle = (GLYPH_SIZE - 1) / 2
    radius = random.uniform(3, 12, (count, 1, 1))
    stretch = random.uniform(0.4, 1.2, (count, 1, 1))
    distance = np.hypot((x - middle) * stretch, (y - middle) / stretch)
    level = (radius - distance) / 3 + field * random.uniform(0.2, 1.5, (count, 1, 1))
    hard = random.uniform(0.5, 4, (count, 1, 1))
    return np.clip(level * hard, 0, 1).astype(np.float32)
