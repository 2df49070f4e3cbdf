"""Memory: what people said of digits, and how much it says of others that are written alike.

When somebody corrects an answer, the digit's shape is remembered as the classifier sees it: by what
its last hidden layer answers. A digit of nearly the same shape is then rather what was said. How
far that reaches is bounded by ordinary digits: nobody's correction may change how the shapes that
everybody writes are read. `docs/learning.md` has the figures that the constants were chosen by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from appliance.values import Correction

Glyphs = NDArray[np.float32]
"""(N, 28, 28), see `Glyph`."""

Features = NDArray[np.float32]
"""What the classifier sees in glyphs, (N, F), each of unit length."""

Labels = NDArray[np.int64]
"""Digits, (N,), 0..9."""

MOST = 500
"""Corrections that are remembered, the newest: a reading must not wait for older ones."""

ALIKE, SPAN = 0.8, 0.1
"""Shapes less alike than the first (their features' cosine) have nothing to do with each other;
what is by the second more alike than that is the same."""

APART = 0.03
"""A remembered shape has nothing to do with what isn't more alike to it than its nearest ordinary
shape of another digit is, by so much."""

FARTHEST = 0.999
"""More alike than this is the same, whatever ordinary digits look like."""

SAID = 14.0
"""What is said of the same shape counts for in the log-odds: more than the networks ever say
against it, which is 9, see `odds.LEAST`."""

SHORT = 0.85
"""A shape that is so much alike to an ordinary one of another digit reaches hardly anywhere."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """What is remembered of some glyphs.

    reach: how alike another one must be, at least, to have anything to do with each, (N,).
    """

    features: Features
    labels: Labels
    reach: NDArray[np.float32]


class Memory:
    """Remembers what digits were said to be.

    features: what the classifier sees in glyphs.
    ordinary: gives glyphs of ordinary digits and which they are; asked once, when something is to
        be remembered, since to draw them takes a while.
    """

    def __init__(
        self,
        features: Callable[[Glyphs], Features],
        ordinary: Callable[[], tuple[Glyphs, Labels]],
    ) -> None:
        self._features, self._draw = features, ordinary
        self._shapes: _Shapes | None = None

    def __len__(self) -> int:
        """How many shapes are remembered."""
        return 0 if self._shapes is None else len(self._shapes.labels)

    def learn(self, told: Sequence[Correction]) -> None:
        """Remember these corrections, oldest first, and nothing else.

        What was said last of a glyph counts, and of all the newest MOST.
        """
        latest: dict[bytes, Correction] = {}
        for one in told:
            latest.pop(_key(one), None)  # lest the newer one stand where the older did
            latest[_key(one)] = one
        kept = list(latest.values())[-MOST:]
        self._shapes = self._remembered(kept) if kept else None

    def says(self, glyphs: Glyphs) -> NDArray[np.float64]:
        """What is to be added to the log-odds of the ten digits for glyphs, (N, 10), 0..SAID.

        Like shapes of which different things were said cancel each other.
        """
        if self._shapes is None or not len(glyphs):
            return np.zeros((len(glyphs), 10))
        known = self._shapes
        over = self._features(glyphs) @ known.features.T - known.reach
        alike = np.clip(over / np.minimum(SPAN, 1 - known.reach), 0, 1)
        return SAID * np.minimum(1.0, alike @ np.eye(10)[known.labels])

    def twin(self, told: Correction) -> int | None:
        """The other digit that a glyph can hardly be told from; None when there is none."""
        features, labels = self._seen([told])
        near, which = self._nearest(features, labels)
        return int(which[0]) if near[0] + APART > SHORT else None

    def _remembered(self, told: Sequence[Correction]) -> _Shapes:
        features, labels = self._seen(told)
        near, _ = self._nearest(features, labels)
        reach = np.clip(near + APART, ALIKE, FARTHEST).astype(np.float32)
        return _Shapes(features, labels, reach)

    def _seen(self, told: Sequence[Correction]) -> tuple[Features, Labels]:
        """Features of the glyphs, (N, F), and what was said of them, (N,)."""
        features = self._features(np.stack([one.glyph.pixels for one in told]))
        return features, np.array([one.digit for one in told], np.int64)

    def _nearest(self, features: Features, labels: Labels) -> tuple[Features, Labels]:
        """How much alike the nearest ordinary digit of another kind is, (N,), and which it is."""
        others, ordinary = self._ordinary
        near = np.where(ordinary == labels[:, None], np.float32(-1), features @ others.T)
        return near.max(axis=1), ordinary[near.argmax(axis=1)]

    @cached_property
    def _ordinary(self) -> tuple[Features, Labels]:
        glyphs, labels = self._draw()
        return self._features(glyphs), labels


def _key(told: Correction) -> bytes:
    """What tells a glyph from others; the journal keeps 8 bits of each pixel."""
    return np.rint(told.glyph.pixels * 255).astype(np.uint8).tobytes()
