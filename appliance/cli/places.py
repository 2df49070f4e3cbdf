"""Where a command will write its result: looked at before the work, not after it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

import click

from appliance.network.weights import followed, is_special


def check_place(out: Path, option: str = "--out") -> None:
    """Look whether a file can be written there: better told now than after an hour of work.

    option: what named the place. Raises click.UsageError.
    """
    if is_special(out):
        if out.is_dir() or not os.access(out, os.W_OK):
            raise click.UsageError(f"{option} {out}: can't be written to; name another file")
        return
    folder = followed(out).parent
    if not folder.is_dir():
        raise click.UsageError(f"{option} {out}: there is no folder {folder}")
    try:
        with TemporaryFile(dir=folder):  # its rights don't tell: a disk may be read-only
            pass
    except OSError as error:
        raise click.UsageError(
            f"{option} {out}: nothing can be written into {folder}: {error.strerror}"
        ) from error


def refuse_overwriting(sources: Iterable[Path | None], *places: Path) -> None:
    """Look that nothing is written over what is read. Raises click.UsageError."""
    there = [source for source in sources if source is not None and source.is_file()]
    for place in places:
        if place.is_file() and any(place.samefile(source) for source in there):
            raise click.UsageError(f"{place} is what is read; name another file with --out")


def checked(ctx: click.Context, param: click.Parameter, out: Path | None) -> Path | None:
    """Check the place that an option names, if it is given; a click callback."""
    if out is not None:
        check_place(out)
    return out
