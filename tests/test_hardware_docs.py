"""The tests for a board: the document tells of each, and each is named by its list."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from appliance.displays.leds import Leds
from appliance.service.pins import Pins
from tests.fake_pins import FakeAlarm, levels

ROOT = Path(__file__).parents[1]
FOUR = (5, 6, 12, 13)


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


def test_interrupted_it_leaves_the_displays_dark_and_their_pins_free(
    tmp_path: Path,
    pins: Pins,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spec = importlib.util.spec_from_file_location("board", ROOT / "scripts" / "hardware_test.py")
    assert spec is not None
    assert spec.loader is not None
    board = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "board", board)
    spec.loader.exec_module(board)
    lit: list[float] = []

    def interrupt(seconds: float) -> None:
        lit.append(sum(levels(pins, FOUR)))
        raise KeyboardInterrupt

    config = tmp_path / "config.toml"
    config.write_text(f'[displays]\nuse = ["leds"]\n[displays.leds]\nnumbers = {[*FOUR]}\n')
    monkeypatch.setattr(board, "Pins", lambda way: pins)
    monkeypatch.setattr(board.time, "sleep", interrupt)
    monkeypatch.setattr(sys, "argv", ["hardware-test", "--config", str(config), "lamps"])
    assert board.main() == 130
    assert capsys.readouterr().out.endswith("0 ok, 0 FAILED, 0 skipped\n")
    assert lit[0] > 0
    assert sum(levels(pins, FOUR)) == 0
    with closing(Leds(pins, numbers=FOUR, alarm=FakeAlarm())):
        pass


def test_what_this_machine_lacks_is_skipped_or_fails_in_words(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[camera]\nuse = "webcam"\n[camera.webcam]\ndevice = "/dev/absent"\n')
    done = run("--config", str(config), "frames", "button", "buses")
    assert done.returncode == 1
    assert "FAILED: frames: there is no webcam at /dev/absent" in done.stdout
    assert "skipped: button: the settings have no button" in done.stdout
    assert "skipped: buses:" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
