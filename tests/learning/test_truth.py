"""What was drawn says which digit stands in a spot, and whether the ink is dark."""

from __future__ import annotations

import numpy as np

from appliance.learning.crops import NONE
from appliance.learning.truth import label_of, polarity_of
from appliance.scenes import Difficulty, Scene, generate
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.spots import Spots


def scene_of(seed: int, digits: str | None = None) -> Scene:
    kind: Difficulty = "easy" if digits else "negative"
    return generate(np.random.default_rng([33, seed]), kind, (480, 640), digits)


def spot_at(*place: float) -> Spots:
    return Spots(np.array([place]), np.full((1, 11), 1 / 11, np.float32))


def test_a_spot_is_the_digit_that_it_lies_on() -> None:
    scene = scene_of(4, "305")
    for box, digit in zip(scene.boxes, (3, 0, 5), strict=True):
        x, y = box.x + box.width / 2, box.y + box.height / 2
        assert label_of(spot_at(x, y, box.width, box.height), scene) == digit
        assert label_of(spot_at(x, y, box.width * 4, box.height * 4), scene) == NONE
        half = spot_at(x, y + 0.4 * box.height, box.width, 0.8 * box.height)
        assert label_of(half, scene) is None, "it is hard to say"
    assert label_of(spot_at(5, 5, 10, 10), scene) == NONE
    assert label_of(spot_at(5, 5, 10, 10), scene_of(1)) == NONE


def test_the_polarity_is_that_of_the_ink() -> None:
    scene = scene_of(4, "305")
    bare = np.repeat((255 - scene.ink)[..., None], 3, axis=2)
    for frame, polarity in ((bare, "dark"), (255 - bare, "light")):
        assert polarity_of(eye.view(Frame(frame)), scene) == polarity
