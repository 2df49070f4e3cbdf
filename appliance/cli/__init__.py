"""The commands; the only place that prints. One file for each command, imported when it is asked for."""

from appliance.cli.main import main

__all__ = ["main"]
