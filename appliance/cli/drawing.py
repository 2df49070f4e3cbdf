"""What processes that draw scenes share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from appliance.network.datasets import read_mnist
from appliance.scenes import Difficulty, Samples, Scene, generate

KINDS: tuple[Difficulty, ...] = (
    "easy", "crop", "medium", "negative", "hard",
    "page", "crop", "screen", "medium", "hard",
    "easy", "crop", "negative", "empty crop", "page",
    "screen", "crop", "medium", "negative", "hard",
)  # fmt: skip
"""Kinds of scenes, in turn."""


def drawn(seed: int, number: int, mnist: Path | None) -> tuple[Scene, np.random.Generator]:
    """Draw one of a seed's scenes; also returns the random numbers that follow.

    mnist: folder with MNIST's training files, from which half of the digits are taken.
    """
    cv2.setNumThreads(1)
    random = np.random.default_rng([seed, number])
    return generate(random, KINDS[number % len(KINDS)], samples=_samples(mnist)), random


@cache
def _samples(mnist: Path | None) -> Samples | None:
    """Other people's digits, read once in each process."""
    if mnist is None:
        return None
    training = read_mnist(mnist)
    return Samples(training.glyphs, training.labels)
