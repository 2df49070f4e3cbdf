"""`digit-appliance doctor`: what is there, and what to do about what is missing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import click

from appliance import settings as file
from appliance.cli.checks import Finding, examine
from appliance.service.machine import Machine

MARKS = {True: "good", False: "BAD", None: "-"}


@click.command(epilog="Example: digit-appliance doctor --config /etc/digit-appliance/config.toml")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON list.")
def doctor(config: Path | None, as_json: bool) -> int:
    """Say what is missing on this machine, and the remedy.

    It looks for what the settings need, and changes nothing.

    Ends with 0 when all is well, with 1 when something is missing.
    """
    findings = [_chosen(config), *examine(Machine(), file.load(config))]
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings]))
    else:
        click.echo(report(findings))
    return int(any(finding.good is False for finding in findings))


def report(findings: Sequence[Finding]) -> str:
    """The findings in lines; below each that is bad what to do about it."""
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.good]:<5}{finding.name:<16}{finding.found}")
        if finding.remedy:
            lines.append(f"{'':<5}{'':<16}-> {finding.remedy}")
    bad = sum(finding.good is False for finding in findings)
    said = {0: "All is well.", 1: "One thing is missing."}
    return "\n".join([*lines, "", said.get(bad, f"{bad} things are missing.")])


def _chosen(config: Path | None) -> Finding:
    """Which settings it goes by."""
    path = config or file.DEFAULT_FILE
    if path.exists():
        return Finding("settings", str(path))
    return Finding("settings", f"the defaults, for there is no {path}; name others with --config")
