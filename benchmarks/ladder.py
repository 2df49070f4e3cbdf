"""The book's results by its own network, over several seeds, and the recipe `sprint` beside them.

    OPENBLAS_NUM_THREADS=1 python benchmarks/ladder.py MNIST_FOLDER [--seeds 5] [--recipe NAME]

One thread, because most products are small. About eleven minutes for five seeds; the same as
`digit-appliance train --recipe NAME --seed SEED` for each. With --plain the
time of the book's update as it is printed, float64 and an example at a time, is measured instead.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from appliance.network.book import (
    BookNetwork,
    BookRecipe,
    make_targets,
    scale_inputs,
    train_book,
)
from appliance.network.datasets import Dataset, read_mnist
from appliance.network.optimizers import Adam
from appliance.network.recipes import RECIPES, Recipe
from appliance.network.training import Trainer, accuracy_of
from benchmarks.score import in_a_sentence

PLAIN = 1000


def train(
    recipe: Recipe | BookRecipe, data: Dataset, test: Dataset, seed: int
) -> tuple[float, float]:
    """Return the accuracy on the test images and the seconds of processor time of training."""
    started = time.process_time()
    if isinstance(recipe, BookRecipe):
        *_, (_, book) = train_book(recipe, data, np.random.default_rng(seed))
        network = book.to_network()
    else:
        training, held_out = data.split(data.spare(recipe.held_out), seed)
        optimizer = Adam(weight_decay=recipe.weight_decay)
        trainer = Trainer(
            recipe.network(seed),
            optimizer,
            recipe.plan,
            recipe.task(training, held_out, recipe.supplies(training, seed, None)),
            seed=seed,
        )
        for _ in trainer.run():
            pass
        network = trainer.best
    return accuracy_of(network, test), time.process_time() - started


def time_plain(recipe: BookRecipe, data: Dataset) -> float:
    """Seconds that the recipe takes when each example is learned as the book prints it."""
    network = BookNetwork.drawn(recipe.hidden, np.random.default_rng(0), np.float64)
    inputs = scale_inputs(data.glyphs[:PLAIN]).astype(np.float64)
    targets = make_targets(data.labels[:PLAIN]).astype(np.float64)
    times = []
    for _ in range(5):
        started = time.process_time()
        for example, target in zip(inputs, targets, strict=True):
            network.train(example, target, recipe.rate)
        times.append(time.process_time() - started)
    copies = 3 if recipe.rotation else 1
    return statistics.median(times) / PLAIN * len(data) * copies * recipe.epochs


def main() -> None:
    """Train each recipe with each seed and print mean, spread and time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--recipe", action="append", choices=RECIPES, metavar="NAME")
    parser.add_argument("--plain", action="store_true")
    arguments = parser.parse_args()
    data, test = read_mnist(arguments.folder), read_mnist(arguments.folder, "t10k")
    names = [name for name in RECIPES if name.startswith("book-")]
    for name in arguments.recipe or [*names, "sprint"]:
        recipe = RECIPES[name]
        if arguments.plain:
            if isinstance(recipe, BookRecipe):
                print(f"{name}: {time_plain(recipe, data):.0f} s as printed", flush=True)
            continue
        runs = [train(recipe, data, test, seed) for seed in range(arguments.seeds)]
        accuracies = [100 * accuracy for accuracy, _ in runs]
        seconds = statistics.mean(spent for _, spent in runs)
        print(
            f"{name}: mean {statistics.mean(accuracies):.2f}, "
            f"deviation {statistics.stdev(accuracies) if len(runs) > 1 else 0:.2f}, "
            f"{min(accuracies):.2f} to {max(accuracies):.2f}, {seconds:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    with in_a_sentence("ladder"):
        main()
