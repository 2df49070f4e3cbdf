"""The program as a 64-bit ARM program, with Debian Trixie's packages, through qemu's user mode.

Run by scripts/test-install --arm. The system is unpacked but not configured (that would take ten
minutes more), so the installer itself can't run in it: what it would install does.
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
from pathlib import Path

import pytest

from tests.install.roots import CHECKOUT, MIRROR, kept

QEMU = "/usr/bin/qemu-aarch64-static"
PACKAGES = (
    "python3", "python3-venv", "python3-numpy", "python3-scipy", "libopenblas0-pthread",
)  # fmt: skip
PROGRAM, WHEELS = "opt/program", "opt/wheels"
LIBRARIES = "/usr/lib/aarch64-linux-gnu/openblas-pthread"
"""What the link libblas.so.3 leads to in a configured system."""


def make_root(folder: Path) -> None:
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=extract", "--architectures=arm64",
         "--format=directory", f"--include={','.join(PACKAGES)}", "trixie", str(folder), MIRROR],
        check=True,
    )  # fmt: skip
    (folder / "dev").mkdir(exist_ok=True)
    for name in ("bin", "sbin", "lib"):  # made when base-files is configured
        if not (folder / name).exists():
            (folder / name).symlink_to(f"usr/{name}")
    (folder / QEMU.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(QEMU, folder / QEMU.lstrip("/"))


def dependencies() -> list[str]:
    table = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    names: list[str] = table["project"]["dependencies"]
    return [name for name in names if not name.startswith(("numpy", "scipy"))]


def fetch_wheels(folder: Path) -> None:
    """Put the wheels for ARM, without what Debian has, into a folder, unpacked."""
    platforms = [f"--platform=manylinux_2_{minor}_aarch64" for minor in (17, 28)]
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:",
             "--no-deps", "--python-version=3.13", *platforms, "-d", temporary,
             *dependencies(), "colorzero", "markdown-it-py", "mdurl", "pygments"],
            check=True,
        )  # fmt: skip
        for wheel in Path(temporary).glob("*.whl"):
            shutil.unpack_archive(wheel, folder, "zip")


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """An ARM system with the project in it."""
    system = kept("trixie-arm64", (*PACKAGES, "1"), make_root)
    wheels = kept("trixie-arm64-wheels", dependencies(), fetch_wheels)
    shutil.copytree(wheels, system / WHEELS, dirs_exist_ok=True)
    shutil.rmtree(system / PROGRAM, ignore_errors=True)
    shutil.copytree(CHECKOUT / "appliance", system / PROGRAM / "appliance")
    shutil.copytree(CHECKOUT / "weights", system / PROGRAM / "appliance" / "weights")
    shutil.copy(CHECKOUT / "scripts/installer/draw_page.py", system / PROGRAM)
    if not (system / "dev" / "null").exists():
        os.mknod(system / "dev" / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    yield system
    shutil.rmtree(system / PROGRAM)


def python(root: Path, *arguments: str) -> str:
    """What ARM's Python prints."""
    done = subprocess.run(
        ["/usr/sbin/chroot", str(root), QEMU, "/usr/bin/python3", *arguments],
        env={
            "PYTHONPATH": f"/{PROGRAM}:/{WHEELS}",
            "LD_LIBRARY_PATH": LIBRARIES,
            "PATH": "/usr/bin",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_is_imported(root: Path) -> None:
    said = python(root, "-c", "import platform, numpy, scipy, cv2, appliance.app; "
                  "print(platform.machine(), numpy.__version__, cv2.__version__)")  # fmt: skip
    assert said.startswith("aarch64 2.2.")


def test_a_picture_is_read(root: Path) -> None:
    digits = python(root, f"/{PROGRAM}/draw_page.py", f"/{PROGRAM}/page.png").strip()
    read = "from appliance.cli import main; main()"
    answer = json.loads(python(root, "-c", read, "read", "--json", f"/{PROGRAM}/page.png"))
    assert (answer["status"], answer["text"]) == ("read", digits)
