"""Where a command will write its result: looked at before the work, not after it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

import click


def check_place(out: Path) -> None:
    """Look whether a file can be made there: better told now than after an hour of work.

    Raises click.UsageError.
    """
    if not out.parent.is_dir():
        raise click.UsageError(f"--out {out}: there is no folder {out.parent}")
    try:
        with TemporaryFile(dir=out.parent):  # its rights don't tell: a disk may be read-only
            pass
    except OSError as error:
        raise click.UsageError(
            f"--out {out}: nothing can be written into {out.parent}: {error.strerror}"
        ) from error
