"""docs/operations.md says what the code does."""

from __future__ import annotations

from pathlib import Path

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
