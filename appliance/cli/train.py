"""`digit-appliance train`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from appliance.cli.folders import read_nondigits
from appliance.cli.places import check_place
from appliance.errors import TrainingError, WeightsError
from appliance.learning.crops import joined, load_crops
from appliance.network import weights as weights_file
from appliance.network.book import BookNetwork, BookRecipe, train_book
from appliance.network.calibration import fit_temperature
from appliance.network.classifier import Classifier
from appliance.network.datasets import Dataset, has_images, read_mnist
from appliance.network.network import Network, from_specs
from appliance.network.optimizers import Adam
from appliance.network.recipes import RECIPES, Recipe
from appliance.network.training import Trainer, accuracy_of
from appliance.network.weights import Weights, is_special
from appliance.service.priority import step_aside

CROPS_SHARE = 0.3
"""Glyphs from crops that are added to each batch, as a share of its size."""


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder with MNIST's four files.",
)
@click.option("--recipe", "name", default="default", show_default=True, type=click.Choice(RECIPES))
@click.option("--epochs", type=click.IntRange(1), help="Instead of the recipe's.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--threads", type=click.IntRange(1), help="Instead of the recipe's.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Weights file to write.",
)
@click.option(
    "--nondigits",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of .npz files with shapes that are no digits, beside those the recipe draws.",
)
@click.option(
    "--crops",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File of `digit-appliance harvest`: glyphs as the eye cuts them, added to each batch; "
    "may be given more than once.",
)
@click.option(
    "--start", type=click.Path(path_type=Path), help="Go on from these weights, more slowly."
)
@click.option(
    "--background", is_flag=True, help="Only use the processor while nothing else wants it."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def train(  # noqa: PLR0917 (click passes them by name)
    data: Path,
    name: str,
    epochs: int | None,
    seed: int,
    threads: int | None,
    out: Path,
    nondigits: Path | None,
    crops: tuple[Path, ...],
    start: Path | None,
    background: bool,
    as_json: bool,
) -> None:
    """Train a network and write its weights.

    After the first epoch Ctrl-C ends it early and keeps the best weights so far.

    \b
    Example:
      digit-appliance train --data data/mnist --recipe quick --seed 1 --out my.npz
    """
    check_place(out)
    if background:
        step_aside()
    extras = Extras(nondigits, crops, start)
    recipe = RECIPES[name]
    _check_fitting(name, recipe, extras, threads)
    dataset, started = read_mnist(data), time.monotonic()
    if isinstance(recipe, BookRecipe):
        recipe = replace(recipe, epochs=epochs or recipe.epochs)
        trained = _train_book(recipe, dataset, seed)
    else:
        recipe = _adjusted(recipe, epochs, threads)
        trained = _train(recipe, dataset, seed, extras)
    about: dict[str, Any] = {
        "recipe": name,
        "seed": seed,
        "data": f"MNIST, {len(dataset)} training images",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "seconds": round(time.monotonic() - started, 1),
        **extras.names(),
        **trained.about,
    }
    storage = recipe.storage if isinstance(recipe, Recipe) else "float32"
    trained = replace(trained, about=about)
    _save(out, trained, storage, data)
    _report(out, trained.about, as_json)


def _adjusted(recipe: Recipe, epochs: int | None, threads: int | None) -> Recipe:
    """The recipe with other epochs and threads, where they are given."""
    plan = recipe.plan
    plan = replace(plan, epochs=epochs or plan.epochs, threads=threads or plan.threads)
    return replace(recipe, plan=plan)


@dataclass(frozen=True)
class Extras:
    """What a recipe is trained with beside MNIST; each may be missing."""

    nondigits: Path | None
    crops: tuple[Path, ...]
    start: Path | None

    def names(self) -> dict[str, str]:
        """The files' names, for the header of the weights."""
        files = {"nondigits": [self.nondigits], "crops": self.crops, "start": [self.start]}
        names = {what: ", ".join(f.name for f in some if f) for what, some in files.items()}
        return {what: name for what, name in names.items() if name}


def _check_fitting(
    name: str, recipe: Recipe | BookRecipe, extras: Extras, threads: int | None
) -> None:
    """Raise click.UsageError for options that the recipe has no use for."""
    knows_others = isinstance(recipe, Recipe) and recipe.nondigits > 0
    if (extras.nondigits or extras.crops) and not knows_others:
        raise click.UsageError(
            f"--recipe {name} learns ten digits and nothing else; --nondigits and --crops are for "
            "--recipe default"
        )
    if (extras.start or threads) and isinstance(recipe, BookRecipe):
        raise click.UsageError(
            f"--recipe {name} begins anew and learns one example after the other; --start and "
            "--threads are for the recipes that aren't the book's"
        )


