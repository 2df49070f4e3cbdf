"""docs/operations.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.decide import ADVICE
from appliance.displays.blinks import READ, REASONS, STATES

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def test_every_blink_is_told_with_what_to_do() -> None:
    codes = {**{state.value: code for state, code in STATES.items()}, "read": READ, **REASONS}
    for meaning, code in codes.items():
        advice = ADVICE.get(meaning, "").rstrip(".")
        row = f"| `{code}` | {meaning}"
        assert row in TEXT
        if advice:
            assert f"{row} | {advice[0].lower()}{advice[1:]} |" in TEXT


@pytest.mark.parametrize("section", ["## Install", "## Watch it"])
def test_after_a_fault_systemd_is_made_to_forget_it_before_a_start(section: str) -> None:
    """After five failures systemd refuses starts by hand, too."""
    text = TEXT.split(f"\n{section}\n")[1].split("\n## ")[0]
    commands = re.findall(r"sudo systemctl (reset-failed|restart|start) digit-appliance", text)
    assert commands
    assert commands[::2] == ["reset-failed"] * (len(commands) // 2)
