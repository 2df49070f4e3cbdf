"""Debian systems to install into, and what the installer fetches for them: made once, kept.

    python -m tests.install.roots trixie

makes one. Exit status 77 when this machine can't: Debian's archive can't be reached, or a container
can't boot here.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.install.machine import booted

CHECKOUT = Path(__file__).parents[2]
MIRROR = "http://deb.debian.org/debian"
CERTIFICATES = Path("/etc/ssl/certs")
PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "python3", "python3-venv", "ca-certificates", "sudo",
    "polkitd",
)  # fmt: skip
"""What a fresh Raspberry Pi OS has, as far as the installer is concerned."""

KEPT_SECONDS = 7 * 86_400.0
"""For which a folder of the cache is kept that nobody uses."""

CHOICES = ("--display", "oled,max7219", "--camera", "synthetic")
"""What to fetch for: displays whose libraries are Debian packages."""


OURS = "install-test-"
"""Begin of the name of every folder and control group of a machine."""


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


def work_folder() -> Path:
    """A new folder for a machine's changes, in memory: dpkg syncs each file, which takes minutes on
    a disk."""
    given = Path(os.environ.get("INSTALL_TEST_FOLDER") or "/dev/shm")
    return Path(tempfile.mkdtemp(prefix=f"{OURS}{given.name}-", dir=given))


def kept(name: str, needs: Iterable[str], make: Callable[[Path], None]) -> Path:
    """A folder of the cache; made when it isn't there or was made for other needs.

    make: fills the folder that it is given, which doesn't exist; it is kept whole or not at all.
    """
    digest = hashlib.sha256("\0".join(needs).encode()).hexdigest()[:12]
    target = cache() / f"{name}-{digest}"
    with (cache() / f"{name}.lock").open("w") as lock:  # another run may make the same
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            draft = cache() / f"{name}.part"
            shutil.rmtree(draft, ignore_errors=True)
            make(draft)
            draft.rename(target)
        os.utime(target)
        for other in cache().glob(f"{name}-{'[0-9a-f]' * 12}"):
            if time.time() - other.stat().st_mtime > KEPT_SECONDS:  # nobody runs on it any more
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
        binds = {stage(Path(temporary)): "/src", CERTIFICATES: str(CERTIFICATES)}
        with booted(root, work_folder(), network=True, binds=binds) as machine:
            done = machine.run(
                "/src/scripts/install", "--fetch", "/fetched", *CHOICES,
                PIP_CERT=str(CERTIFICATES / "ca-certificates.crt"), timeout=1200,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout
            shutil.copytree(machine.root / "fetched", folder)


def main(codename: str) -> int:
    """Make a system, boot it once, and fetch; what fails before the installer runs is no fault."""
    try:
        root = kept(codename, PACKAGES, lambda folder: _make_root(codename, folder))
    except subprocess.CalledProcessError:
        print(f"Skipped: Debian {codename} couldn't be made from {MIRROR}; see above.")
        return 77
    try:
        with booted(root, work_folder()):
            pass
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        print(f"Skipped: Debian {codename} can't boot in a container here: {error}")
        return 77
    prepare(codename)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
