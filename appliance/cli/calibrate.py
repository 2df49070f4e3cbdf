"""`digit-appliance calibrate`: the coach for focus and light."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path

import click

from appliance import app
from appliance import settings as file
from appliance.coach import FULL, Coach, Judgement
from appliance.ports import Camera

BAR = 30
"""Columns of the bar."""


@click.command(epilog="Example: digit-appliance calibrate --config config.toml")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option(
    "--frames", type=click.IntRange(min=0), default=0, help="End after so many pictures; 0: Ctrl-C."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each picture.")
def calibrate(config: Path | None, frames: int, as_json: bool) -> None:
    """Help to focus the camera and to light the place.

    The camera is that of the settings. Hold up a sheet with writing where it will be held later.
    The longer the bar, the sharper the picture; `|` marks the best so far. A configured buzzer
    sounds the higher the sharper it is. The service must not run meanwhile: sudo systemctl stop
    digit-appliance
    """
    settings = file.load(config)
    buzzer = app.build_buzzer(settings)
    try:
        with closing(app.build_camera(settings)) as camera:
            for judgement in judgements(camera, frames):
                show(judgement, as_json)
                if buzzer is not None:
                    buzzer.tone(judgement.hertz)
    finally:
        if buzzer is not None:
            buzzer.close()


def judgements(camera: Camera, frames: int) -> Iterator[Judgement]:
    """Judge so many pictures of a camera, each when it is asked for; 0: without an end."""
    coach = Coach()
    for _ in islice(count(), frames or None):
        yield coach.judge(camera.capture())


def show(judgement: Judgement, as_json: bool) -> None:
    """Print a judgement: an object, a line of its own, or in a terminal the same line anew."""
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(judgement)))
    elif sys.stdout.isatty():
        click.echo(f"\r\033[K{line(judgement)}", nl=False)
    else:
        click.echo(line(judgement))


def line(judgement: Judgement) -> str:
    """A judgement in one line: the bar, the numbers, what to do."""
    filled = round(BAR * judgement.level)
    bar = ["#"] * filled + ["."] * (BAR - filled)
    bar[min(BAR - 1, round(BAR * min(1.0, judgement.best / FULL)))] = "|"
    return (
        f"{''.join(bar)} sharp {judgement.sharpness:4.1f} (best {judgement.best:4.1f})  "
        f"light {judgement.brightness:3.0f}  moved {judgement.motion:4.0%}  {judgement.advice}"
    )
