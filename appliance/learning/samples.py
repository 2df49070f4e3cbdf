"""MNIST's digits for drawn scenes, as far as they stay legible in another pen."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.network.classifier import Classifier
from appliance.network.datasets import read_mnist
from appliance.scenes import Samples
from appliance.scenes.strokes import Stroke, bounds, rasterise
from appliance.vision.glyph import normalise

HIGH = 60.0
"""Pixels of height in which strokes are judged."""

LEGIBLE = 0.5
"""How sure the classifier must be of the digit."""


def read_samples(mnist: Path) -> Samples:
    """The training images in a folder; raises DatasetError when they aren't there.

    A middle line loses a small loop now and then, and a broad pen fills one: what the shipped
    classifier doesn't recognise any more isn't drawn, for its label would be wrong.
    """
    training = read_mnist(mnist)
    return Samples(training.glyphs, training.labels, partial(is_legible, Classifier.load()))


def is_legible(classifier: Classifier, strokes: list[Stroke], digit: int) -> bool:
    """Whether strokes, one unit high, are recognised as a digit."""
    return bool(classifier.probabilities(glyph_of(strokes)[None])[0, digit] > LEGIBLE)


def glyph_of(strokes: list[Stroke]) -> NDArray[np.float32]:
    """Strokes, one unit high, as a glyph, (28, 28)."""
    left, top, right, bottom = bounds(strokes)
    large = [(stroke - (left, top, 0.0)) * HIGH for stroke in strokes]
    size = math.ceil((bottom - top) * HIGH), math.ceil((right - left) * HIGH)
    cover, _, _ = rasterise(large, *size)
    width = float(np.median(np.vstack(large)[:, 2]))
    return normalise(cover.astype(np.float32) / np.float32(255), width)
