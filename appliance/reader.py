"""The reader: Frame -> Reading. Where digits are, which they are, and what to make of it."""

from __future__ import annotations

import time
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.decide import decide
from appliance.sight import Sight, look
from appliance.trust import surer, trust
from appliance.values import Frame, Prediction, Reading
from appliance.vision import eye
from appliance.vision.closer import writing
from appliance.vision.light import measure_light

HOPELESS, SURE = 0.3, 0.85
"""What is right with a chance between these is looked at once more, closer."""


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


class Reader:
    """Reads frames: spotter and recogniser say where digits are, the classifier judges glyphs."""

    def __init__(self, classifier: Classifier, spotter: Spotter, recogniser: Recogniser) -> None:
        self._classifier, self._spotter, self._recogniser = classifier, spotter, recogniser

    def read(self, frame: Frame) -> Reading:
        """The digits in a frame of any size; never raises for what it shows."""
        start = time.perf_counter()
        height, width = frame.pixels.shape[:2]
        seen = eye.spotted(eye.view(frame), self._spotter.spot)
        sight = self._look(seen)
        chance = trust(sight)
        doubtful = not sight.lines or HOPELESS < chance < SURE
        if doubtful and (part := writing(seen, len(sight.digits))):
            sight, chance = surer(sight, self._look(eye.spotted(seen, self._spotter.spot, part)))
        status, reason = decide(
            sight, chance, lambda: measure_light(seen.grey, (width, height)), (width, height)
        )
        return Reading(
            status,
            tuple(line.digits for line in sight.lines) if status != "nothing" else (),
            reason,
            (time.perf_counter() - start) * 1e3,
            frame.time,
            frame.source,
        )

    def _look(self, seen: eye.View) -> Sight:
        """What stands where the spotter sees digits."""
        recognise = self._recogniser.recognise
        return look(eye.recognised(seen, recognise), self._classifier.classify, recognise)
