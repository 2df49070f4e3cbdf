"""Training of the recogniser, which says what digit a window shows and where, on drawn scenes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from appliance.errors import TrainingError
from appliance.learning.blocks import block
from appliance.learning.crops import NONE
from appliance.learning.fitting import fitter, judged_in_threads, parted
from appliance.learning.warping import any_warp, slight_warp, warped
from appliance.learning.windows import Example
from appliance.network.layers import Array, Spec
from appliance.network.losses import softmax_cross_entropy
from appliance.network.network import Network, from_specs
from appliance.network.recogniser import CLASSES, relative_brightness
from appliance.network.training import Numbers, Plan, Trainer
from appliance.values import WINDOW_SIZE

SAYS = NONE + 1
"""The first outputs: the digits and none; the others are the offsets."""

HELD_OUT = 0.04
"""Share of the scenes, the last ones, that training never sees; people's digits in them it may have
seen in others."""

MEASURED, MEASURED_AT_ONCE = 4096, 256
"""Windows on which the batch statistics are measured."""

PLACED = 0.5
"""What the offsets' loss counts for beside that of what the window shows."""

CLOSE = 0.1
"""Below this an offset's error counts as its square, above as itself (Girshick 2015)."""

INVERTED, CONTRAST, NOISE = 0.15, (0.8, 1.25), 0.4
"""Share of the windows that are turned light for dark, factors of their contrast, and standard
deviation of the strongest noise in parts of the contrast; most is far weaker."""

PLAN = Plan(epochs=16, batch_size=128, learning_rate=2e-3, smoothing=0.02)
"""How a new recogniser is trained."""

AGAIN = replace(PLAN, learning_rate=PLAN.learning_rate / 10)
"""How one is trained on."""

LAYERS: tuple[Spec, ...] = (
    {"kind": "Reshape", "shape": [WINDOW_SIZE, WINDOW_SIZE, 1]},
    {"kind": "SpaceToDepth", "block": 2},
    *block(4, 32, 3, pool=False),
    *block(32, 48, 3),
    *block(48, 88, 3, pool=False),
    *block(88, 128, 3),
    {"kind": "Flatten"},
    {"kind": "Dense", "inputs": 9 * 128, "outputs": 192},
    {"kind": "ReLU"},
    {"kind": "Dropout", "share": 0.2},
    {"kind": "Dense", "inputs": 192, "outputs": len(CLASSES)},
)


def recogniser_trainer(
    scenes: Sequence[Sequence[Example]],
    plan: Plan = PLAN,
    seed: int = 0,
    start: Network | None = None,
) -> Trainer:
    """A trainer for the recogniser, on most of the scenes' windows; the last scenes are held out.

    start: a network to train on. Raises TrainingError when there are too few windows. Its accuracy
    is the share of the held-out windows of which it says rightly what they show.
    """
    training, others = parted(scenes, HELD_OUT)
    if not others or all(example.label == NONE for example in training):
        raise TrainingError(f"{len(scenes)} scenes show too little to train on; draw more")
    network = start or from_specs(LAYERS, np.random.default_rng([seed, 100]))
    return fitter(network, Recognising(training, others, plan.smoothing), plan, seed)


class Recognising:
    """The task of the recogniser: see `Task`. As many windows without digits are shown as with."""

    clueless = math.log(SAYS)
    least_share, advice = 1, "another seed"

    def __init__(
        self, training: Sequence[Example], others: Sequence[Example], smoothing: float
    ) -> None:
        self._training, self.held_out = training, len(others)
        self._labels, self._judged_labels = _labels(training), _labels(others)
        self._digits = np.flatnonzero(self._labels != NONE)
        self._none = np.flatnonzero(self._labels == NONE)
        self._smoothing = smoothing
        same = slight_warp(len(others), np.random.default_rng(3))  # whatever the seed
        self._judged_windows, self._judged_offsets = warped(others, same)

    def __len__(self) -> int:
        return len(self._digits) + min(len(self._none), len(self._digits))

    def order(self, random: np.random.Generator) -> Numbers:
        """All digits, and others than last time of what is none."""
        none = random.permutation(self._none)[: len(self._digits)]
        return random.permutation(np.concatenate([self._digits, none]))

    def loss(
        self, network: Network, chosen: Numbers, random: np.random.Generator
    ) -> tuple[float, Array]:
        """See `window_loss`."""
        inputs, offsets = self._batch(chosen, random)
        outputs = network.forward(inputs, training=True)
        return window_loss(outputs, self._labels[chosen], offsets, self._smoothing)

    def samples(self, chance: np.random.Generator, random: np.random.Generator) -> Iterator[Array]:
        """Some of the windows, more of them without digits."""
        chosen = random.permutation(len(self._training))[:MEASURED]
        for first in range(0, len(chosen), MEASURED_AT_ONCE):
            yield self._batch(chosen[first : first + MEASURED_AT_ONCE], random)[0]

    def judged(self, network: Network, threads: int) -> tuple[float, float]:
        """How many windows' digits, or none, are told."""
        return judged_in_threads(self._judged, self.held_out, network, threads)

    def _judged(self, network: Network, chosen: Numbers) -> tuple[float, int, int]:
        windows, labels = self._judged_windows[chosen], self._judged_labels[chosen]
        outputs = network.predict(relative_brightness(windows))
        loss, _ = window_loss(outputs, labels, self._judged_offsets[chosen])
        right = outputs[:, :SAYS].argmax(axis=1) == labels
        return loss * len(chosen), int(right.sum()), len(chosen)

    def _batch(self, chosen: Numbers, random: np.random.Generator) -> tuple[Array, Array]:
        """Take windows, change each: what goes in, and where the digits are."""
        examples = [self._training[i] for i in chosen]
        windows, offsets = warped(examples, any_warp(len(examples), random))
        return changed(relative_brightness(windows), random), offsets


def window_loss(
    outputs: Array, labels: Numbers, offsets: Array, smoothing: float = 0.0
) -> tuple[float, Array]:
    """Mean loss on windows, and its gradient by the outputs, (N, len(CLASSES)).

    labels: (N,) in 0..NONE. offsets: (N, 4); they count for digits only. smoothing: see Plan.
    """
    says, gradient_of_says = softmax_cross_entropy(outputs[:, :SAYS], labels, smoothing)
    apart = (outputs[:, SAYS:] - offsets) * (labels != NONE)[:, None]
    far = np.abs(apart)
    placed = np.where(far < CLOSE, far**2 / (2 * CLOSE), far - CLOSE / 2)
    share = PLACED / len(outputs)
    gradient_of_places = share * np.clip(apart / CLOSE, -1, 1)
    gradient = np.concatenate([gradient_of_says, gradient_of_places], axis=1)
    return says + share * float(placed.sum()), gradient.astype(outputs.dtype)


def _labels(examples: Sequence[Example]) -> Numbers:
    return np.array([example.label for example in examples], np.int64)


def changed(inputs: Array, random: np.random.Generator) -> Array:
    """Change the contrast of pictures (N, H, W, 1) in place, invert some, add noise."""
    shape = (len(inputs), 1, 1, 1)
    contrast = random.uniform(*CONTRAST, shape) * np.where(random.random(shape) < INVERTED, -1, 1)
    inputs *= contrast.astype(np.float32)
    noise = NOISE * random.uniform(0, 1, shape) ** 3
    inputs += random.standard_normal(inputs.shape, np.float32) * noise.astype(np.float32)
    return inputs
