"""Recipes: how the project's networks are trained, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from appliance.network.blemishes import Blemishes
from appliance.network.book import BookRecipe
from appliance.network.classification import Classification, Draw
from appliance.network.datasets import Dataset
from appliance.network.deformation import Deformation, Glyphs
from appliance.network.handwriting import WrittenDigits
from appliance.network.layers import Spec
from appliance.network.network import Network, from_specs
from appliance.network.nondigits import NonDigits
from appliance.network.training import Plan
from appliance.values import GLYPH_SIZE


def convolutional(
    channels: tuple[int, int, int, int, int], outputs: int, dropout: float = 0.0
) -> tuple[Spec, ...]:
    """Describe five convolutions, the second and fourth pooled, and a dense layer: 28x28 -> 2x2."""
    specs: list[Spec] = [{"kind": "Reshape", "shape": [28, 28, 1]}]
    for index, (before, after) in enumerate(zip((1, *channels), channels, strict=False)):
        shape = {"channels": before, "kernels": after, "size": 3}
        specs.append({"kind": "Convolution", "bias": False, **shape})
        if index in (1, 3):
            specs.append({"kind": "MaxPool"})
        specs += [{"kind": "BatchNorm", "channels": after}, {"kind": "ReLU"}]
    if dropout:
        specs.append({"kind": "Dropout", "share": dropout})
    inputs = 2 * 2 * channels[-1]
    return (*specs, {"kind": "Flatten"}, {"kind": "Dense", "inputs": inputs, "outputs": outputs})


def fully_connected(hidden: tuple[int, ...], outputs: int) -> tuple[Spec, ...]:
    """Describe dense layers of these sizes, normalised, with ReLUs between them."""
    specs: list[Spec] = [{"kind": "Flatten"}]
    inputs = GLYPH_SIZE * GLYPH_SIZE
    for size in hidden:
        specs.append({"kind": "Dense", "inputs": inputs, "outputs": size, "bias": False})
        specs += [{"kind": "BatchNorm", "channels": size}, {"kind": "ReLU"}]
        inputs = size
    return (*specs, {"kind": "Dense", "inputs": inputs, "outputs": outputs})


@dataclass(frozen=True)
class Recipe:
    """What `Trainer` needs, and how the result is stored.

    handwriting, nondigits: shares, of the batch, of digits and other shapes drawn by the project
    that are added to each batch. held_out: glyphs of the training set that are kept to choose and
    to calibrate by. storage: type of the stored arrays.
    """

    layers: tuple[Spec, ...]
    plan: Plan
    deformation: Deformation
    blemishes: Blemishes = field(default_factory=Blemishes)
    handwriting: float = 0.0
    nondigits: float = 0.0
    weight_decay: float = 0.0
    held_out: int = 5000
    storage: str = "float16"

    def network(self, seed: int) -> Network:
        """Build the untrained network."""
        return from_specs(self.layers, np.random.default_rng([seed, 100]))

    def augment(self, glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
        """Deform and blemish glyphs (N, 28, 28) at random."""
        if self.deformation != Deformation():
            glyphs = self.deformation(glyphs, random)
        return self.blemishes(glyphs, random)

    def supplies(
        self, digits: Dataset, seed: int, others: Glyphs | None = None
    ) -> list[tuple[float, Draw]]:
        """Draw what is added to each batch; `others` are more glyphs that aren't digits."""
        random = np.random.default_rng([seed, 101])
        result: list[tuple[float, Draw]] = []
        if self.handwriting:
            result.append((self.handwriting, WrittenDigits(random)))
        if self.nondigits:
            result.append((self.nondigits, NonDigits(digits, random, others=others)))
        return result

    def task(
        self, training: Dataset, held_out: Dataset, supplies: Sequence[tuple[float, Draw]]
    ) -> Classification:
        """What a network of this recipe is to learn; see `Classification`."""
        return Classification(
            training,
            held_out,
            smoothing=self.plan.smoothing,
            augment=self.augment,
            supplies=supplies,
        )


RECIPES: dict[str, Recipe | BookRecipe] = {
    "default": Recipe(
        layers=convolutional((16, 16, 48, 64, 128), 11, dropout=0.2),
        plan=Plan(epochs=34, threads=2, learning_rate=3e-3, averaging=0.9995, smoothing=0.02),
        deformation=Deformation(
            rotation=13, scale=0.13, aspect=0.2, shear=0.2, translation=1.8, elastic=1.1
        ),
        blemishes=Blemishes(
            thinner=0.1,
            thicker=0.1,
            blur=0.08,
            noise=0.06,
            gap=0.06,
            residue=0.06,
            neighbour=0.04,
            contrast=0.12,
        ),
        handwriting=0.08,
        nondigits=0.18,
        weight_decay=0.01,
    ),
    "mlp": Recipe(
        layers=fully_connected((1200, 800, 400), 10),
        plan=Plan(epochs=50, batch_size=200, learning_rate=2e-3, averaging=0.999, smoothing=0.02),
        deformation=Deformation(
            rotation=12, scale=0.14, aspect=0.15, shear=0.2, translation=1.5, elastic=1.4
        ),
        weight_decay=0.01,
    ),
    "quick": Recipe(
        layers=convolutional((16, 16, 32, 32, 64), 10),
        plan=Plan(epochs=8),
        deformation=Deformation(
            rotation=12, scale=0.12, aspect=0.15, shear=0.2, translation=1.5, elastic=1.2
        ),
    ),
    "sprint": Recipe(
        layers=fully_connected((200, 100, 50), 10),
        plan=Plan(epochs=3, batch_size=256, learning_rate=6e-3, averaging=0.99),
        deformation=Deformation(),
    ),
    "book-first": BookRecipe(),
    "book-rate": BookRecipe(rate=0.2),
    "book-epochs": BookRecipe(rate=0.2, epochs=7),
    "book-slow": BookRecipe(rate=0.1, epochs=5),
    "book-wide": BookRecipe(hidden=500, rate=0.1, epochs=5),
    "book-rotated": BookRecipe(hidden=200, rate=0.01, epochs=10, rotation=10),
    "book-zero": BookRecipe(hidden=50),
}
"""Recipe by name. `sprint` is the shortest way to what the book's best reached. The book's own are
its six results in order, and its run on a Pi Zero."""
