"""What the machine tells of itself: files below /proc and /dev, programs, groups.

All of it is reached through here, so that a test can stand another machine in its place.
"""

from __future__ import annotations

import grp
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path


class Machine:
    """The machine that this runs on.

    root: folder that stands for `/`.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """A file or folder by its absolute name."""
        return self.root / name.lstrip("/")

    def text(self, name: str) -> str:
        """What stands in a file, without zeros and blanks at its ends; empty when it is absent."""
        try:
            return self.path(name).read_text(errors="replace").strip("\0\n ")
        except OSError:
            return ""

    def run(self, *command: str) -> str | None:
        """What a program prints; None when it is absent, fails or takes more than 10 s."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=True,
                timeout=10,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    def has_module(self, name: str) -> bool:
        """Whether a Python module can be imported, without importing it.

        name: may have a dot; then its package is imported.
        """
        try:
            return find_spec(name) is not None
        except ModuleNotFoundError:  # of its package
            return False

    def may_write(self, name: str) -> bool:
        """Whether this user may write a file, or make it with its folders."""
        path = self.path(name)
        try:
            while not path.exists() and path != path.parent:
                path = path.parent
        except PermissionError:  # not even to look whether it is there
            return False
        return os.access(path, os.W_OK)

    def groups(self) -> set[str]:
        """Names of the groups of this process; root counts as in all of them."""
        numbers = {*os.getgroups(), os.getegid()}
        everyone = os.geteuid() == 0
        return {group.gr_name for group in grp.getgrall() if everyone or group.gr_gid in numbers}

    def free_megabytes(self, name: str) -> float:
        """Free megabytes (2**20 bytes) where a file is or would be."""
        folder = self.path(name)
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free / 2**20

    def i2c_addresses(self, bus: int) -> list[int]:
        """Addresses at which something answers on an I2C bus. Raises OSError, ImportError."""
        from smbus2 import SMBus  # noqa: PLC0415

        found = []
        with SMBus(bus) as wire:
            for address in range(0x08, 0x78):
                try:
                    wire.read_byte(address)
                except OSError:
                    continue
                found.append(address)
        return found
