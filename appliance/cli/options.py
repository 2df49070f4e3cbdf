"""Options that several commands have, declared once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from appliance.cli.places import checked

Command = TypeVar("Command", bound=Callable[..., Any])


def weights_option(command: Command) -> Command:
    """--weights: a Path, or None for the shipped file."""
    return click.option(
        "--weights",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Weights file instead of the shipped one.",
    )(command)


def picture_option(name: str) -> Callable[[Command], Command]:
    """--out: the Path of a picture, where one can be written; `name` when it isn't given."""
    return click.option(
        "--out",
        default=name,
        show_default=True,
        callback=checked,
        type=click.Path(dir_okay=False, path_type=Path),
        help="Picture to write.",
    )
