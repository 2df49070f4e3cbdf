"""`digit-appliance calibrate`: the coach for focus and light."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path

import click

from appliance import app
from appliance import settings as file
from appliance.coach import Coach, Judgement
from appliance.ports import Camera

BAR = 30
"""Columns of the bar, where there is room for so many."""

AGAIN = "\033[2F"
"""Goes up to the first of two lines."""


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
            for number, judgement in enumerate(judgements(camera, frames)):
                show(judgement, as_json, first=number == 0)
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


def show(judgement: Judgement, as_json: bool, first: bool) -> None:
    """Print a judgement: an object, a line of its own, or in a terminal the same two lines anew.

    first: there are no such lines yet.
    """
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(judgement)))
    elif sys.stdout.isatty():
        rows = two_lines(judgement, shutil.get_terminal_size().columns - 1)
        click.echo(("" if first else AGAIN) + "".join(f"\r\033[K{row}\n" for row in rows), nl=False)
    else:
        click.echo(f"{bar(judgement, BAR)} {numbers(judgement)}  {judgement.advice}")


def two_lines(judgement: Judgement, width: int) -> tuple[str, str]:
    """A judgement in two lines of so many columns at most: what to do, and the bar with numbers."""
    told = numbers(judgement)
    drawn = bar(judgement, max(1, min(BAR, width - 1 - len(told))))
    return judgement.advice[:width], f"{drawn} {told}"[:width]


def bar(judgement: Judgement, columns: int) -> str:
    """The sharpness as a bar, and the best so far as a mark on it."""
    filled = round(columns * judgement.level)
    drawn = ["#"] * filled + ["."] * (columns - filled)
    drawn[min(columns - 1, round(columns * judgement.mark))] = "|"
    return "".join(drawn)


def numbers(judgement: Judgement) -> str:
    """What was measured."""
    return (
        f"sharp {judgement.sharpness:4.1f} (best {judgement.best:4.1f})  "
        f"light {judgement.brightness:3.0f}  moved {judgement.motion:4.0%}"
    )
