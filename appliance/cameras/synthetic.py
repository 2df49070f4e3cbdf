"""Drawn scenes as a camera: pages with handwriting, held up by somebody who isn't there."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np

from appliance.errors import CameraError, PictureError
from appliance.keys import Key
from appliance.learning.samples import read_samples
from appliance.paths import expanded
from appliance.ports import Clock
from appliance.scenes import Difficulty, Scene, check_digits, generate
from appliance.service.clock import SystemClock
from appliance.values import Frame

SMALL = (320, 240)
"""Width and height of a watch frame."""

MIXTURES: dict[str, tuple[Difficulty, ...]] = {
    "neat": ("neat",),
    "easy": ("easy",),
    "mixed": ("easy", "easy", "medium"),
    "medium": ("medium",),
    "hard": ("hard",),
    "page": ("page",),
    "negative": ("negative",),
}


class Synthetic:
    """Gives a new scene for each capture; the watch frame shows the one that comes next.

    The same seed gives the same scenes. truth: the digits of the scene that was captured last,
    lines separated by newlines; empty before the first and when the scene held no digit.
    scene: the last captured scene itself, with boxes and ink; None before the first.

    Raises DatasetError when MNIST is asked for and isn't there.
    """

    one_shot = True  # the next capture shows something else: don't vote over several

    def __init__(
        self,
        seed: Annotated[int, Key("Which scenes to draw; each number gives others.", 0)] = 0,
        scenes: Annotated[str, Key("What the scenes are like.", choices=tuple(MIXTURES))] = "easy",
        digits: Annotated[
            str,
            Key("Digits, or lines of them, that every page shows; empty writes some at random."),
        ] = "",
        mnist: Annotated[
            str,
            Key(
                "Folder with MNIST's training files, to mix its digits in; empty for none.",
                path=True,
            ),
        ] = "",
        clock: Clock | None = None,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._mixture = MIXTURES[scenes]
        self._digits = digits or None
        self._clock = clock or SystemClock()
        self._samples = read_samples(expanded(mnist)) if mnist else None
        self._next: Scene | None = None
        self._open = True
        self.scene: Scene | None = None

    @staticmethod
    def unfit(scenes: str, digits: str, **others: object) -> dict[str, str]:
        """What is wrong with settings that are right each by itself: by key, what is expected."""
        try:
            for kind in MIXTURES[scenes] if digits else ():
                check_digits(digits, kind)
        except PictureError as error:
            return {"digits": f'what fits scenes = "{scenes}"; {error}'}
        return {}

    @property
    def truth(self) -> str:
        """The digits of the last captured scene."""
        return "" if self.scene is None else self.scene.text

    def capture(self) -> Frame:
        """Give the scene, uint8 (960, 1280, 3), and let the next page be held up."""
        self.scene, self._next = self._current(), None
        return Frame(self.scene.frame, self._clock.time(), "synthetic")

    def watch(self) -> Frame:
        """Give the scene that `capture` would give, in grey, uint8 (240, 320)."""
        grey = cv2.cvtColor(self._current().frame, cv2.COLOR_BGR2GRAY)
        small = np.asarray(cv2.resize(grey, SMALL, interpolation=cv2.INTER_AREA), np.uint8)
        return Frame(small, self._clock.time(), "synthetic")

    def close(self) -> None:
        """Stop; a frame asked for later is an error."""
        self._open = False

    def _current(self) -> Scene:
        if not self._open:
            raise CameraError("the synthetic camera is closed; open another one")
        if self._next is None:
            kind = self._mixture[int(self._rng.integers(len(self._mixture)))]
            self._next = generate(self._rng, kind, digits=self._digits, samples=self._samples)
        return self._next
