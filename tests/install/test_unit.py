"""The unit: systemd accepts every line of it, and finds it well locked up."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.cli.run import WRONG_SETTINGS

UNITS = Path(__file__).parents[2] / "systemd"
UNIT = UNITS / "digit-appliance.service"
MOST_EXPOSED = 2.0
"""What `systemd-analyze security` may find at most, of 10."""

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze isn't installed"
)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False
    )


def verify(text: str, folder: Path) -> str:
    """All that systemd says of a unit; its program is one that is installed here."""
    there = [
        "ExecStart=/bin/true" if line.startswith("ExecStart=") else line
        for line in text.splitlines()
    ]
    unit = folder / UNIT.name
    unit.write_text("\n".join(there))
    done = analyze("verify", unit)
    return done.stdout + done.stderr


def test_systemd_has_nothing_to_say(tmp_path: Path) -> None:
    # The exit status is 0 even when keys are unknown: anything said is a fault.
    assert verify(UNIT.read_text(), tmp_path) == ""


def test_a_slip_would_be_noticed(tmp_path: Path) -> None:
    assert "Protectsystem" in verify(UNIT.read_text() + "[Service]\nProtectsystem=1\n", tmp_path)


def exposure(unit: Path, most: float) -> subprocess.CompletedProcess[str]:
    return analyze(
        "security", "--offline=true", f"--threshold={round(10 * most)}", "--no-pager", unit
    )


def test_it_is_locked_up() -> None:
    done = exposure(UNIT, MOST_EXPOSED)
    assert done.returncode == 0, done.stdout


def test_a_line_less_would_be_noticed(tmp_path: Path) -> None:
    looser = tmp_path / UNIT.name
    kept = UNIT.read_text().replace("CapabilityBoundingSet=", "#")
    looser.write_text(kept)
    assert exposure(looser, MOST_EXPOSED).returncode != 0


def test_wrong_settings_arent_tried_again() -> None:
    assert f"RestartPreventExitStatus={WRONG_SETTINGS}" in UNIT.read_text().splitlines()


@pytest.mark.parametrize(
    "device", ["video4linux", "media", "dma_heap", "gpiochip", "i2c", "spi", "alsa"]
)
def test_what_it_needs_is_allowed(device: str) -> None:
    assert f"DeviceAllow=char-{device} rw" in UNIT.read_text().splitlines()
