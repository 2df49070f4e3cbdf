"""The installer interrupted at random moments: the second run repairs, and what ran serves on.

Run by scripts/test-install. Each moment is as likely as any other of an uninterrupted run, which is
timed first; the signal is SIGINT, SIGTERM or SIGKILL, to all processes of the installer or to its
script alone, whose children then go on without it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.install.machine import Machine, booted
from tests.install.roots import Root, work_folder
from tests.install.service import (
    INSTALL,
    SETTINGS,
    SYNTHETIC,
    current,
    is_ready,
    nothing_is_installed,
    readings,
    reads_by_itself,
    releases,
)

KILLS = int(os.environ.get("INSTALL_TEST_KILLS", "2"))
SEED = int(os.environ.get("INSTALL_TEST_SEED", "1"))
LONGEST = 300.0
"""Seconds after which an installer that was interrupted has ended, or hangs."""


@pytest.fixture(scope="class", autouse=True)
def elsewhere(request: pytest.FixtureRequest, root: Root) -> None:
    """Both kinds in both systems would take too long, unless somebody asks for it."""
    if root.codename != request.cls.system and "INSTALL_TEST_KILLS" not in os.environ:
        pytest.skip(f"done in {request.cls.system.capitalize()}")


@dataclass(frozen=True, slots=True)
class Interruption:
    """Where, as a share of the whole run, by which signal, and whether to the script alone."""

    share: float
    signal: signal.Signals
    script_alone: bool

    def __str__(self) -> str:
        to = "script" if self.script_alone else "all"
        return f"{self.share:.3f} {self.signal.name} to {to}"


def interruptions(kind: int) -> list[Interruption]:
    random = np.random.default_rng([SEED, kind])
    signals = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
    return [
        Interruption(random.random(), signals[number % 3], bool(random.integers(2)))
        for number in range(KILLS)
    ]


class Run:
    """An installer at work in a machine."""

    def __init__(self, machine: Machine, *command: str) -> None:
        self._log = machine.root.parent / "installer.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                machine.enter(*command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def interrupt(self, how: Interruption, seconds: float) -> bool:
        """Interrupt it after so long; False when it had ended before."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._send(how)
            self._wait_for_all()
            return True
        return False

    def _send(self, how: Interruption) -> None:
        process = self._process.pid
        if not how.script_alone:
            os.killpg(process, how.signal)
            return
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            os.kill(int(child), how.signal)  # nsenter's one child

    def _wait_for_all(self) -> None:
        """Wait for the last process of its group, which may outlive the script."""
        deadline = time.monotonic() + LONGEST
        self._process.wait(LONGEST)
        while time.monotonic() < deadline:
            try:
                os.killpg(self._process.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        raise AssertionError(f"it hangs after it was interrupted: {self.said}")


def seconds_of(machine: Machine, *command: str) -> float:
    begin = time.monotonic()
    machine.says(*command)
    return time.monotonic() - begin


def last_step(said: str) -> str:
    lines = [line for line in said.splitlines() if line[:2] in ("* ", "  ")]
    return " ".join(lines[-1].split()[:4]) if lines else "the checks"


def leftovers(machine: Machine) -> str:
    """Half-made files that no later run would have to remove."""
    names = " -o ".join(f"-name '{name}'" for name in ("*.new", "*.next", "*.copying"))
    return machine.says(
        "bash", "-c", f"find /etc/digit-appliance /etc/systemd /etc/polkit-1 /opt /var/lib/digit* "
        f"-maxdepth 2 {names}; ls -d /var/lib/digit-appliance.before-upgrade 2>/dev/null || true",
    )  # fmt: skip


@pytest.fixture(scope="class")
def first_takes(machine: Machine) -> float:
    """Seconds that a first installation takes."""
    return seconds_of(machine, *INSTALL, *SYNTHETIC)


@pytest.fixture(scope="class")
def upgrade_takes(machine: Machine, first_takes: float) -> float:
    """Seconds that an upgrade of it takes."""
    assert reads_by_itself(machine)
    return seconds_of(machine, *INSTALL)


@pytest.fixture
def fresh(root: Root, source: Path) -> Iterator[Machine]:
    binds = {source: "/src", root.fetched: "/fetched"}
    with booted(root.folder, work_folder(), binds=binds) as machine:
        yield machine


class TestUpgrades:
    """One machine, on which an upgrade is interrupted again and again."""

    system = "bookworm"

    @pytest.mark.parametrize("how", interruptions(1), ids=str)
    def test_the_next_one_repairs(
        self, machine: Machine, upgrade_takes: float, how: Interruption
    ) -> None:
        before, settings = readings(machine), machine.says("cat", SETTINGS)
        run = Run(machine, *INSTALL)
        interrupted = run.interrupt(how, how.share * upgrade_takes)
        served = is_ready(machine)
        print(f"upgrade {how}: {last_step(run.said) if interrupted else 'had ended'}; "
              f"{'served on' if served else 'stood still'}")  # fmt: skip
        assert served or how.signal == signal.SIGKILL, run.said
        machine.says("systemctl", "restart", "digit-appliance")  # as the next start of the Pi would
        assert reads_by_itself(machine)
        assert readings(machine) > before
        machine.says(*INSTALL)
        assert reads_by_itself(machine)
        assert Path(current(machine)).name in releases(machine)
        assert len(releases(machine)) == 2
        assert machine.says("cat", SETTINGS) == settings
        assert leftovers(machine) == ""


class TestFirstInstallations:
    """A fresh machine for each."""

    system = "trixie"

    @pytest.mark.parametrize("how", interruptions(2), ids=str)
    def test_the_next_one_repairs(
        self, fresh: Machine, first_takes: float, how: Interruption
    ) -> None:
        run = Run(fresh, *INSTALL, *SYNTHETIC)
        interrupted = run.interrupt(how, how.share * first_takes)
        clean = nothing_is_installed(fresh)
        print(f"first {how}: {last_step(run.said) if interrupted else 'had ended'}; "
              f"{'nothing left' if clean else 'something left'}")  # fmt: skip
        done = not interrupted or "\nInstalled." in run.said
        assert clean or done or how.signal == signal.SIGKILL, run.said
        fresh.says(*INSTALL, *SYNTHETIC)
        assert is_ready(fresh)
        assert reads_by_itself(fresh)
        assert fresh.says("dpkg", "--audit") == ""
        assert len(releases(fresh)) == 1 + done
        assert leftovers(fresh) == ""
