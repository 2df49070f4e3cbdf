"""Training of the transcriber, which reads lines as a whole, on drawn scenes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import TrainingError
from appliance.learning.blocks import block, even_block
from appliance.learning.fitting import fitter, judged_in_threads, parted
from appliance.learning.recognising import changed
from appliance.learning.strips import Example
from appliance.network.ctc import ctc_loss, log_softmax, most_likely
from appliance.network.layers import Array, Spec
from appliance.network.network import Network, from_specs
from appliance.network.training import Numbers, Plan, Trainer
from appliance.network.transcriber import CLASSES, relative
from appliance.values import AROUND, COLUMN, STRIP_HEIGHT

HELD_OUT = 0.04
"""Share of the scenes, the last ones, that training never sees; people's digits in them it may have
seen in others."""

EMPTY = 0.4
"""Strips without digits that are shown, as a share of those with."""

AT_ONCE, SORTED = 64, 32
"""Strips in a batch; of so many batches those of like length are shown together."""

MEASURED = 64
"""Batches on which the batch statistics are measured."""

SLANT = 0.25
"""How far strips are slanted at most."""

PLAN = Plan(epochs=9, batch_size=AT_ONCE, learning_rate=2e-3, averaging=0.9985)
"""How a new transcriber is trained."""

AGAIN = replace(PLAN, learning_rate=PLAN.learning_rate / 10)
"""How one is trained on."""

LAYERS: tuple[Spec, ...] = (
    {"kind": "SpaceToDepth", "block": 2},
    *even_block(4, 32, pool=True),
    *block(32, 56, 3, pool=False),
    *block(56, 96, 3, pool=False),
    *block(96, 128, 3, pool=False),
    *block(128, 176, 3, pool=False),
    {"kind": "Dropout", "share": 0.1},
    {"kind": "Convolution", "channels": 176, "kernels": len(CLASSES), "size": 1},
)
"""Nine rows of squares become one, while each column sees four more on both sides: AROUND."""


def transcriber_trainer(
    scenes: Sequence[Sequence[Example]],
    plan: Plan = PLAN,
    seed: int = 0,
    start: Network | None = None,
) -> Trainer:
    """A trainer for the transcriber, on most of the scenes' strips; the last scenes are held out.

    start: a network to train on. Raises TrainingError when there are too few strips. Its accuracy
    is the share of the held-out strips that it reads right to the last digit.
    """
    training, others = parted(scenes, HELD_OUT)
    if not others or not any(example.digits for example in training):
        raise TrainingError(f"{len(scenes)} scenes show too little to train on; draw more")
    network = start or from_specs(LAYERS, np.random.default_rng([seed, 100]))
    return fitter(network, Transcribing(training, others), plan, seed)


class Transcribing:
    """The task of the transcriber: see `Task`."""

    clueless = 40 * math.log(len(CLASSES))  # of as many columns
    least_share, advice = 1, "another seed"

    def __init__(self, training: Sequence[Example], others: Sequence[Example]) -> None:
        self._training = training
        self._others = sorted(others, key=lambda example: example.grey.shape[1])
        self.held_out = len(others)
        self._lengths = np.array([example.grey.shape[1] for example in training], np.int64)
        empty = np.array([not example.digits for example in training], np.bool_)
        self._written, self._empty = np.flatnonzero(~empty), np.flatnonzero(empty)

    def __len__(self) -> int:
        return len(self._written) + self._shown_empty()

    def order(self, random: np.random.Generator) -> Numbers:
        """All strips with digits, and others than last time of those without."""
        empty = random.permutation(self._empty)[: self._shown_empty()]
        order = random.permutation(np.concatenate([self._written, empty]))
        parts = []
        for first in range(0, len(order), AT_ONCE * SORTED):
            part = order[first : first + AT_ONCE * SORTED]
            part = part[np.argsort(self._lengths[part], kind="stable")]
            whole = len(part) // AT_ONCE * AT_ONCE
            batches = part[:whole].reshape(-1, AT_ONCE)
            parts += [random.permutation(batches).ravel(), part[whole:]]
        return np.concatenate(parts)

    def loss(
        self, network: Network, chosen: Numbers, random: np.random.Generator
    ) -> tuple[float, Array]:
        """See `ctc_loss`."""
        examples = [self._training[i] for i in chosen]
        outputs = network.forward(_batch(examples, random), training=True)
        return _loss(outputs, examples)

    def samples(self, chance: np.random.Generator, random: np.random.Generator) -> Iterator[Array]:
        """Some of the batches."""
        order = self.order(random)
        for first in range(0, min(len(order), MEASURED * AT_ONCE), AT_ONCE):
            yield _batch([self._training[i] for i in order[first : first + AT_ONCE]], random)

    def judged(self, network: Network, threads: int) -> tuple[float, float]:
        """How many strips are read right."""
        return judged_in_threads(self._judged, self.held_out, network, threads)

    def _judged(self, network: Network, chosen: Numbers) -> tuple[float, int, int]:
        total, right = 0.0, 0
        for first in range(0, len(chosen), AT_ONCE):
            examples = [self._others[i] for i in chosen[first : first + AT_ONCE]]
            outputs = network.forward(_batch(examples))
            total += _loss(outputs, examples)[0] * len(examples)
            for says, example in zip(log_softmax(outputs[:, 0]), examples, strict=True):
                found = most_likely(says[: _columns(example)])
                right += tuple(digit for digit, _ in found) == example.digits
        return total, right, len(chosen)

    def _shown_empty(self) -> int:
        return min(len(self._empty), math.ceil(EMPTY * len(self._written)))


def _loss(outputs: Array, examples: Sequence[Example]) -> tuple[float, Array]:
    columns = np.array([_columns(example) for example in examples], np.int64)
    loss, gradient = ctc_loss(outputs[:, 0], columns, [example.digits for example in examples])
    return loss, gradient[:, None]


def _columns(example: Example) -> int:
    return int(example.grey.shape[1] - 2 * AROUND) // COLUMN


def _batch(examples: Sequence[Example], random: np.random.Generator | None = None) -> Array:
    """Strips as the network gets them, float32 (N, STRIP_HEIGHT, W, 1), as wide as the widest.

    random: changes each; None leaves them as they are.
    """
    width = max(example.grey.shape[1] for example in examples)
    result = np.zeros((len(examples), STRIP_HEIGHT, width, 1), np.float32)
    for row, example in zip(result, examples, strict=True):
        if random is None:
            strip = relative(example.grey)
        else:
            strip = relative(_slanted(example.grey, random))
            changed(strip[None, :, :, None], random)
        row[:, : strip.shape[1], 0] = strip
    return result


def _slanted(strip: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """The strip, its writing slanted otherwise."""
    slant = float(random.uniform(-SLANT, SLANT))
    matrix = np.array([[1, slant, -slant * (STRIP_HEIGHT - 1) / 2], [0, 1, 0]])
    size = strip.shape[::-1]
    return np.asarray(
        cv2.warpAffine(strip, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
