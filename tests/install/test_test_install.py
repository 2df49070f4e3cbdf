"""scripts/test-install on machines that can't run it: it says why, ends with 77, leaves nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "test-install"
NOBODY = 65534
TOOLS = ("bash", "dirname", "mktemp", "rm", "find", "findmnt", "head", "mkdir", "rmdir", "cat")
CANT = 77
"""What an exit status of 77 means to test runners: not here."""

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="this isn't root")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    return folder


def double(programs: Path, name: str, script: str = "exit 1") -> None:
    """Put a program of another name or outcome there."""
    (programs / name).unlink(missing_ok=True)
    (programs / name).write_text(f"#!/bin/bash\n{script}\n")
    (programs / name).chmod(0o755)


def start(programs: Path, scratch: Path) -> tuple[int, str]:
    done = subprocess.run(
        [SCRIPT],
        env={"PATH": str(programs), "TMPDIR": str(scratch), "HOME": "/nowhere"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert list(scratch.iterdir()) == []
    return done.returncode, done.stdout


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def test_without_root() -> None:
    done = subprocess.run(
        [SCRIPT],
        env={"PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=NOBODY if os.geteuid() == 0 else None,
    )
    assert done.returncode == CANT
    assert "this isn't root; run them with: sudo scripts/test-install" in done.stdout


@only_root
def test_without_apt(programs: Path, scratch: Path) -> None:
    status, said = start(programs, scratch)
    assert status == CANT
    assert "they need Debian's mmdebstrap systemd-container qemu-user-static" in said


@only_root
def test_in_a_container_that_may_not_mount(programs: Path, scratch: Path) -> None:
    double(programs, "apt-get")
    double(programs, "unshare")
    status, said = start(programs, scratch)
    assert status == CANT
    assert "namespaces or mounts aren't allowed here" in said


@only_root
@pytest.mark.parametrize("mounted", ["", "echo /proc"], ids=["none", "read-only"])
def test_in_a_container_without_control_groups(programs: Path, scratch: Path, mounted: str) -> None:
    double(programs, "apt-get")
    double(programs, "unshare", "exit 0")
    double(programs, "findmnt", mounted)
    status, said = start(programs, scratch)
    assert status == CANT
    assert "control groups (version 2) can't be made here" in said


@only_root
def test_when_the_tools_cant_be_installed(programs: Path, scratch: Path) -> None:
    double(programs, "apt-get")
    double(programs, "unshare", "exit 0")
    groups = scratch.with_name("groups")
    groups.mkdir()
    double(programs, "findmnt", f"echo {groups}")
    status, said = start(programs, scratch)
    assert status == CANT
    assert "apt couldn't install mmdebstrap" in said
