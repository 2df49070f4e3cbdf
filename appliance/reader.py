"""The reader: Frame -> Reading. Look, spell, decide."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.decide import decide
from appliance.spelling import PLAUSIBLE, Spelling, lattice, sheet, spell
from appliance.values import Frame, Prediction, Reading, written
from appliance.vision import eye
from appliance.vision.eye import Page
from appliance.vision.light import measure_light
from appliance.vision.lines import Line
from appliance.vision.patch import cut_patches
from appliance.vision.pieces import LeftOver, Piece, left_over

MOST_LINES = 16
"""Lines that are spelled in one look; the most prominent come first."""

MOST_GLYPHS = 160
"""Glyphs that the network judges in one look."""

CLUTTER = 0.15
"""Pieces that the detector gives no more than this are left out."""

CLEAR = 0.9
"""A sheet on which every line is at least this good needs no second look."""


class Classifier(Protocol):
    """Says which digit a glyph is."""

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        """Judge glyphs, float32 (N, 28, 28)."""
        ...


class Detector(Protocol):
    """Tells writing from clutter."""

    def writing(self, patches: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of being writing, (N,), for patches, float32 (N, 28, 28)."""
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
        lines = self._held_up(seen)
        height, width = frame.pixels.shape[:2]
        status, reason = decide(lines, measure_light(seen.grey, (width, height)))
        return Reading(
            status,
            tuple(line.digits for line in lines) if status != "nothing" else (),
            reason,
            (time.perf_counter() - start) * 1e3,
            frame.time,
            frame.source,
        )

    def _held_up(self, seen: eye.View) -> list[Spelling]:
        """The lines of the best of all ways to look at a frame.

        A look settles it when its lines are clear and no ink is left over beside them, or when an
        earlier look said the same. Ruled lines are taken off the quick look alone: at once where
        one crosses the writing, otherwise when nothing has settled it.
        """
        best: list[Spelling] = []
        clear: set[str] = set()
        quick: tuple[Page, list[Spelling]] | None = None
        crossed = False
        for page in eye.looks(seen):
            found = sheet(self._spell(page))
            rest = _left_over(found, page)
            if quick is None:
                quick, crossed = (page, found), rest == "crossing"
                found = self._without_rulings(*quick) if crossed else found
            best = max(best, found, key=_score)
            if _clear(found):
                text = written(line.digits for line in found)
                if rest is None or text in clear:
                    return found
                clear.add(text)
        if quick and not crossed:
            best = max(best, self._without_rulings(*quick), key=_score)
        return best

    def _without_rulings(self, page: Page, plain: list[Spelling]) -> list[Spelling]:
        """The lines of a page without its ruled lines, when that holds more than the plain page.

        What looks like a ruled line can be the bar of a 7: without it no more digits are found, or
        smaller ones, and the page as it is counts.
        """
        page_without = eye.unruled(page)
        if page_without is None:
            return plain
        found = sheet(self._spell(page_without))
        more = _count(found) > _count(plain) and _height(found) > 0.8 * _height(plain)
        return max(plain, found, key=_score) if more else plain

    def _spell(self, page: Page) -> list[Spelling]:
        """How the lines of a page are best read."""
        ways = [lattice(line, page) for line in self._lines(page)]
        glyphs = [candidate.glyph.pixels for way in ways for candidate in way.candidates]
        if not glyphs:
            return []
        predictions = iter(self._classifier.classify(np.stack(glyphs[:MOST_GLYPHS])))
        spelled = []
        for way in ways:
            judged = [p for _, p in zip(way.candidates, predictions, strict=False)]
            if len(judged) == len(way.candidates):
                spelled.append(spell(way, judged, page))
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
        opinions = zip(page.bodies, self._detector.writing(patches), strict=True)
        return [replace(body, writing=float(p)) for body, p in opinions if p > CLUTTER]


def _clear(lines: Sequence[Spelling]) -> bool:
    return bool(lines) and min(line.quality for line in lines) > CLEAR


def _left_over(lines: Sequence[Spelling], page: Page) -> LeftOver | None:
    """Whether ink crosses the lines, or stands beside them, that may belong to them."""
    answers = set()
    for line in lines:
        boxes = [eye.in_view(digit.box, page.view) for digit in line.digits]
        other = [body.box for body in page.bodies if all(max(body.box.gaps(b)) >= 0 for b in boxes)]
        rest = np.array([(b.x, b.y, b.width, b.height) for b in other], np.int64).reshape(-1, 4)
        answers |= {page.parts.left_over(boxes), left_over(rest, boxes)}
    if "crossing" in answers:
        return "crossing"
    return "beside" if "beside" in answers else None


def _count(lines: Sequence[Spelling]) -> int:
    return sum(len(line.digits) for line in lines)


def _height(lines: Sequence[Spelling]) -> float:
    return max((line.height for line in lines), default=0.0)


def _score(lines: Sequence[Spelling]) -> float:
    return sum(line.score for line in lines)


def _prominence(line: Line) -> float:
    """How much a line stands out: its contrast times its height."""
    return float(np.median([piece.strength for piece in line.pieces])) * line.height
