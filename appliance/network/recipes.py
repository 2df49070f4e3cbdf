"""Recipes: how the project's networks are trained, as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.network.book import BookRecipe
from appliance.network.deformation import Deformation
from appliance.network.layers import Spec
from appliance.network.network import Network, from_specs
from appliance.network.training import Plan


def convolutional(
    channels: tuple[int, int, int, int, int], outputs: int, size: int = 3
) -> tuple[Spec, ...]:
    """Describe five convolutions, the second and fourth pooled, and a dense layer: 28x28 -> 2x2."""
    specs: list[Spec] = [{"kind": "Reshape", "shape": [28, 28, 1]}]
    for index, (before, after) in enumerate(zip((1, *channels), channels, strict=False)):
        shape = {"channels": before, "kernels": after, "size": size}
        specs.append({"kind": "Convolution", "bias": False, **shape})
        if index in (1, 3):
            specs.append({"kind": "MaxPool"})
        specs += [{"kind": "BatchNorm", "channels": after}, {"kind": "ReLU"}]
    inputs = 2 * 2 * channels[-1]
    return (*specs, {"kind": "Flatten"}, {"kind": "Dense", "inputs": inputs, "outputs": outputs})


@dataclass(frozen=True)
class Recipe:
    """What `Trainer` needs, and how the result is stored.

    held_out: glyphs of the training set that are kept to choose and to calibrate by.
    storage: type of the stored arrays.
    """

    layers: tuple[Spec, ...]
    plan: Plan
    deformation: Deformation
    held_out: int = 5000
    storage: str = "float16"

    def network(self, seed: int) -> Network:
        """Build the untrained network."""
        return from_specs(self.layers, np.random.default_rng([seed, 100]))


RECIPES: dict[str, Recipe | BookRecipe] = {
    "quick": Recipe(
        layers=convolutional((16, 16, 32, 32, 64), 10),
        plan=Plan(epochs=8),
        deformation=Deformation(
            rotation=12, scale=0.12, aspect=0.15, shear=0.2, translation=1.5, elastic=1.2
        ),
    ),
    "book-first": BookRecipe(),
    "book-rate": BookRecipe(rate=0.2),
    "book-epochs": BookRecipe(rate=0.2, epochs=7),
    "book-slow": BookRecipe(rate=0.1, epochs=5),
    "book-wide": BookRecipe(hidden=500, rate=0.1, epochs=5),
    "book-rotated": BookRecipe(rate=0.01, epochs=10, rotation=10),
    "book-zero": BookRecipe(hidden=50),
}
"""Recipe by name. The book's are its six results in order, and its run on a Pi Zero."""
