"""The entry point: finds the command, and turns every error into one sentence."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

from appliance.cli.output import discard_output
from appliance.errors import ApplianceError

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before a command imports numpy: a reading's products are small, and the threads of one wait for
# each other, on a busy machine for seconds; training has threads of its own, which share a batch.

COMMANDS = {
    "read": "appliance.cli.read:read",
    "evaluate": "appliance.cli.evaluate:evaluate",
    "train": "appliance.cli.train:train",
    "harvest": "appliance.cli.harvest:harvest",
    "train-spotter": "appliance.cli.train_spotter:train_spotter",
    "train-recogniser": "appliance.cli.train_recogniser:train_recogniser",
    "train-transcriber": "appliance.cli.train_transcriber:train_transcriber",
    "run": "appliance.cli.run:run",
    "demo": "appliance.cli.run:demo",
    "bench": "appliance.cli.bench:bench",
    "corrections": "appliance.cli.corrections:corrections",
    "settings": "appliance.cli.settings:settings",
    "wiring": "appliance.cli.wiring:wiring",
    "doctor": "appliance.cli.doctor:doctor",
    "calibrate": "appliance.cli.calibrate:calibrate",
    "backquery": "appliance.cli.backquery:backquery",
    "explain": "appliance.cli.explain:explain",
    "damage": "appliance.cli.damage:damage",
    "sweep": "appliance.cli.sweep:sweep",
    "neurons": "appliance.cli.neurons:neurons",
}
"""Command name -> "module:function". A command's module is imported only when it runs."""


_BARRED = {errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENAMETOOLONG}
"""What a place that can't even be looked at answers with."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
"""What a place that can't be written to answers with, when it is no fault of the program."""


class LazyGroup(click.Group):
    """A group of commands whose modules are imported only when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, as listed above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command; None when there is no such name."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="digit-appliance")
def group() -> None:
    """Read handwritten digits with a camera and a neural network written in numpy.

    \b
    Example:
      digit-appliance read photo.jpg
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 it failed, 2 wrong usage, 130 interrupted.

    `run` ends with 78 when the settings hold a fault.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file's name may be no text that it can hold
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = group.main(arguments, prog_name="digit-appliance", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        discard_output()
        sys.exit(1)
    except ApplianceError as error:
        click.echo(f"digit-appliance: {error}", err=True)
        sys.exit(1)
    except OSError as error:  # ours are ApplianceErrors; what remains is a disk's or stdout's
        if error.errno in _BARRED and error.filename:  # or a folder that can't be looked into
            click.echo(f"digit-appliance: {error.filename}: {error.strerror}", err=True)
            sys.exit(1)
        if error.errno not in _FULL:
            raise
        click.echo(
            f"digit-appliance: can't write ({error.strerror}); make room, or name another place",
            err=True,
        )
        discard_output()
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
