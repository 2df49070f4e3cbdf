"""The tests for a board: the document tells of each, and each is named by its list."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "hardware_test.py"
    command = [sys.executable, str(script), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_document_tells_of_every_test_on_a_board() -> None:
    listed = run("--list")
    assert listed.returncode == 0, listed.stderr
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    text = (ROOT / "docs" / "hardware-tests.md").read_text()
    assert re.findall(r"^### (\w+)$", text, re.MULTILINE) == names


def test_a_test_that_does_not_exist_is_named() -> None:
    done = run("nonsense")
    assert done.returncode == 2
    assert "no test named nonsense" in done.stderr


def test_what_this_machine_lacks_is_skipped_or_fails_in_words(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[camera]\nuse = "webcam"\n[camera.webcam]\ndevice = "/dev/absent"\n')
    done = run("--config", str(config), "frames", "button", "buses")
    assert done.returncode == 1
    assert "FAILED: frames: there is no webcam at /dev/absent" in done.stdout
    assert "skipped: button: the settings have no button" in done.stdout
    assert "skipped: buses:" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
