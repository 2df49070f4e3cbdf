"""`digit-appliance train-transcriber`: train what reads a line of digits as a whole."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path
from typing import Any

import click

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: see cli/train.py

from appliance.cli.drawing import drawn, each, require_samples
from appliance.cli.fitting import Asked, fit, fitting_options
from appliance.cli.places import check_place
from appliance.learning.strips import Example, examples_of
from appliance.learning.transcribing import AGAIN, PLAN, transcriber_trainer
from appliance.network.spotter import Spotter
from appliance.network.transcriber import CLASSES, Transcriber


@click.command(
    epilog="Example: digit-appliance train-transcriber --seed 1101 --out transcriber.npz"
)
@fitting_options(scenes=16000, seed=1101, epochs=PLAN.epochs)
def train_transcriber(**given: Any) -> None:
    """Draw scenes and train the transcriber on their lines; Ctrl-C keeps the best so far.

    Strips show the lines, whole and in part, and what else the shipped spotter may take for digits.
    Takes 40 kB of memory for each scene. The result depends on the seed, the number of scenes,
    MNIST, the threads, the spotter and the weights of --start alone.
    """
    asked = Asked(**given)
    check_place(asked.out)
    require_samples(asked.mnist)
    started = Transcriber.load(asked.start).weights.network if asked.start else None
    work = partial(_examples, seed=asked.seed, mnist=asked.mnist)
    scenes = list(each(work, asked.scenes, asked.jobs))
    trainer = transcriber_trainer(scenes, asked.plan(PLAN, AGAIN), asked.seed, started)
    fit(trainer, asked, CLASSES, "lines read")


def _examples(number: int, seed: int, mnist: Path | None) -> list[Example]:
    scene, random = drawn(seed, number, mnist)
    return examples_of(scene, random, _spotter().spot)


@cache
def _spotter() -> Spotter:
    """Read once in each process."""
    return Spotter.load()
