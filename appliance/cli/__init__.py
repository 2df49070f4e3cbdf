"""The commands, a file each, imported when they are asked for; the only place that prints."""

from appliance.cli.main import main

__all__ = ["main"]
