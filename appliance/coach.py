"""The coach for focus and light: judges picture after picture, and says what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.decide import advice
from appliance.triggers.stillness import View, moved, view_of
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.light import BLURRED, measure_light

STEADY = 0.05
"""Share of the view that may have moved since the picture before."""

NEAR_BEST = 0.8
"""Share of the best sharpness so far from which the focus counts as found."""

FULL = 60.0
"""Sharpness, grey levels a pixel, at which the bar is full: ink on paper, well in focus. Where more
was seen, that fills it."""

LOW, OCTAVES = 220.0, 3.0
"""The buzzer's tone in hertz where nothing is sharp, and how far it rises from there."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one picture is like.

    sharpness: the steepest edges, in grey levels a pixel, 0..127. best: the highest so far.
    brightness: grey level that nine tenths are below, 0..255. saturated: share of white, 0..1.
    motion: share of the view that moved since the picture before, 0..1, see `moved`.
    advice: what to do now.
    """

    sharpness: float
    best: float
    brightness: float
    saturated: float
    motion: float
    advice: str

    @property
    def level(self) -> float:
        """Sharpness as a share of a full bar, 0..1."""
        return self._share(self.sharpness)

    @property
    def mark(self) -> float:
        """The best sharpness so far as the same share."""
        return self._share(self.best)

    @property
    def hertz(self) -> float:
        """Sharpness as a tone: the higher the sharper."""
        return float(LOW * 2 ** (OCTAVES * self.level))

    def _share(self, sharpness: float) -> float:
        return min(1.0, sharpness / max(FULL, self.best))


class Coach:
    """Judges pictures one after the other, and remembers the sharpest."""

    def __init__(self) -> None:
        self._best = 0.0
        self._before: View | None = None

    def judge(self, frame: Frame) -> Judgement:
        """Judge a picture, of any size."""
        seen = eye.view(frame)  # freed of noise, as the reader judges it
        light = measure_light(seen.grey, noise=seen.noise)
        motion = self._motion(frame)
        if motion <= STEADY:  # what comes into view isn't yet in focus, nor a measure for it
            self._best = max(self._best, light.sharpness)
        words = self._words(light.trouble, light.sharpness, motion)
        return Judgement(
            light.sharpness, self._best, light.brightness, light.saturated, motion, words
        )

    def _words(self, trouble: str | None, sharpness: float, motion: float) -> str:
        if trouble in ("too dark", "too bright"):
            return advice(trouble)
        if motion > STEADY:
            return "Hold it still."
        if sharpness < BLURRED:
            return "Hold up a sheet with writing, closer or farther; or turn the lens."
        if sharpness < NEAR_BEST * self._best:
            return "It was sharper before: go back a little."
        return "Good. Turn the lens, or move the sheet, to see whether it gets sharper."

    def _motion(self, frame: Frame) -> float:
        view, before = view_of(frame), self._before
        self._before = view
        return 0.0 if before is None else moved(view, before)
