"""The reader: Frame -> Reading. A glimpse; if it isn't enough, a look and spelling; decide."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.decide import decide
from appliance.glimpse import glimpse
from appliance.sight import Sight, Sights, left_over, missed
from appliance.spelling import PLAUSIBLE, Lattice, Spelling, judge, lattice, sheet, spell
from appliance.values import Box, Frame, Prediction, Reading
from appliance.vision import eye
from appliance.vision.eye import Page, View
from appliance.vision.kinship import log_odds
from appliance.vision.light import measure_light
from appliance.vision.lines import Line
from appliance.vision.patch import cut_patches
from appliance.vision.pieces import Piece
from appliance.vision.spots import Spots, look_at, places_of

MOST_LINES = 16
"""Lines that are spelled in one look; the most prominent come first."""

MOST_GLYPHS = 80
"""Glyphs that the network judges in a look.

Counted and not timed, so that a frame is read alike on any machine: a page of print has hundreds of
them, and none of them is what is held up.
"""

SAME = 0.5
"""A box and a spot that are as much alike as this are the same digit."""

COLD = 0.01
"""Pieces on which the spotter sees no more digits' ink than this aren't looked at."""

LET_PAST = 0.02
"""Pieces that the first detector gives no more than this get no closer look."""

CLUTTER = 0.15
"""Pieces that both detectors together give no more than this are left out."""

GLANCE, CLOSER, HEAT = 0.2, 0.6, 0.6
"""Shares of three opinions, the log-odds of detector, verifier and spotter, in that of all."""

EXPECTED = 1.2
"""Log-odds of writing in what people hold up, relative to those in training."""


class Classifier(Protocol):
    """Says which digit a glyph is."""

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        """Judge glyphs, float32 (N, 28, 28)."""
        ...


class Detector(Protocol):
    """Tells writing from clutter."""

    @property
    def size(self) -> int:
        """Height and width in pixels of the patches that it judges."""
        ...

    def writing(self, patches: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of being writing, (N,), for patches, float32 (N, size, size, 3)."""
        ...


class Spotter(Protocol):
    """Says where in a picture digits are written."""

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of a digit's ink, and of its middle, (rows, columns, 2), in each square.

        picture: float32 (rows, columns, CHANNELS), see `in_squares`.
        """
        ...


class Recogniser(Protocol):
    """Says which digit stands in a window of the frame, and where."""

    def recognise(
        self, windows: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Probabilities, (N, 11), and places, (N, 4), for windows, uint8 (N, 48, 48)."""
        ...


