"""Training of the spotter, which says where in a frame digits are written, on drawn scenes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import TrainingError
from appliance.learning.blocks import block, even_block
from appliance.learning.fitting import fitter, judged_in_threads, trained_on
from appliance.learning.variation import changed, moved
from appliance.network.layers import Array, Spec
from appliance.network.losses import sigmoid_cross_entropy
from appliance.network.network import Network, from_specs
from appliance.network.spotter import AT_ONCE, CELL, CHANNELS, CLASSES
from appliance.network.training import Numbers, Plan, Trainer
from appliance.scenes import Scene
from appliance.values import Box, Frame
from appliance.vision import eye
from appliance.vision.brightness import brightness, in_squares, squares_of

Image = NDArray[np.uint8]

HEIGHT, WIDTH = eye.SPOTTED_SIDE * 3 // 4, eye.SPOTTED_SIDE
"""Of the pictures that it learns from, in pixels: as large as those that it is asked about."""

ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL

INKED, IN_CORE = 80, 127
"""A cell holds ink, or lies in a core, when its target is above this."""

CORE = 0.28
"""Semi-axes of a core as a share of its digit's box; narrow ones count as half as wide as high."""

SEEN_INK = 60
"""A digit without ink above this isn't to be seen."""

INSIDE = 0.6
"""Share of a digit's box that must lie in the frame, for it to be looked for."""

HELD_OUT = 0.05
"""Share of the views, the last ones, that training never sees; people's digits in them it may have
seen in others."""

MEASURED = 64
"""Views on which the batch statistics are measured."""

RARE = -4.0
"""First bias of the outputs: most cells hold nothing."""

PLAN = Plan(epochs=10, batch_size=8, learning_rate=3e-3, warm_up=0.2, averaging=0.998)
"""How a new spotter is trained."""

AGAIN = replace(PLAN, learning_rate=PLAN.learning_rate / 10)
"""How one is trained on."""


def _far(wide: int, wider: int) -> tuple[Spec, ...]:
    """What is seen at a thirty-second of the size."""
    return (*even_block(wide, wider), *even_block(wider, wider), *even_block(wider, wide))


def _around(narrow: int, wide: int, wider: int) -> tuple[Spec, ...]:
    """What is seen at a sixteenth of the size, and farther around."""
    return (
        *even_block(narrow, wide),
        {"kind": "Context", "layers": [*_far(wide, wider)]},
        *even_block(wide, narrow),
    )


LAYERS: tuple[Spec, ...] = (
    *block(CHANNELS, 32, 1, pool=False),
    {"kind": "SpaceToDepth", "block": 2},
    *block(4 * 32, 32, 1, pool=False),
    *even_block(32, 32),
    {"kind": "Context", "layers": [*_around(32, 48, 64)]},
    *even_block(32, 48),
    {"kind": "Convolution", "channels": 48, "kernels": AT_ONCE**2 * len(CLASSES), "size": 1},
    {"kind": "DepthToSpace", "block": AT_ONCE},
)
"""A U-Net of three sizes that answers for each cell of CELL pixels.

It begins with squares of pixels, each seen alone (as Dosovitskiy et al. 2021 do): convolutions at
full size would take as long as all the rest.
"""


@dataclass(frozen=True, eq=False)
class Views:
    """What the eye sees of scenes, and what the spotter should say to it.

    grey: uint8 (N, 768, 1024). targets: uint8 (N, 192, 256, 2), 0..255, for each cell: the most
    that a pixel of it is covered with digits' ink; 255 in a digit's core, else 0.
    """

    grey: Image
    targets: Image

    def __len__(self) -> int:
        return len(self.grey)

    def __getitem__(self, chosen: slice) -> Views:
        """Some of them."""
        return Views(self.grey[chosen], self.targets[chosen])


def gathered(pairs: Iterable[tuple[Image, Image]], count: int) -> Views:
    """Put together what `view_of` gives for so many scenes."""
    views = Views(
        np.empty((count, HEIGHT, WIDTH), np.uint8),
        np.empty((count, ROWS, COLUMNS, len(CLASSES)), np.uint8),
    )
    for number, (grey, targets) in zip(range(count), pairs, strict=True):
        views.grey[number], views.targets[number] = grey, targets
    return views


