"""Training of the detector, which tells writing from clutter, on harvested patches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from appliance.learning.blocks import block
from appliance.learning.crops import Crops
from appliance.network.datasets import Dataset
from appliance.network.deformation import Deformation, Glyphs, sample
from appliance.network.layers import Spec
from appliance.network.network import from_specs
from appliance.network.optimizers import Adam
from appliance.network.training import Plan, Trainer
from appliance.vision.patch import CLOSE, GLANCE

PAPER = (np.float32(1 / 3), np.float32(0), np.float32(1 / 3))
"""What bare paper is in each channel of a patch."""

HELD_OUT = 0.12
"""Share of the patches, of the last scenes, that training never sees."""

MOST_CLUTTER = 4
"""Patches of clutter for each patch of writing; more of them teach little."""


def _end(inputs: int) -> tuple[Spec, ...]:
    return (
        {"kind": "Flatten"},
        {"kind": "Dropout", "share": 0.3},
        {"kind": "Dense", "inputs": inputs, "outputs": 2},
    )


_GLANCE: tuple[Spec, ...] = (
    {"kind": "Reshape", "shape": [GLANCE, GLANCE, 3]},
    *block(3, 12, 3),
    *block(12, 24, 4),
    *block(24, 48, 3, pool=False),
    *_end(432),
)

_CLOSE: tuple[Spec, ...] = (
    {"kind": "Reshape", "shape": [CLOSE, CLOSE, 3]},
    *block(3, 16, 3),
    *block(16, 32, 4),
    *block(32, 64, 3),
    *block(64, 64, 3, pool=False),
    *_end(256),
)

LAYERS: dict[int, tuple[Spec, ...]] = {GLANCE: _GLANCE, CLOSE: _CLOSE}
"""By the patches' height and width."""

PLAN = Plan(epochs=10, learning_rate=3e-3, smoothing=0.01)
DEFORMATION = {
    size: Deformation(rotation=8, scale=0.15, aspect=0.1, translation=size / 14)
    for size in (GLANCE, CLOSE)
}


def detector_trainer(crops: Crops, epochs: int, seed: int) -> Trainer:
    """A trainer for the detector or the verifier; a third or more of each batch is writing.

    Raises TrainingError or DatasetError when the crops can't teach it.
    """
    labels = crops.writing.astype(np.int64)
    kept = round(len(labels) * (1 - HELD_OUT))
    writing, clutter = np.flatnonzero(labels[:kept]), np.flatnonzero(labels[:kept] == 0)
    some = np.random.default_rng([seed, 101]).permutation(clutter)[: MOST_CLUTTER * len(writing)]
    times = max(1, round(len(some) / 2 / max(1, len(writing))))
    chosen = np.concatenate([some, np.repeat(writing, times)])
    return Trainer(
        from_specs(LAYERS[crops.patches.shape[1]], np.random.default_rng([seed, 100])),
        Adam(weight_decay=0.01),
        replace(PLAN, epochs=epochs),
        Dataset(_inked(crops.patches[chosen]), labels[chosen]),
        Dataset(_inked(crops.patches[kept:]), labels[kept:]),
        seed=seed,
        augment=_augment,
    )


def _inked(patches: NDArray[np.uint8]) -> Glyphs:
    return patches.astype(np.float32) / np.float32(255)


def _augment(patches: Glyphs, random: np.random.Generator) -> Glyphs:
    """Deform patches (N, size, size, 3), fade or strengthen them, add the sensor's noise."""
    size = patches.shape[1]
    x, y = DEFORMATION[size].places(len(patches), random, size)
    shape = (len(patches), 1, 1)
    strength = random.uniform(0.8, 1.25, shape).astype(np.float32)
    noise = random.uniform(0, 0.03, shape).astype(np.float32)
    result = np.empty_like(patches)
    for channel, paper in enumerate(PAPER):
        relative = sample(patches[..., channel] - paper, x.copy(), y.copy())
        if paper:
            relative *= strength
            relative += random.standard_normal(relative.shape, np.float32) * noise
        np.clip(relative + paper, 0, 1, out=result[..., channel])
    return result
