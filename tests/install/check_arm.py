"""The program as an ARM program of 64 and of 32 bits, with Debian's packages, through qemu-user.

Run by scripts/test-install --arm. The systems are unpacked but not configured (that would take ten
minutes more for each), so the installer itself can't run in them: what it would install does.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.install.roots import CHECKOUT, MIRROR, kept

PROGRAM, WHEELS, PAGES = "opt/program", "opt/wheels", "opt/pages"
MAIN = "from appliance.cli import main; main()"
SEEDS = (1, 2, 3)
"""Of the pages that are read."""


ROUNDED = 3
"""Pixels by which boxes may differ: OpenCV rounds otherwise on each processor."""


@dataclass(frozen=True, slots=True)
class Port:
    """One of Debian's architectures.

    libraries: its folder of libraries. machine: how its kernel calls it. wheels: platforms of which
    wheels are taken; only pure Python ones where that is none. bits: of an address.
    """

    name: str
    qemu: str
    libraries: str
    machine: str
    wheels: tuple[str, ...]
    bits: int

    @property
    def packages(self) -> tuple[str, ...]:
        """What the installer takes from Debian (scripts/installer/packages.bash)."""
        always = (
            "python3", "python3-venv", "python3-numpy", "python3-scipy", "libopenblas0-pthread",
        )  # fmt: skip
        return always if self.wheels else (*always, "python3-opencv")


PORTS = (
    Port(
        "arm64", "qemu-aarch64-static", "aarch64-linux-gnu", "aarch64",
        ("manylinux_2_17_aarch64", "manylinux_2_28_aarch64"), 64,
    ),
    Port("armhf", "qemu-arm-static", "arm-linux-gnueabihf", "armv7l", (), 32),
)  # fmt: skip


def make_root(port: Port, folder: Path) -> None:
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=extract", f"--architectures={port.name}",
         "--format=directory", f"--include={','.join(port.packages)}", "trixie", str(folder),
         MIRROR],
        check=True,
    )  # fmt: skip
    (folder / "dev").mkdir(exist_ok=True)
    for name in ("bin", "sbin", "lib"):  # made when base-files is configured
        if not (folder / name).exists():
            (folder / name).symlink_to(f"usr/{name}")
    shutil.copy(f"/usr/bin/{port.qemu}", folder / "usr/bin")


def dependencies(port: Port) -> list[str]:
    """What pip installs there."""
    table = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    names: list[str] = table["project"]["dependencies"]
    debians = ("numpy", "scipy") if port.wheels else ("numpy", "scipy", "opencv")
    return [name for name in names if not name.startswith(debians)]


def fetch_wheels(port: Port, folder: Path) -> None:
    """Put the wheels, without what Debian has, into a folder, unpacked."""
    platforms = [f"--platform={name}" for name in port.wheels or ("any",)]
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:",
             "--no-deps", "--python-version=3.13", *platforms, "-d", temporary,
             *dependencies(port), "colorzero", "markdown-it-py", "mdurl", "pygments"],
            check=True,
        )  # fmt: skip
        for wheel in Path(temporary).glob("*.whl"):
            shutil.unpack_archive(wheel, folder, "zip")


@dataclass(frozen=True, slots=True)
class System:
    """An ARM system with the project in it."""

    port: Port
    root: Path

    def python(self, *arguments: str) -> str:
        """What ARM's Python prints."""
        blas = f"/usr/lib/{self.port.libraries}/openblas-pthread"  # a configured system has links
        done = subprocess.run(
            ["/usr/sbin/chroot", str(self.root), f"/usr/bin/{self.port.qemu}", "/usr/bin/python3",
             *arguments],
            env={
                "PYTHONPATH": f"/{PROGRAM}:/{WHEELS}",
                "LD_LIBRARY_PATH": f"{blas}:{blas.replace('openblas', 'lapack')}",
                "PATH": "/usr/bin",
            },
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module", params=PORTS, ids=lambda port: port.name)
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    port: Port = request.param
    root = kept(f"trixie-{port.name}", (*port.packages, "2"), lambda at: make_root(port, at))
    wheels = kept(
        f"trixie-{port.name}-wheels", dependencies(port), lambda at: fetch_wheels(port, at)
    )
    shutil.copytree(wheels, root / WHEELS, dirs_exist_ok=True)
    shutil.rmtree(root / PROGRAM, ignore_errors=True)
    shutil.copytree(CHECKOUT / "appliance", root / PROGRAM / "appliance")
    shutil.copytree(CHECKOUT / "weights", root / PROGRAM / "appliance" / "weights")
    (root / PAGES).mkdir(exist_ok=True)
    for device, minor in (("null", 3), ("urandom", 9)):
        if not (root / "dev" / device).exists():
            os.mknod(root / "dev" / device, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
    yield System(port, root)
    shutil.rmtree(root / PROGRAM)


def draw(page: Path, seed: int) -> str:
    """Draw a page on this machine; returns what is written on it."""
    script = str(CHECKOUT / "scripts" / "installer" / "draw_page.py")
    done = subprocess.run(
        [sys.executable, script, str(page), "--seed", str(seed)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def read_here(page: Path) -> dict[str, Any]:
    """How this machine reads a page."""
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "read", "--json", str(page)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_everything_is_imported(system: System) -> None:
    said = system.python(
        "-c", "import platform, sys, numpy, scipy, cv2, appliance.app; "
        "print(platform.machine(), sys.maxsize.bit_length() + 1, numpy.__version__)",
    )  # fmt: skip
    machine, bits, version = said.split()
    assert (machine, int(bits)) == (system.port.machine, system.port.bits)
    assert version.startswith("2.2.")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_is_read_as_on_this_machine(system: System, seed: int) -> None:
    page = system.root / PAGES / f"{seed}.png"
    written = draw(page, seed)
    here = read_here(page)
    there = json.loads(system.python("-c", MAIN, "read", "--json", f"/{PAGES}/{seed}.png"))
    assert (there["status"], there["text"]) == ("read", written)
    for ours, theirs in zip(here["digits"], there["digits"], strict=True):
        assert theirs["box"] == pytest.approx(ours["box"], abs=ROUNDED)
        assert theirs["confidence"] == pytest.approx(ours["confidence"], abs=0.01)


def test_a_reading_is_kept(system: System) -> None:
    """Through the whole loop, from a file as the camera to the journal."""
    draw(system.root / PAGES / "1.png", 1)
    settings = system.root / PAGES / "config.toml"
    settings.write_text(
        f'[camera]\nuse = "pictures"\n[camera.pictures]\npaths = ["/{PAGES}/1.png"]\n'
        f'[displays]\nuse = ["terminal"]\n[journal]\npath = "/{PAGES}/journal.sqlite3"\n'
    )
    found = system.python("-c", LOOP, f"/{PAGES}/config.toml", f"/{PAGES}/journal.sqlite3")
    (system.root / PAGES / "journal.sqlite3").unlink()
    assert found.splitlines()[-1] == "Stock(readings=1, corrections=0)"


LOOP = """
import sys
from pathlib import Path
from appliance import app, settings
from appliance.journal.inspection import inspect
app.build(settings.load(Path(sys.argv[1]))).read()
print(inspect(Path(sys.argv[2])))
"""
