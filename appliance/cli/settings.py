"""`digit-appliance settings`: the settings file, explained and checked."""

from __future__ import annotations

from pathlib import Path

import click

from appliance import settings as file


@click.command(epilog="Example: digit-appliance settings > config.toml")
@click.option("--check", type=click.Path(path_type=Path), help="Check this file instead.")
def settings(check: Path | None) -> None:
    """Print an explained settings file, or check one."""
    if check is None:
        click.echo(file.document(), nl=False)
        return
    file.load(check)
    click.echo(f"{check}: good")
