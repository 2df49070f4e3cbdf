"""`digit-appliance run` and `digit-appliance demo`: the loop, with hardware and without."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from appliance import app, settings
from appliance.daemon import Daemon
from appliance.errors import SettingsError
from appliance.service import logs

WRONG_SETTINGS = 78
"""Exit status EX_CONFIG of sysexits.h: starting again won't help, and the unit doesn't try."""


@click.command(epilog="Example: digit-appliance run --config /etc/digit-appliance/config.toml")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning"]),
    help="The least grave messages that are logged; otherwise what the settings say.",
)
def run(config: Path | None, log_level: str | None) -> None:
    """Run the appliance.

    It waits for a trigger, takes a picture, reads it, shows it and keeps it. Ctrl-C or SIGTERM ends
    it. Without --config the settings are those in /etc/digit-appliance/config.toml, or the defaults
    where that file is absent; with a fault in them it ends with the status 78. As a systemd service
    (Type=notify) it tells when it is ready and feeds the watchdog.
    """
    try:
        chosen = settings.load(config)
        logs.set_up(log_level or chosen.log.level, sys.stderr, os.environ)
        daemon = app.build(chosen)
    except SettingsError as error:
        click.echo(f"digit-appliance: {error}", err=True)
        sys.exit(WRONG_SETTINGS)
    _run_until_signal(daemon)


@click.command(epilog="Example: digit-appliance demo --auto --seed 7")
@click.argument("pictures", nargs=-1)
@click.option("--auto", is_flag=True, help="Go on by itself; so it is without a keyboard.")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Which scenes to draw.")
@click.option(
    "--times", type=click.IntRange(min=0), default=0, help="End after so many readings (--auto)."
)
@click.option(
    "--weights", default="", help="The classifier's weights; the shipped ones when not given."
)
def demo(pictures: tuple[str, ...], auto: bool, seed: int, times: int, weights: str) -> int:
    """Run the appliance without any hardware.

    Drawn scenes, the Enter key and this terminal stand in for it. With PICTURES (files or folders)
    it reads these instead, each once, and ends with 1 when one of them can't be opened.
    """
    logging.basicConfig(level=logging.CRITICAL, format="%(message)s")
    # The terminal display says it already, but not which keys there are.
    logging.getLogger("appliance.triggers").setLevel(logging.WARNING)
    auto = auto or times > 0 or not (sys.stdin and sys.stdin.isatty())
    daemon = app.build_demo(pictures, seed=seed, auto=auto, times=times, weights=weights)
    # With a keyboard the first one comes at once, too: a blank screen explains nothing.
    _run_until_signal(daemon, read_first=not (pictures or auto))
    return int(daemon.unreadable > 0)


def _run_until_signal(daemon: Daemon, read_first: bool = False) -> None:
    """Run the loop; SIGTERM and SIGINT end it after the step that it is in, and so does SIGHUP, a
    terminal that is closed, unless it is ignored (nohup)."""

    def stop(number: int, frame: FrameType | None) -> None:
        daemon.stop()

    ends = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        ends.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in ends}
    try:
        if read_first:
            daemon.read()
        daemon.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
