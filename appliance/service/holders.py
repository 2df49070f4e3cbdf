"""Which processes have a device open: for the message when it is busy."""

from __future__ import annotations

import os
from pathlib import Path


def holders(devices: str, proc: Path = Path("/proc")) -> list[str]:
    """Name the other processes that have a device open, as "name (process 123)".

    devices: what the device's path begins with, as "/dev/media".
    Processes of other users are seen by root alone; the list may be empty for want of rights.
    """
    found = []
    for process in sorted(proc.glob("[0-9]*"), key=lambda folder: int(folder.name)):
        if process.name != str(os.getpid()) and _holds(process, devices):
            name = (process / "comm").read_text(errors="replace").strip()
            found.append(f"{name} (process {process.name})")
    return found


def held_by(devices: str) -> str:
    """The same as the end of a sentence; empty when nobody is known to hold it."""
    names = holders(devices)
    return f"; it is held by {', '.join(names)}" if names else ""


def _holds(process: Path, devices: str) -> bool:
    try:
        links = [str(entry.readlink()) for entry in (process / "fd").iterdir()]
    except OSError:  # another user's, or it has ended
        return False
    return any(link.startswith(devices) for link in links)
