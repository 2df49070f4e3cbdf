"""The reader: Frame -> Reading. Where digits are, which they are, and what to make of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.decide import TRUSTED, decide
from appliance.recall import recalled
from appliance.sight import Sight, look
from appliance.transcript import transcribed
from appliance.trust import Opinion, believed, surer, trust
from appliance.values import Box, Frame, Prediction, ReadDigit, Reading
from appliance.vision import eye
from appliance.vision.again import other_look
from appliance.vision.light import Light, measure_light
from appliance.vision.margin import with_margin, without_margin

POSSIBLE = 0.3
"""What is right with a greater chance, but can't be trusted, is looked at once more."""

AT_SIGHT = 0.98
"""What is right with a greater chance isn't transcribed, for the time that it takes."""

UNFINISHED = 0.5
"""Where a sight is unfinished, no chance is greater."""


class Classifier(Protocol):
    """Says which digit a glyph is."""

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        """Judge glyphs, float32 (N, 28, 28)."""
        ...


class Spotter(Protocol):
    """Says where in a picture digits are written."""

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of a digit's ink, and of its middle, (cells down, cells across, 2).

        picture: float32 (rows, columns, CHANNELS), see `in_squares`; each square has some cells.
        """
        ...


class Recogniser(Protocol):
    """Says which digit stands in a place of the frame, and where exactly."""

    def recognise(
        self, windows: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Probabilities, (N, 11), and places, (N, 4), for windows, uint8 (N, 48, 48)."""
        ...


class Transcriber(Protocol):
    """Says which digits stand on a line."""

    def transcribe(self, strip: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Logarithms of the probabilities for each column, (columns, 11).

        strip: uint8 (STRIP_HEIGHT, W), see `Strip`.
        """
        ...


class Memory(Protocol):
    """Knows what people said of digits."""

    def says(self, glyphs: NDArray[np.float32]) -> NDArray[np.float64]:
        """What to add to the log-odds of the ten digits for glyphs (N, 28, 28): (N, 10)."""
        ...


class Reader:
    """Reads frames: spotter and recogniser say where digits are, the classifier judges glyphs, and
    the transcriber reads the lines that they make; what people said of such digits comes last.

    For one thread: the networks keep their working memory.
    """

    def __init__(
        self,
        classifier: Classifier,
        spotter: Spotter,
        recogniser: Recogniser,
        transcriber: Transcriber,
        memory: Memory | None = None,
    ) -> None:
        self._classifier, self._spotter = classifier, spotter
        self._recogniser, self._transcriber = recogniser, transcriber
        self._memory = memory

    def read(self, frame: Frame) -> Reading:
        """The digits in a frame of any size; never raises for what it shows."""
        start = time.perf_counter()
        height, width = frame.pixels.shape[:2]
        size = width, height
        framed, margin = with_margin(frame)
        seen = eye.spotted(eye.view(framed), self._spotter.spot)
        sight, chance = self._opinion(seen)
        if margin:
            sight = _within(sight, margin, size)

        def light() -> Light:
            given = eye.view(frame) if margin else seen  # of the frame alone
            return measure_light(given.grey, size, noise=given.noise)

        status, reason = decide(sight, chance, light, size)
        return Reading(
            status,
            tuple(line.digits for line in sight.lines) if status != "nothing" else (),
            reason,
            (time.perf_counter() - start) * 1e3,
            frame.time,
            frame.source,
        )

    def _opinion(self, seen: eye.View) -> Opinion:
        """What a view shows, looked at once more where that is in doubt, and what people said."""
        sight, chance = first = self._look(seen, AT_SIGHT)
        doubtful = POSSIBLE < chance < TRUSTED and not sight.unfinished
        if (doubtful or not sight.lines) and (other := other_look(seen, len(sight.digits))):
            part, times = other
            again = eye.spotted(seen, self._spotter.spot, part, times)
            sight, chance = surer(first, self._look(again))  # always transcribed
        if self._memory is not None:
            sight, chance = recalled((sight, chance), self._memory.says)
        return sight, min(chance, UNFINISHED) if sight.unfinished else chance

    def _look(self, seen: eye.View, enough: float = 1.0) -> Opinion:
        """What stands where the spotter sees digits.

        enough: the chance that makes a transcript superfluous.
        """
        sight = self._see(seen)
        chance = trust(sight)
        if not sight.lines or sight.unfinished or chance > enough:
            return sight, chance
        transcript = transcribed(seen, sight, self._transcriber.transcribe)
        return believed(sight, chance, transcript) if transcript else (sight, chance)

    def _see(self, seen: eye.View) -> Sight:
        """What recogniser and classifier see there."""
        recognise = self._recogniser.recognise
        return look(eye.recognised(seen, recognise), self._classifier.classify, recognise)


def _within(sight: Sight, margin: int, size: tuple[int, int]) -> Sight:
    """A sight of a frame with a margin, as it is in the frame of this (width, height)."""
    places = sight.spots.places - (margin, margin, 0, 0)
    spots = replace(sight.spots, places=places).within(size)
    digits = (_moved(digit, without_margin(digit.box, margin, size)) for digit in sight.digits)
    return replace(sight.with_digits(digits), spots=spots)


def _moved(digit: ReadDigit, box: Box) -> ReadDigit:
    return replace(digit, glyph=replace(digit.glyph, box=box))
