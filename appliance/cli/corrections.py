"""`digit-appliance corrections`: what people said of digits, and how to take it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
import numpy as np

from appliance import settings as file
from appliance.cli.places import checked, refuse_overwriting
from appliance.cli.sheets import enlarge, save_png, sheet
from appliance.errors import JournalError
from appliance.journal.inspection import inspect
from appliance.journal.sqlite import SqliteJournal
from appliance.paths import expanded
from appliance.service.clock import SystemClock
from appliance.values import Correction

COLUMNS = 6
"""Of the picture."""

LAST = 2**63 - 1
"""The greatest number that SQLite gives."""


@dataclass(frozen=True, slots=True)
class Told:
    """A correction, and what had been read; None when that reading is kept no more."""

    correction: Correction
    read: int | None

    @property
    def words(self) -> str:
        """What was said, as `7, read as 1`."""
        said = self.correction.digit
        if self.read is None or self.read == said:
            return f"{said}" if self.read is None else f"{said}, as read"
        return f"{said}, read as {self.read}"

    def as_dict(self) -> dict[str, object]:
        """The same for scripts."""
        told = self.correction
        return {"number": told.id, "time": told.time, "digit": told.digit, "read_as": self.read}


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option(
    "--journal", type=click.Path(dir_okay=False, path_type=Path), help="Journal, not the settings'."
)
@click.option("--undo", type=click.IntRange(1, LAST), metavar="N", help="Forget number N.")
@click.option(
    "--out",
    callback=checked,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Picture of their digits to write.",
)
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON list.")
def corrections(
    config: Path | None, journal: Path | None, undo: int | None, out: Path | None, as_json: bool
) -> None:
    """List what people said of digits, or take it back.

    Digits that are written like one of them are read as it was said. With --undo one is forgotten:
    an appliance that runs notices it by itself. What was said before of the very same digit counts
    again.

    \b
    Example:
      digit-appliance corrections --out corrections.png
      digit-appliance corrections --undo 12
    """
    path = journal or _path(config)
    if out is not None:
        refuse_overwriting([path], out)
    if inspect(path) is None:
        raise JournalError(f"{path}: there is no journal yet; name another one with --journal")
    with closing(SqliteJournal(path, SystemClock())) as kept:
        if undo is not None and not kept.undo(undo):
            raise JournalError(
                f"{path}: there is no correction {undo}; `digit-appliance corrections` lists them"
            )
        told = [Told(one, _read(kept, one)) for one in kept.corrections()]
    if undo is not None and not as_json:
        click.echo(f"{path}: correction {undo} is forgotten; {len(told)} left")
    elif as_json:
        click.echo(json.dumps([one.as_dict() for one in told]))
    else:
        click.echo(_table(path, told))
    if out is not None:
        _draw(out, told)


def _path(config: Path | None) -> Path:
    """The journal of the settings. Raises SettingsError or UsageError."""
    path = file.load(config).journal.path
    if not path:
        raise click.UsageError(
            "these settings keep no journal (path is empty under [journal]); name a file with "
            "--journal"
        )
    return expanded(path)


def _read(journal: SqliteJournal, told: Correction) -> int | None:
    """What the appliance had read where somebody said something else."""
    reading = None if told.reading_id is None else journal.reading(told.reading_id)
    for digit in reading.digits if reading else ():
        if np.array_equal(digit.glyph.pixels, told.glyph.pixels):
            return digit.digit
    return None


def _table(path: Path, told: Sequence[Told]) -> str:
    if not told:
        return f"{path}: no corrections"
    lines = [
        f"{one.correction.id:>6}  {datetime.fromtimestamp(one.correction.time):%Y-%m-%d %H:%M}  "
        f"{one.words}"
        for one in told
    ]
    return "\n".join([f"{'number':>6}  {'time':16}  digit", *lines])


def _draw(out: Path, told: Sequence[Told]) -> None:
    """The digits side by side, above each its number and what was said. Raises PictureError."""
    if not told:
        click.echo(f"{out}: not written, there are no corrections", err=True)
        return
    pictures = [enlarge(one.correction.glyph.pixels) for one in told]
    titles = [f"{one.correction.id}: {one.words}" for one in told]
    save_png(out, sheet(pictures, titles, min(COLUMNS, len(told))))
    click.echo(f"{out}: their digits, above each its number and what was said", err=True)