class Reader:
    """Reads frames: spotter and recogniser say where digits are, the classifier judges glyphs.

    Where that leaves doubt the eye looks for ink. Most of its pieces are clutter and get no more
    than a glance by the detector; of the few that are left the verifier takes a closer look.
    """

    def __init__(
        self,
        classifier: Classifier,
        spotter: Spotter,
        recogniser: Recogniser,
        detector: Detector,
        verifier: Detector,
    ) -> None:
        self._classifier, self._spotter, self._recogniser = classifier, spotter, recogniser
        self._detector, self._verifier = detector, verifier

    def read(self, frame: Frame) -> Reading:
        """The digits in a frame of any size; never raises for what it shows."""
        start = time.perf_counter()
        seen = eye.spotted(eye.view(frame), self._spotter.spot)
        seen = eye.recognised(seen, self._recogniser.recognise)
        held = self._held_up(seen)
        height, width = frame.pixels.shape[:2]
        status, reason = decide(
            held.lines,
            lambda: measure_light(seen.grey, (width, height)),
            (width, height),
            complete=held.rest != "unread" and not held.missed,
        )
        return Reading(
            status,
            tuple(line.digits for line in held.lines) if status != "nothing" else (),
            reason,
            (time.perf_counter() - start) * 1e3,
            frame.time,
            frame.source,
        )

    def _held_up(self, seen: View) -> Sight:
        """What a glimpse shows, or what it and a look for ink show together.

        The glimpse settles it when its lines are clear and nothing may be a digit beside them; the
        look, for ink of the spots' polarity and size, when it says the same or leaves nothing over.
        """
        sights = Sights()
        first = glimpse(seen, self._classifier.classify, self._recogniser.recognise)
        if not first.height or sights.settled_by(first.sight):
            return first.sight
        page = eye.look(first.seen, eye.way_for(first.polarity, first.height))
        found = self._sight(page, first.seen)
        return found if sights.settled_by(found) else sights.held_up()

    def _sight(self, page: Page, seen: View) -> Sight:
        """What a look shows; seen: the view, in which the recogniser looks closer."""
        lines = self._lines(page)
        ways = _divided(lines[:MOST_LINES], page, MOST_GLYPHS)
        spelled = tuple(sheet(self._spell(ways, page, seen)))
        unread = [*lines[MOST_LINES:], *(way.line for way in ways if not way.candidates)]
        pieces = [*page.more, *(piece for line in unread for piece in line.pieces)]
        return Sight(spelled, left_over(spelled, page, pieces), missed(spelled, page))

    def _spell(self, ways: Sequence[Lattice], page: Page, seen: View) -> list[Spelling]:
        """How lines are best read."""
        candidates = [candidate for way in ways for candidate in way.candidates]
        if not candidates:
            return []
        glyphs = np.stack([candidate.glyph.pixels for candidate in candidates])
        boxes = [eye.in_frame(candidate.glyph.box, page.view) for candidate in candidates]
        spots = self._recognised(boxes, seen)
        writing = [candidate.writing for candidate in candidates]
        judged = map(judge, writing, self._classifier.classify(glyphs), spots)
        spelled = [spell(way, list(islice(judged, len(way.candidates))), page) for way in ways]
        return [spelling for spelling in spelled if spelling is not None]

    def _recognised(self, boxes: Sequence[Box], seen: View) -> list[Spots | None]:
        """What the recogniser says of places: it looks where no spot is known yet.

        None: it sees no digit just there.
        """
        spots = [_same(seen.spots, box) for box in boxes]
        new = [number for number, spot in enumerate(spots) if spot is None]
        places = places_of([boxes[number] for number in new]) * seen.scale
        looked = look_at(seen.levels, places, self._recogniser.recognise)
        looked = looked.enlarged(1 / seen.scale)
        for index, number in enumerate(new):
            spots[number] = _same(looked[[index]], boxes[number])
        return spots

    def _lines(self, page: Page) -> list[Line]:
        """The lines that may be digits, the most prominent first.

        No reading of a line is better than the detector's opinion of its ink: lines that couldn't
        become plausible aren't spelled at all.
        """
        lines = eye.lines_of(page, self._writing(page))
        hopeful = [line for line in lines if max(p.writing for p in line.pieces) > PLAUSIBLE]
        return sorted(hopeful, key=_prominence, reverse=True)

    def _writing(self, page: Page) -> list[Piece]:
        """The pieces that spotter and detectors don't take for clutter, with their opinion."""
        heat = page.view.heat
        warmth = np.array([heat.on(body) if heat else 0.5 for body in page.bodies])
        warm = [page.bodies[index] for index in np.flatnonzero(warmth > COLD)]
        glance = _opinions(self._detector, page, warm)
        hopeful = np.flatnonzero(glance > log_odds(LET_PAST))
        bodies = [warm[index] for index in hopeful]
        closer = _opinions(self._verifier, page, bodies)
        spotted = log_odds(warmth[warmth > COLD][hopeful])
        told = GLANCE * glance[hopeful] + CLOSER * closer + HEAT * spotted + EXPECTED
        opinions = zip(bodies, 1 / (1 + np.exp(-told)), strict=True)
        return [replace(body, writing=float(p)) for body, p in opinions if p > CLUTTER]


def _same(spots: Spots, box: Box) -> Spots | None:
    """The spot that is in the same place as a box of the frame."""
    if not len(spots):
        return None
    alike = spots.alike(box)
    best = int(np.argmax(alike))
    return spots[[best]] if alike[best] >= SAME else None


def _divided(lines: Sequence[Line], page: Page, most: int) -> list[Lattice]:
    """All ways to divide the lines; none for those that would take more than so many glyphs."""
    ways = []
    for line in lines:
        way = lattice(line, page, most)
        most -= len(way.candidates)
        ways.append(way)
    return ways


def _opinions(detector: Detector, page: Page, bodies: Sequence[Piece]) -> NDArray[np.float64]:
    """The log-odds of being writing, (N,), that a detector gives pieces."""
    levels = page.view.levels if bodies else []
    return log_odds(detector.writing(cut_patches(levels, bodies, page.ink.polarity, detector.size)))


def _prominence(line: Line) -> float:
    """How much a line stands out: its contrast times its height."""
    return float(np.median([piece.strength for piece in line.pieces])) * line.height
