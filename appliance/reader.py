"""The reader: Frame -> Reading. Look, spell, decide."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.decide import decide
from appliance.sight import Sight, Sights, left_over
from appliance.spelling import PLAUSIBLE, Spelling, lattice, sheet, spell
from appliance.values import Frame, Prediction, Reading
from appliance.vision import eye
from appliance.vision.eye import Page
from appliance.vision.light import measure_light
from appliance.vision.lines import Line
from appliance.vision.patch import cut_patches
from appliance.vision.pieces import Piece

MOST_LINES = 16
"""Lines that are spelled in one look; the most prominent come first."""

MOST_GLYPHS, MOST_IN_LOOK = 192, 128
"""Glyphs that the network judges in all looks at a frame, and in one.

Counted and not timed, so that a frame is read alike on any machine: a page of print has hundreds of
them in each look, and none of them is what is held up.
"""

CLUTTER = 0.15
"""Pieces that the detector gives no more than this are left out."""

EXPECTED = 2.0
"""Odds of writing in what people hold up, relative to those in the detector's training."""


@dataclass(slots=True)
class Budget:
    """How many glyphs may still be judged."""

    left: int


class Classifier(Protocol):
    """Says which digit a glyph is."""

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        """Judge glyphs, float32 (N, 28, 28)."""
        ...


class Detector(Protocol):
    """Tells writing from clutter."""

    def writing(self, patches: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of being writing, (N,), for patches, float32 (N, 28, 28, 3)."""
        ...


class Reader:
    """Reads frames with the eye, the detector of writing and the classifier of digits."""

    def __init__(self, classifier: Classifier, detector: Detector) -> None:
        self._classifier = classifier
        self._detector = detector

    def read(self, frame: Frame) -> Reading:
        """The digits in a frame of any size; never raises for what it shows."""
        start = time.perf_counter()
        seen = eye.view(frame)
        held = self._held_up(seen)
        height, width = frame.pixels.shape[:2]
        light = measure_light(seen.grey, (width, height))
        status, reason = decide(held.lines, light, complete=held.rest != "unread")
        return Reading(
            status,
            tuple(line.digits for line in held.lines) if status != "nothing" else (),
            reason,
            (time.perf_counter() - start) * 1e3,
            frame.time,
            frame.source,
        )

    def _held_up(self, seen: eye.View) -> Sight:
        """The best of all ways to look at a frame.

        A look settles it when its lines are clear and no ink is left over beside them, or when an
        earlier look said the same. Ruled lines are taken off the quick look alone: at once where
        one crosses the writing or holds ink of the same pen, otherwise when nothing has settled it.
        """
        sights = Sights()
        budget = Budget(MOST_GLYPHS)
        quick: tuple[Page, Sight] | None = None
        crossed = False
        for page in eye.looks(seen):
            found = self._sight(page, budget)
            if quick is None:
                quick, crossed = (page, found), found.rest in ("crossing", "unread")
                found = self._without_rulings(*quick, budget) if crossed else found
            if sights.settled_by(found):
                return found
        if quick and not crossed:
            sights.settled_by(self._without_rulings(*quick, budget))
        return sights.held_up()

    def _without_rulings(self, page: Page, plain: Sight, budget: Budget) -> Sight:
        """What a page shows without its ruled lines, when that is more than the plain page does.

        What looks like a ruled line can be the bar of a 7: without it no more digits are found, or
        smaller ones, and the page as it is counts.
        """
        page_without = eye.unruled(page, min((line.pixels for line in plain.lines), default=np.inf))
        if page_without is None:
            return plain
        found = self._sight(page_without, budget)
        if found.text == plain.text:  # what was left over may have been the ruled line alone
            return replace(plain, rest=found.rest)
        more = found.count > plain.count and found.height > 0.8 * plain.height
        return max(plain, found, key=lambda sight: sight.score) if more else plain

    def _sight(self, page: Page, budget: Budget) -> Sight:
        lines = tuple(sheet(self._spell(page, budget)))
        return Sight(lines, left_over(lines, page))

    def _spell(self, page: Page, budget: Budget) -> list[Spelling]:
        """How the lines of a page are best read; those that the budget doesn't allow are not."""
        ways, share = [], Budget(min(budget.left, MOST_IN_LOOK))
        for line in self._lines(page):
            way = lattice(line, page, share.left)
            share.left -= len(way.candidates)
            ways.append(way)
        glyphs = [candidate.glyph.pixels for way in ways for candidate in way.candidates]
        if not glyphs:
            return []
        budget.left -= len(glyphs)
        predictions = iter(self._classifier.classify(np.stack(glyphs)))
        spelled = [spell(way, list(islice(predictions, len(way.candidates))), page) for way in ways]
        return [spelling for spelling in spelled if spelling is not None]

    def _lines(self, page: Page) -> list[Line]:
        """The lines that may be digits, the most prominent first.

        No reading of a line is better than the detector's opinion of its ink: lines that couldn't
        become plausible aren't spelled at all.
        """
        lines = eye.lines_of(page, self._writing(page))
        hopeful = [line for line in lines if max(p.writing for p in line.pieces) > PLAUSIBLE]
        return sorted(hopeful, key=_prominence, reverse=True)[:MOST_LINES]

    def _writing(self, page: Page) -> list[Piece]:
        """The pieces that the detector doesn't take for clutter, with its opinion."""
        patches = cut_patches(page.view.grey, page.bodies, page.ink.polarity)
        odds = EXPECTED * self._detector.writing(patches).astype(np.float64)
        likely = odds / (odds + 1 - odds / EXPECTED)
        opinions = zip(page.bodies, likely, strict=True)
        return [replace(body, writing=float(p)) for body, p in opinions if p > CLUTTER]


def _prominence(line: Line) -> float:
    """How much a line stands out: its contrast times its height."""
    return float(np.median([piece.strength for piece in line.pieces])) * line.height
