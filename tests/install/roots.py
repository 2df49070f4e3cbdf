"""Debian systems to install into, and what the installer fetches for them: made once, kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.install.machine import Machine

CHECKOUT = Path(__file__).parents[2]
MIRROR = "http://deb.debian.org/debian"
CERTIFICATES = Path("/etc/ssl/certs")
PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "python3", "python3-venv", "ca-certificates", "sudo",
)  # fmt: skip
"""What a fresh Raspberry Pi OS has, as far as the installer is concerned."""

CHOICES = ("--display", "oled,max7219", "--camera", "synthetic")
"""What to fetch for: displays whose libraries are Debian packages."""


@dataclass(frozen=True, slots=True)
class Root:
    """A system to boot, and the folder that `install --fetch` has filled in it."""

    codename: str
    folder: Path
    fetched: Path


def prepare(codename: str) -> Root:
    """Make a system and fetch what its installation needs, unless that was done before."""
    root = kept(codename, PACKAGES, lambda folder: _make_root(codename, folder))
    fetched = kept(f"{codename}-fetched", _what_is_fetched(), lambda folder: _fetch(root, folder))
    return Root(codename, root, fetched)


def _what_is_fetched() -> list[str]:
    """What decides it: the rest of pyproject.toml may change without fetching anew."""
    table = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    return [
        (CHECKOUT / "scripts/installer/packages.bash").read_text(),
        *table["project"]["dependencies"],
        *table["build-system"]["requires"],
    ]


def stage(folder: Path) -> Path:
    """Copy the project as a release archive would hold it; returns where."""
    target = folder / "digit-appliance"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "data", "tests", "benchmarks")
    shutil.copytree(CHECKOUT, target, ignore=ignored)
    return target


def cache() -> Path:
    """Folder of what is kept from one run of the tests to the next."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home) / "digit-appliance" / "install-test"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept(name: str, needs: Iterable[str], make: Callable[[Path], None]) -> Path:
    """A folder of the cache; made when it isn't there or was made for other needs.

    make: fills the folder that it is given, which doesn't exist; it is kept whole or not at all.
    """
    digest = hashlib.sha256("\0".join(needs).encode()).hexdigest()[:12]
    target = cache() / f"{name}-{digest}"
    if not target.exists():
        draft = cache() / f"{name}.part"
        shutil.rmtree(draft, ignore_errors=True)
        make(draft)
        draft.rename(target)
        for other in cache().glob(f"{name}-{'[0-9a-f]' * 12}"):
            if other != target:
                shutil.rmtree(other)
    return target


def _make_root(codename: str, folder: Path) -> None:
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", "--format=directory",
         f"--include={','.join(PACKAGES)}", codename, str(folder), MIRROR],
        check=True,
    )  # fmt: skip


def _fetch(root: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        source = stage(Path(temporary))
        work = Path(temporary) / "machine"
        work.mkdir()
        machine = Machine(
            root, work, network=True, binds={source: "/src", CERTIFICATES: str(CERTIFICATES)}
        )
        try:
            machine.boot()
            done = machine.run(
                "/src/scripts/install", "--fetch", "/fetched", *CHOICES,
                PIP_CERT=str(CERTIFICATES / "ca-certificates.crt"), timeout=1200,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout
            shutil.copytree(machine.root / "fetched", folder)
        finally:
            machine.close()
