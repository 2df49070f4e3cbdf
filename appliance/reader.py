"""The reader: Frame -> Reading. Where digits are, which they are, and what to make of it."""

from __future__ import annotations

import time
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.decide import decide
from appliance.sight import look
from appliance.values import Frame, Prediction, Reading
from appliance.vision import eye
from appliance.vision.light import measure_light


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
        seen = eye.spotted(eye.view(frame), self._spotter.spot)
        seen = eye.recognised(seen, self._recogniser.recognise)
        sight = look(seen, self._classifier.classify, self._recogniser.recognise)
        height, width = frame.pixels.shape[:2]
        status, reason = decide(
            sight, lambda: measure_light(seen.grey, (width, height)), (width, height)
        )
        return Reading(
            status,
            tuple(line.digits for line in sight.lines) if status != "nothing" else (),
            reason,
            (time.perf_counter() - start) * 1e3,
            frame.time,
            frame.source,
        )
