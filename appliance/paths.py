"""Paths as people write them in settings and commands."""

from __future__ import annotations

from pathlib import Path

from appliance.errors import PathError


def expanded(path: str) -> Path:
    """The file or folder that is meant; `~` is somebody's home. Raises PathError."""
    if not path or "\0" in path:
        raise PathError(f"{path!r} is no name of a file or folder; name one")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # nobody is called so
        raise PathError(f"{path}: that home isn't known; write the path in full") from error
