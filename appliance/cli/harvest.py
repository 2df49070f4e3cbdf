"""`digit-appliance harvest`: let the eye look at drawn scenes, keep what it cuts out."""

from __future__ import annotations

from functools import cache, partial
from itertools import chain
from pathlib import Path

import click

from appliance.cli.drawing import drawn, each
from appliance.cli.places import check_place
from appliance.learning.crops import Crops, joined, save_crops
from appliance.learning.harvest import Glance
from appliance.learning.harvest import harvest as look_at
from appliance.network.detector import Detector
from appliance.reader import LET_PAST
from appliance.vision.patch import GLANCE


@click.command(epilog="Example: digit-appliance harvest --scenes 1800 --seed 201 --out crops.npz")
@click.option("--scenes", default=1800, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=201, show_default=True, type=click.IntRange(0))
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write."
)
@click.option(
    "--after",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Weights of a detector: keep the patches that it lets past, for a closer look.",
)
@click.option(
    "--mnist",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with MNIST's training files: half of the digits are taken from there.",
)
def harvest(
    *, scenes: int, seed: int, jobs: int, out: Path, mnist: Path | None, after: Path | None
) -> None:
    """Draw scenes, let the eye look at them, and keep what it cuts out with the truth about it.

    The file trains the detector or, made with --after, the verifier (`train-detector`), and
    accustoms the classifier to the eye (`train --crops`). The result depends on the seed, the
    number of scenes, MNIST and the weights of --after alone.
    """
    check_place(out)
    if after and Detector.load(after).size != GLANCE:
        raise click.UsageError(f"--after {after}: no detector of small patches; give detector.npz")
    work = partial(_harvest, seed=seed, mnist=mnist, after=after)
    crops = joined(chain.from_iterable(each(work, scenes, jobs)))
    save_crops(out, crops)
    writing, digits = int(crops.writing.sum()), int((crops.labels < 10).sum())
    click.echo(f"{out}: {len(crops.writing)} patches, {writing} of them writing")
    click.echo(f"{len(crops.labels)} glyphs, {digits} of them digits")


def _harvest(number: int, seed: int, mnist: Path | None, after: Path | None) -> list[Crops]:
    scene, random = drawn(seed, number, mnist)
    return list(look_at(scene, random, glance=_glance(after)))


@cache
def _glance(after: Path | None) -> Glance | None:
    """What a detector lets past, as the reader has it."""
    if after is None:
        return None
    detector = Detector.load(after)
    return lambda patches: detector.writing(patches) > LET_PAST