def view_of(scene: Scene) -> tuple[Image, Image]:
    """A scene as the spotter sees it, and what it should say: one of each of Views' arrays."""
    seen = eye.view(Frame(scene.frame))
    height, width = seen.grey.shape
    factor = min(WIDTH / width, HEIGHT / height)
    grey = eye.sized(seen.grey, round(max(height, width) * factor))[:HEIGHT, :WIDTH]
    height, width = grey.shape
    below, beside = HEIGHT - height, WIDTH - width
    padded = cv2.copyMakeBorder(grey, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    targets = np.stack([_ink(scene.ink, width, height), _cores(scene, seen.scale * factor)], -1)
    return np.asarray(padded, np.uint8), targets


def _ink(ink: Image, width: int, height: int) -> Image:
    """The most ink in each cell, uint8 (ROWS, COLUMNS)."""
    smaller = width <= ink.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    whole = np.zeros((HEIGHT, WIDTH), np.uint8)
    whole[:height, :width] = cv2.resize(ink, (width, height), interpolation=how)
    most: Image = whole.reshape(ROWS, CELL, COLUMNS, CELL).max(axis=(1, 3))
    return most


def _cores(scene: Scene, scale: float) -> Image:
    """An ellipse of 255 in the middle of each digit that is to be seen, (ROWS, COLUMNS)."""
    cores = np.zeros((ROWS, COLUMNS), np.uint8)
    for box in scene.boxes:
        if is_seen(box, scene.ink):
            _draw_core(cores, box, scale / CELL)
    return cores


def is_seen(box: Box, ink: Image) -> bool:
    """Whether enough of a digit lies in the frame; box and ink, uint8 (H, W): as in Scene."""
    height, width = ink.shape
    x, y = max(0, box.x), max(0, box.y)
    right, bottom = min(box.x + box.width, width), min(box.y + box.height, height)
    if right <= x or bottom <= y:
        return False
    inside = (right - x) * (bottom - y) / (box.width * box.height)
    return inside >= INSIDE and bool((ink[y:bottom, x:right] > SEEN_INK).any())


def _draw_core(cores: Image, box: Box, scale: float) -> None:
    """Draw a box's core; scale: cells per pixel of the frame. The least core is its middle."""
    x = (box.x + box.width / 2) * scale - 0.5
    y = (box.y + box.height / 2) * scale - 0.5
    axes = 2 * CORE * scale * max(box.width, 0.5 * box.height), 2 * CORE * scale * box.height
    cv2.ellipse(cores, ((x, y), (max(1.6, axes[0]), max(1.6, axes[1])), 0), 255, -1)
    row, column = np.clip([round(y), round(x)], 0, [ROWS - 1, COLUMNS - 1])
    cores[row, column] = 255


def spotter_trainer(
    views: Views, plan: Plan = PLAN, seed: int = 0, start: Network | None = None
) -> Trainer:
    """A trainer for the spotter, on most of the views; the last ones are held out.

    start: a network to train on. Raises TrainingError when there are too few views. Its accuracy
    is the share of the held-out views' cores that are found.
    """
    kept = trained_on(len(views), HELD_OUT)
    if kept < 1:
        raise TrainingError(f"{len(views)} scenes can't train a spotter; draw at least two")
    task = Spotting(views[:kept], views[kept:], plan.batch_size)
    return fitter(start or _fresh(seed), task, plan, seed)


class Spotting:
    """The task of the spotter: see `Task`."""

    clueless = math.log(2)
    least_share, advice = 1, "another seed"

    def __init__(self, training: Views, others: Views, batch_size: int) -> None:
        self.training, self.others, self.held_out = training, others, len(others)
        self._batch_size = batch_size

    def __len__(self) -> int:
        return len(self.training)

    def order(self, random: np.random.Generator) -> Numbers:
        """All views."""
        return random.permutation(len(self))

    def loss(
        self, network: Network, chosen: Numbers, random: np.random.Generator
    ) -> tuple[float, Array]:
        """The mean over the views' cells."""
        inputs, targets = self._batch(chosen, random)
        return sigmoid_cross_entropy(network.forward(inputs, training=True), targets)

    def samples(self, chance: np.random.Generator, random: np.random.Generator) -> Iterator[Array]:
        """Some of the views."""
        chosen, size = self.order(random)[:MEASURED], self._batch_size
        for first in range(0, len(chosen), size):
            yield self._batch(chosen[first : first + size], random)[0]

    def judged(self, network: Network, threads: int) -> tuple[float, float]:
        """How many cores are found."""
        return judged_in_threads(self._judged, self.held_out, network, threads)

    def _judged(self, network: Network, chosen: Numbers) -> tuple[float, int, int]:
        views = self.others
        each = [_judged(network, views.grey[i], views.targets[i]) for i in chosen]
        losses, found, cores = zip(*each, strict=True)
        return sum(losses), sum(found), sum(cores)

    def _batch(self, chosen: Numbers, random: np.random.Generator) -> tuple[Array, Array]:
        """Take views, change each: what goes in, and what should come out."""
        views = self.training
        pairs = [moved(views.grey[i], views.targets[i], random) for i in chosen]
        inputs = [in_squares(changed(brightness(grey), random)) for grey, _ in pairs]
        return np.stack(inputs), _wanted(np.stack([targets for _, targets in pairs]))


def _fresh(seed: int) -> Network:
    network = from_specs(LAYERS, np.random.default_rng([seed, 100]))
    network.layers[-2].parameters["bias"][...] = RARE
    return network


def _wanted(targets: Image) -> Array:
    """What the probabilities should be, 0 or 1."""
    return (targets > np.array([INKED, IN_CORE], np.uint8)).astype(np.float32)


def _judged(network: Network, grey: Image, targets: Image) -> tuple[float, int, int]:
    """Loss on one view, how many of its cores are found, and how many there are."""
    picture = squares_of(grey)
    logits, wanted = network.forward(picture[None])[0], _wanted(targets)
    loss, _ = sigmoid_cross_entropy(logits, wanted)
    count, labels = cv2.connectedComponents(wanted[..., 1].astype(np.uint8))
    found = np.unique(labels[(logits[..., 1] > 0) & (labels > 0)])
    return loss, len(found), count - 1
