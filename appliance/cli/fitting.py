"""What the commands that train on drawn scenes share: their options, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np

from appliance.cli.drawing import drawn, each, require_samples
from appliance.cli.places import check_place
from appliance.cli.train import follow
from appliance.network import weights as weights_file
from appliance.network.spotter import Spotter
from appliance.network.training import Plan, Trainer
from appliance.network.weights import Weights
from appliance.scenes import Scene
from appliance.vision.eye import Spot

Command = TypeVar("Command", bound=Callable[..., Any])
Example = TypeVar("Example")
ExamplesOf = Callable[[Scene, np.random.Generator, Spot], list[Example]]
"""What a scene has to show, by a function of a module; see `appliance.learning.windows`."""


@dataclass(frozen=True)
class Asked:
    """The options as they were given; see `fitting_options`."""

    scenes: int
    seed: int
    mnist: Path | None
    epochs: int
    jobs: int
    threads: int
    start: Path | None
    out: Path

    def plan(self, new: Plan, again: Plan) -> Plan:
        """How to train, a new network or one to start from."""
        return replace(again if self.start else new, epochs=self.epochs, threads=self.threads)


def fitting_options(scenes: int, seed: int, epochs: int) -> Callable[[Command], Command]:
    """The options of Asked, with these defaults."""
    options = (
        click.option("--scenes", default=scenes, show_default=True, type=click.IntRange(2)),
        click.option("--seed", default=seed, show_default=True, type=click.IntRange(0)),
        click.option(
            "--mnist",
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder with MNIST's training files: most of the digits are taken from there.",
        ),
        click.option("--epochs", default=epochs, show_default=True, type=click.IntRange(1)),
        click.option(
            "--jobs", default=2, show_default=True, type=click.IntRange(1), help="Processes."
        ),
        click.option("--threads", default=2, show_default=True, type=click.IntRange(1)),
        click.option(
            "--start",
            type=click.Path(path_type=Path),
            help="Go on from these weights, more slowly.",
        ),
        click.option(
            "--out",
            required=True,
            type=click.Path(dir_okay=False, path_type=Path),
            help="File to write.",
        ),
    )

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def shown(asked: Asked, examples_of: ExamplesOf[Example]) -> list[list[Example]]:
    """Draw the scenes; returns what each has to show, given what the shipped spotter sees there."""
    check_place(asked.out)
    require_samples(asked.mnist)
    work = partial(_examples, examples_of=examples_of, seed=asked.seed, mnist=asked.mnist)
    return list(each(work, asked.scenes, asked.jobs))


def _examples(
    number: int, examples_of: ExamplesOf[Example], seed: int, mnist: Path | None
) -> list[Example]:
    scene, random = drawn(seed, number, mnist)
    return examples_of(scene, random, _spotter().spot)


@cache
def _spotter() -> Spotter:
    """Read once in each process."""
    return Spotter.load()


def fit(trainer: Trainer, asked: Asked, classes: tuple[str, ...], measure: str) -> None:
    """Train, write the best network's weights, and say how good it is; measure: of what."""
    done = follow(trainer)
    about = {
        "data": f"{asked.scenes} drawn scenes"
        + (", most of the digits MNIST's" if asked.mnist else ""),
        "epochs": done,
        "seed": asked.seed,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "held_out": trainer.task.held_out,
        measure.replace(" ", "_"): round(trainer.best_accuracy, 4),
        **({"start": asked.start.name} if asked.start else {}),
    }
    weights = Weights(trainer.best.folded(), 1.0, about, classes)
    weights_file.save(asked.out, weights, "float16")
    click.echo(f"{asked.out}: {asked.out.stat().st_size / 1000:.0f} kB")
    click.echo(f"{measure}: {trainer.best_accuracy:.2%}")
