"""Switching the machine off: only when it is allowed, and what it says when it is refused."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from appliance.errors import ServiceError
from appliance.service.power import may_power_off, power_off


def test_the_command_is_run(tmp_path: Path) -> None:
    power_off(("touch", str(tmp_path / "off")))
    assert (tmp_path / "off").exists()


@pytest.mark.parametrize(
    ("command", "words", "remedy"),
    [
        (("sh", "-c", "echo Access denied >&2; exit 1"), "Access denied", "needs the right to"),
        (("sh", "-c", "exit 4"), "status 4", "needs the right to"),
        (("/nowhere/systemctl",), "No such file", "without systemd"),
    ],
)
def test_a_refusal_is_told_with_its_remedy(
    command: tuple[str, ...], words: str, remedy: str
) -> None:
    with pytest.raises(ServiceError, match=rf"{words}.*{remedy}.*\[power_off\]"):
        power_off(command)


def test_what_is_typed_stays_the_appliances(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"typed")
    os.close(writing)
    ours = os.dup(0)
    os.dup2(reading, 0)
    try:
        power_off(("sh", "-c", f"cat >'{tmp_path}/taken'"))
        left = os.read(0, 99)
    finally:
        os.dup2(ours, 0)
        os.close(ours)
        os.close(reading)
    assert (left, (tmp_path / "taken").read_bytes()) == (b"typed", b"")


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.service.power.PATIENCE", 0.01)
    with pytest.raises(ServiceError, match="didn't answer"):
        power_off(("sleep", "9"))


def test_a_systemd_that_doesnt_answer_is_told() -> None:
    def run(command: tuple[str, ...], timeout: float, **others: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    with pytest.raises(ServiceError) as told:
        power_off(run=run)
    assert str(told.value) == (
        "the machine can't be switched off (systemd didn't answer within 15 seconds); "
        'hold the button again, or set when = "never" under [power_off]'
    )


@pytest.mark.parametrize(
    ("when", "environment", "expected"),
    [
        ("service", {"NOTIFY_SOCKET": "/run/systemd/notify"}, True),
        ("service", {"INVOCATION_ID": "a desktop's"}, False),
        ("always", {}, True),
        ("never", {"NOTIFY_SOCKET": "/run/systemd/notify"}, False),
    ],
)
def test_when_it_is_allowed(when: str, environment: dict[str, str], expected: bool) -> None:
    assert may_power_off(when, environment) is expected