def _train(recipe: Recipe, dataset: Dataset, seed: int, extras: Extras) -> Weights:
    """Train until the end, Ctrl-C or divergence; fold and calibrate the best network."""
    training, held_out = dataset.split(dataset.spare(recipe.held_out), seed)
    others = read_nondigits(extras.nondigits)[0] if extras.nondigits else None
    network, plan = recipe.network(seed), recipe.plan
    before = {}
    if extras.start:
        network = _started(extras.start, recipe)
        before = {"start_accuracy": round(accuracy_of(network, held_out), 5)}
        plan = replace(plan, learning_rate=plan.learning_rate / 10)
    supplies = recipe.supplies(training, seed, others)
    if extras.crops:
        crops = joined(load_crops(file) for file in extras.crops)
        supplies.append((CROPS_SHARE, crops.draw))
    trainer = Trainer(
        network,
        Adam(weight_decay=recipe.weight_decay),
        plan,
        recipe.task(training, held_out, supplies),
        seed=seed,
    )
    epochs = follow(trainer)
    network = trainer.best.folded()
    temperature = fit_temperature(network.predict(held_out.glyphs), held_out.labels)
    accuracy = round(accuracy_of(network, held_out), 5)
    about = {"epochs": epochs, "held_out": len(held_out), "held_out_accuracy": accuracy, **before}
    return Weights(network, temperature, about)


def _started(start: Path, recipe: Recipe) -> Network:
    """The network to go on from; raises WeightsError unless its layers are the recipe's."""
    network = Classifier.load(start).weights.network
    if network.folded().specs() != from_specs(recipe.layers).folded().specs():
        raise WeightsError(
            f"{start}: its layers aren't those of this recipe; name another --start or --recipe"
        )
    return network


def follow(trainer: Trainer) -> float:
    """Show training's progress; returns the epochs that were run."""
    done, total = 0.0, trainer.plan.epochs
    with _bar(total) as (bars, bar):
        try:
            for step in trainer.run():
                done = step.epoch - 1 + step.batch / step.batches
                text = f"epoch {step.epoch}/{total}, loss {step.loss:.4f}"
                if trainer.has_learnt:
                    text += f", held-out accuracy of what is kept {trainer.best_accuracy:.2%}"
                bars.update(bar, completed=done, description=text)
                if step.accuracy is not None:
                    bars.console.print(f"{text}, this epoch's {step.accuracy:.2%}")
        except (KeyboardInterrupt, TrainingError) as stop:
            if not trainer.has_learnt:
                bars.console.print("stopped before the first epoch was over: nothing is kept")
                raise
            bars.console.print(f"{str(stop) or 'stopped'}; keeping the best weights so far")
    return round(done, 2)


def _train_book(recipe: BookRecipe, dataset: Dataset, seed: int) -> Weights:
    """Train the book's network on all images; Ctrl-C keeps what the last whole epoch gave."""
    run = train_book(recipe, dataset, np.random.default_rng(seed))
    network: BookNetwork | None = None
    done = 0
    with _bar(recipe.epochs) as (bars, bar):
        try:
            for done, latest in run:
                network = BookNetwork(latest.input_hidden.copy(), latest.hidden_output.copy())
                bars.update(bar, completed=done, description=f"epoch {done}/{recipe.epochs}")
        except (KeyboardInterrupt, TrainingError) as stop:
            if network is None:
                bars.console.print("stopped before the first epoch was over: nothing is kept")
                raise
            bars.console.print(f"{str(stop) or 'stopped'}; keeping the last whole epoch's weights")
    assert network is not None
    return Weights(network.to_network(), about={"epochs": done})


@contextmanager
def _bar(total: float) -> Iterator[tuple[Progress, TaskID]]:
    """Show a progress bar on stderr, which leaves stdout to the result."""
    columns = BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield bars, bars.add_task("training", total=total)


def _save(out: Path, trained: Weights, storage: str, data: Path) -> None:
    """Write the weights, evaluate on the test images, when they lie in the folder, and write them
    with that `about` them: the test may fail, or be interrupted. It chooses nothing."""
    if has_images(data, "t10k"):
        if not is_special(out):  # a pipe is written once
            weights_file.save(out, trained, storage)
            click.echo(f"{out} is written; the test follows", err=True)
        accuracy = accuracy_of(trained.network, read_mnist(data, "t10k"))
        trained.about["test_accuracy"] = round(accuracy, 5)
    weights_file.save(out, trained, storage)


def _report(out: Path, about: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"weights": str(out), **about}))
        return
    click.echo(f"{out}: {out.stat().st_size / 1000:.0f} kB, {about['epochs']} epochs")
    names = {
        "held_out_accuracy": "held out accuracy",
        "start_accuracy": "that of --start",
        "test_accuracy": "test accuracy",
    }
    for name, words in names.items():
        if name in about:
            click.echo(f"{words}: {about[name]:.2%}")
