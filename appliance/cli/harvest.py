"""`digit-appliance harvest`: let the eye look at drawn scenes, keep what it cuts out."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import click

from appliance.cli.drawing import drawn, each, require_samples
from appliance.cli.places import check_place
from appliance.learning.crops import NONE, Crops, joined, save_crops
from appliance.learning.harvest import harvest as look_at
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter


@click.command(epilog="Example: digit-appliance harvest --scenes 1800 --seed 201 --out crops.npz")
@click.option("--scenes", default=1800, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=201, show_default=True, type=click.IntRange(0))
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write."
)
@click.option(
    "--mnist",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder with MNIST's training files: most of the digits are taken from there.",
)
def harvest(*, scenes: int, seed: int, jobs: int, out: Path, mnist: Path | None) -> None:
    """Keep the glyphs that the eye cuts out of drawn scenes.

    Their truth is kept, too. The file accustoms the classifier to the eye (`train --crops`). The
    result depends on the seed, the number of scenes, MNIST, and the shipped spotter and recogniser
    alone.
    """
    check_place(out)
    require_samples(mnist)
    crops = joined(each(partial(_harvest, seed=seed, mnist=mnist), scenes, jobs))
    save_crops(out, crops)
    digits = int((crops.labels < NONE).sum())
    click.echo(f"{out}: {len(crops.labels)} glyphs, {digits} of them digits")


def _harvest(number: int, seed: int, mnist: Path | None) -> Crops:
    spotter, recogniser = _networks()
    return look_at(drawn(seed, number, mnist)[0], spotter.spot, recogniser.recognise)


@cache
def _networks() -> tuple[Spotter, Recogniser]:
    """Read once in each process."""
    return Spotter.load(), Recogniser.load()
