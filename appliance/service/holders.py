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
        name = _holder(process, devices) if process.name != str(os.getpid()) else None
        if name is not None:
            found.append(f"{name} (process {process.name})")
    return found


def held_by(devices: str) -> str:
    """The same as the end of a sentence; empty when nobody is known to hold it."""
    names = holders(devices)
    return f"; it is held by {', '.join(names)}" if names else ""


def _holder(process: Path, devices: str) -> str | None:
    """The name of a process that has such a device open; None of others."""
    try:
        links = [str(entry.readlink()) for entry in (process / "fd").iterdir()]
        if any(link.startswith(devices) for link in links):
            return (process / "comm").read_text(errors="replace").strip()
    except OSError:  # another user's, or it has ended
        pass
    return None
