"""`digit-appliance train-transcriber`: train what reads a line of digits as a whole."""

from __future__ import annotations

from typing import Any

import click

from appliance.cli.fitting import Asked, fit, fitting_options, shown
from appliance.learning.strips import examples_of
from appliance.learning.transcribing import AGAIN, PLAN, transcriber_trainer
from appliance.network.transcriber import CLASSES, Transcriber


@click.command(
    epilog="Example: digit-appliance train-transcriber --seed 1101 --out transcriber.npz"
)
@fitting_options(scenes=16000, seed=1101, epochs=PLAN.epochs)
def train_transcriber(**given: Any) -> None:
    """Draw scenes and train the transcriber on their lines.

    After the first epoch Ctrl-C keeps the best so far. Strips show the lines, whole and in part,
    and what else the shipped spotter may take for digits. Takes 40 kB of memory for each scene. The
    result depends on the seed, the number of scenes, MNIST, the threads, the spotter and the
    weights of --start alone.
    """
    asked = Asked(**given)
    started = Transcriber.load(asked.start).weights.network if asked.start else None
    scenes = shown(asked, examples_of)
    trainer = transcriber_trainer(scenes, asked.plan(PLAN, AGAIN), asked.seed, started)
    fit(trainer, asked, CLASSES, "lines read")
