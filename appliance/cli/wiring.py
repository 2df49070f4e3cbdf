"""`digit-appliance wiring`: what to connect where, for the present settings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from appliance import settings as file
from appliance.service.wires import Wire

LEGEND = (
    "position: pin of the 40-pin header; "
    "GND is 6, 9, 14, 20, 25, 30, 34, 39; 3V3 is 1, 17; 5V is 2, 4"
)


@click.command(epilog="Example: digit-appliance wiring --config /etc/digit-appliance/config.toml")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--json", "as_json", is_flag=True, help="Print the wires as one JSON list.")
def wiring(config: Path | None, as_json: bool) -> None:
    """Print which pin leads where with the present settings.

    A pin that is used twice is refused, with both its users.
    """
    wires = file.load(config).wires
    if as_json:
        click.echo(json.dumps(as_list(wires)))
    else:
        click.echo(table(wires), nl=False)
        if any(wires.values()):
            click.echo(f"\n{LEGEND}")


def table(wires: Mapping[str, Sequence[Wire]]) -> str:
    """A Markdown table of the wires, in the order of the header's positions, unknown ones last."""
    if not any(wires.values()):
        return "Nothing is connected to the header with these settings.\n"
    rows = [(wire, part) for part, its in wires.items() for wire in its]
    rows.sort(key=lambda row: row[0].position or 41)  # the header has 40
    lines = ["| position | pin | leads to | part |", "|---:|---|---|---|"]
    lines += [f"| {_place(wire)} | {wire.to} | {part} |" for wire, part in rows]
    return "\n".join(lines) + "\n"


def _place(wire: Wire) -> str:
    """Its position and its pin, or who says what they are."""
    return "| as its overlay says" if wire.pin is None else f"{wire.position} | GPIO{wire.pin}"


def as_list(wires: Mapping[str, Sequence[Wire]]) -> list[dict[str, object]]:
    """The wires as plain values."""
    return [
        {"part": part, "pin": wire.pin, "position": wire.position, "to": wire.to, "bus": wire.bus}
        for part, its in wires.items()
        for wire in its
    ]
