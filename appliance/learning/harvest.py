"""The harvest: glyphs that the eye cuts out of drawn scenes, labelled by what was drawn there.

The scene knows its digits, so every glyph gets its truth without a person's help: training on
them, the classifier learns the eye's own mistakes.
"""

from __future__ import annotations

import numpy as np

from appliance.learning.crops import Crops
from appliance.learning.truth import label_of, polarity_of
from appliance.scenes import Scene
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.cutting import cut_out
from appliance.vision.spots import Recognise


def harvest(scene: Scene, spot: eye.Spot, recognise: Recognise) -> Crops:
    """The glyphs in all spots of a scene, sure and doubtful ones, but those hard to name."""
    seen = eye.recognised(eye.spotted(eye.view(Frame(scene.frame)), spot), recognise)
    polarity, glyphs, labels = polarity_of(seen, scene), [], []
    for index, place in enumerate(seen.spots.places):
        label = label_of(seen.spots[[index]], scene)
        if label is not None:
            glyphs.append(cut_out(seen.levels, place * seen.scale, polarity, seen.noise).pixels)
            labels.append(label)
    cut = np.array(glyphs, np.float32).reshape(-1, 28, 28)
    return Crops(cut, np.array(labels, np.int64))
