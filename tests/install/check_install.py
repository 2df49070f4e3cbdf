"""The installer in systems that boot: run by scripts/test-install, for it needs root and minutes.

The tests of a class share one machine and stand in the order in which an owner would meet them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.machine import Machine, booted
from tests.install.roots import Root, prepare, stage

INSTALL = ("/src/scripts/install", "--yes", "--offline", "/fetched")
SYNTHETIC = ("--camera", "synthetic", "--trigger", "interval")
SETTINGS = "/etc/digit-appliance/config.toml"
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where the systems' changes are kept: dpkg syncs each file, which takes minutes on a disk."""

OURS = f"install-test-{os.getpid()}-"
"""Begin of their folders' names."""

JOURNAL = "/var/lib/digit-appliance/journal.sqlite3"


@pytest.fixture(scope="class", params=["trixie", "bookworm"])
def root(request: pytest.FixtureRequest) -> Root:
    return prepare(request.param)


@pytest.fixture(scope="class")
def once(root: Root) -> None:
    """For what takes long and is the same code in all systems."""
    if root.codename != "trixie":
        pytest.skip("done in Trixie")


@pytest.fixture(scope="class")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it stands, for the tests to spoil."""
    return stage(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="class")
def machine(root: Root, source: Path) -> Iterator[Machine]:
    binds = {source: "/src", root.fetched: "/fetched"}
    folder = Path(tempfile.mkdtemp(prefix=OURS, dir=MEMORY))
    with booted(root.folder, folder, binds=binds) as machine:
        yield machine


def fails(machine: Machine, *command: str) -> str:
    """What a command says that must fail; never a traceback, never a complaint of bash."""
    done = machine.run(*command)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    assert not re.search(r"line \d+:", done.stdout), done.stdout
    return done.stdout


def is_ready(machine: Machine) -> bool:
    return machine.run("systemctl", "is-active", "digit-appliance").stdout.strip() == "active"


def reads_by_itself(machine: Machine) -> bool:
    """Whether a new reading comes into the journal within a minute."""
    before = readings(machine)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if readings(machine) > before:
            return True
        time.sleep(0.5)
    return False


def readings(machine: Machine) -> int:
    count = f"import sqlite3; c = sqlite3.connect('file:{JOURNAL}?mode=ro', uri=True)\n" + (
        "print(c.execute('select count(*) from readings').fetchone()[0])"
    )
    done = machine.run("python3", "-c", count)
    return int(done.stdout) if done.returncode == 0 else 0


def current(machine: Machine) -> str:
    return machine.says("readlink", "/opt/digit-appliance/current")


def releases(machine: Machine) -> set[str]:
    return set(machine.says("ls", "/opt/digit-appliance/releases").split())


def nothing_is_installed(machine: Machine) -> bool:
    there = machine.says(
        "bash", "-c", "ls -d /opt/digit-appliance/current /etc/systemd/system/digit* "
        f"/usr/local/bin/digit* /opt/digit-appliance/releases/* {SETTINGS} 2>/dev/null || true",
    )  # fmt: skip
    return there == ""


def start_in_background(machine: Machine, *command: str) -> int:
    """Start a command in a session of its own; returns its process id in the machine."""
    line = f"setsid {' '.join(command)} </dev/null >/log 2>&1 & echo $!"
    return int(machine.says("bash", "-c", line))


def wait_for(machine: Machine, process: int, text: str) -> None:
    """Wait until the command in the background has said something."""
    log = machine.root / "log"
    deadline = time.monotonic() + 300
    while text not in log.read_text():
        lives = machine.run("test", "-e", f"/proc/{process}").returncode == 0
        assert text in log.read_text() or (lives and time.monotonic() < deadline), log.read_text()
        time.sleep(0.1)


def wait_until_it_ends(machine: Machine, process: int) -> None:
    machine.says("tail", f"--pid={process}", "-f", "/dev/null")


def kill_at(machine: Machine, text: str, *command: str) -> None:
    """Run a command and kill it, with all that it started, once it has said something."""
    process = start_in_background(machine, *command)
    wait_for(machine, process, text)
    machine.says("bash", "-c", f"kill -9 -- -{process}")
    wait_until_it_ends(machine, process)


def give_raspi_config(machine: Machine) -> Path:
    """Put a double of raspi-config, with all buses off, into it; returns what it is told."""
    told = machine.root / "told"
    machine.says("install", "-m", "755", "/dev/null", "/usr/bin/raspi-config")
    script = '#!/bin/sh\necho "$*" >>/told\n[ "${2#get_}" = "$2" ] || echo 1\n'
    machine.says("python3", "-c", f"open('/usr/bin/raspi-config', 'w').write({script!r})")
    return told


class TestSentences:
    """What is wrong is said before anything is changed."""

    def test_not_root(self, machine: Machine) -> None:
        said = fails(machine, "runuser", "-u", "nobody", "--", *INSTALL)
        assert said.startswith("This needs root's rights")
        assert "sudo /src/scripts/install" in said

    def test_wrong_system(self, machine: Machine) -> None:
        machine.says("bash", "-c", "cp /etc/os-release /kept && rm /etc/os-release")
        (machine.root / "etc" / "os-release").write_text(
            'ID=fedora\nVERSION_ID=42\nPRETTY_NAME="Fedora Linux 42"\n'
        )
        said = fails(machine, *INSTALL)
        machine.says("mv", "/kept", "/etc/os-release")
        assert said.startswith("This system is Fedora Linux 42. The installer knows")

    def test_unknown_names_and_options(self, machine: Machine) -> None:
        said = fails(machine, *INSTALL, "--display", "leds,hologram")
        assert said.startswith("hologram isn't known; there are: terminal,")
        assert fails(machine, *INSTALL, "--fast").startswith("--fast isn't known.")
        assert fails(machine, "/src/scripts/install", "--camera").startswith("--camera needs")

    def test_no_network(self, machine: Machine) -> None:
        said = fails(machine, "/src/scripts/install", "--yes")
        assert "There is no way to pypi.org: the network is missing" in said
        assert "--offline" in said

    def test_full_disk(self, machine: Machine) -> None:
        machine.says("mount", "-t", "tmpfs", "-o", "size=100M", "tmpfs", "/opt")
        said = fails(machine, *INSTALL)
        machine.says("umount", "/opt")
        assert "Only 100 MB are free for /opt/digit-appliance" in said

    def test_incomplete_archive(self, machine: Machine, source: Path) -> None:
        weights = source / "weights" / "default.npz"
        kept = weights.read_bytes()
        weights.write_bytes(b"")
        said = fails(machine, *INSTALL)
        weights.write_bytes(kept)
        assert "/src/weights/default.npz is missing" in said

    def test_nothing_was_fetched(self, machine: Machine) -> None:
        said = fails(machine, "/src/scripts/install", "--yes", "--offline", "/mnt")
        assert "/mnt doesn't hold what 'scripts/install --fetch' puts into a folder." in said

    def test_nothing_was_changed(self, machine: Machine) -> None:
        assert nothing_is_installed(machine)

    def test_uninstall_without_an_installation(self, machine: Machine) -> None:
        assert "is off this machine" in machine.says("/src/scripts/uninstall")


class TestLife:
    """From the first installation to the last trace."""

    def test_the_first_one_is_interrupted(self, machine: Machine) -> None:
        kill_at(machine, "Installing ", *INSTALL, *SYNTHETIC)
        assert nothing_is_installed(machine)

    @pytest.mark.usefixtures("once")
    def test_the_disk_runs_full(self, machine: Machine) -> None:
        machine.says("mount", "-t", "tmpfs", "-o", "size=950M", "tmpfs", "/opt")
        process = start_in_background(machine, *INSTALL, *SYNTHETIC)
        wait_for(machine, process, "Python packages")
        machine.run("dd", "if=/dev/zero", "of=/opt/filler", "bs=1M")
        wait_for(machine, process, "the disk is full")
        wait_until_it_ends(machine, process)
        assert nothing_is_installed(machine)
        machine.says("umount", "/opt")

    def test_it_installs(self, machine: Machine) -> None:
        said = machine.says(*INSTALL, *SYNTHETIC)
        assert said.endswith("Hold up a digit and wait for the next reading.")
        assert "It read 407. Good." in said
        assert "python3-picamera2" not in said  # another camera was asked for
        assert "python3-lgpio isn't in this system's archives" in said
        assert is_ready(machine)
        assert reads_by_itself(machine)

    def test_numpy_is_still_debians(self, machine: Machine, root: Root) -> None:
        python = "/opt/digit-appliance/current/venv/bin/python"
        where = machine.says(python, "-c", "import numpy; print(numpy.__file__)")
        assert where.startswith("/usr/lib/python3/dist-packages/")
        opencv = machine.says(python, "-c", "import cv2; print(cv2.__version__)")
        assert root.codename != "bookworm" or opencv == "4.11.0"

    def test_the_service_is_locked_up(self, machine: Machine) -> None:
        unit = "/etc/systemd/system/digit-appliance.service"
        assert machine.says("systemd-analyze", "verify", unit) == ""
        owner = machine.says("bash", "-c", "ps -o user:20= -p $(pgrep -f 'digit-appliance run')"
                             if shutil.which("ps", path=str(machine.root / "usr/bin"))
                             else f"stat -c %U {JOURNAL}")  # fmt: skip
        assert owner.split()[0] == "digit-appliance"

    def test_doctor_finds_nothing_bad(self, machine: Machine) -> None:
        findings = json.loads(machine.says("digit-appliance", "doctor", "--json"))
        assert [finding for finding in findings if finding["good"] is False] == []

    def test_an_upgrade_keeps_settings_and_readings(self, machine: Machine) -> None:
        path = machine.root / SETTINGS.removeprefix("/")
        mine = path.read_text().replace("#keep_days = 90.0", "keep_days = 7.0  # mine")
        machine.says("python3", "-c", f"open('{SETTINGS}', 'w').write({mine!r})")
        before, count = current(machine), readings(machine)
        assert "kept as they are" in machine.says(*INSTALL)
        assert path.read_text() == mine
        assert current(machine) != before
        assert releases(machine) == {Path(before).name, Path(current(machine)).name}
        assert readings(machine) >= count > 0
        assert is_ready(machine)

    @pytest.mark.usefixtures("once")
    def test_an_upgrade_that_does_not_start_goes_back(self, machine: Machine, source: Path) -> None:
        program = source / "appliance" / "cli" / "run.py"
        whole, before = program.read_text(), current(machine)
        settings = machine.says("cat", SETTINGS)
        program.write_text(whole + "\n\nraise SystemExit('a fault that tests did not find')\n")
        said = fails(machine, *INSTALL, "--display", "memory")
        program.write_text(whole)
        assert "a fault that tests did not find" in said
        assert f"{Path(before).name} runs again." in said
        assert current(machine) == before
        assert machine.says("cat", SETTINGS) == settings
        assert reads_by_itself(machine)

    @pytest.mark.parametrize("step", ["Python packages", "Waiting until it is ready"])
    @pytest.mark.usefixtures("once")
    def test_an_interrupted_upgrade_leaves_one_that_runs(self, machine: Machine, step: str) -> None:
        kill_at(machine, step, *INSTALL)
        machine.says("systemctl", "restart", "digit-appliance")
        assert reads_by_itself(machine)

    @pytest.mark.usefixtures("once")
    def test_the_next_run_repairs_and_switches_on_what_is_new(self, machine: Machine) -> None:
        told = give_raspi_config(machine)
        said = machine.says(*INSTALL, "--display", "oled,terminal", "--hardware-watchdog")
        assert is_ready(machine)  # a display that isn't there keeps nobody from reading
        assert len(releases(machine)) == 2
        assert "Switching I2C on" in said
        assert told.read_text().split("\n") == ["nonint get_i2c", "nonint do_i2c 0", ""]
        unit = machine.says("systemctl", "show", "digit-appliance", "-P", "StartLimitAction")
        assert unit == "reboot"

    def test_back(self, machine: Machine) -> None:
        now = current(machine)
        machine.says("/src/scripts/install", "--back")
        assert current(machine) != now
        assert is_ready(machine)

    def test_it_starts_at_boot(self, machine: Machine) -> None:
        machine.shut_down()
        machine.boot()
        assert is_ready(machine)

    def test_uninstall_keeps_what_is_the_owners(self, machine: Machine) -> None:
        count = readings(machine)
        machine.says("/opt/digit-appliance/current/scripts/uninstall")
        assert not is_ready(machine)
        assert machine.says("bash", "-c", "ls /opt") == ""
        assert readings(machine) >= count > 0
        machine.says("test", "-e", SETTINGS)

    def test_purge_leaves_nothing(self, machine: Machine) -> None:
        machine.says("/src/scripts/uninstall", "--purge")
        left = machine.says(
            "bash", "-c", "find /etc /opt /usr/local /var/lib -xdev -name '*digit-appliance*'"
        )
        assert left == ""
        assert machine.run("getent", "passwd", "digit-appliance").returncode == 2


class TestWithoutAnything:
    """No camera, no pins, and answers that leave it all to the installer: it comes up."""

    @pytest.mark.usefixtures("once")
    def test_empty_answers(self, machine: Machine) -> None:
        install = "/src/scripts/install --offline /fetched"
        said = machine.says(
            "bash", "-c", f"printf '\\n\\n\\n' | script -qec '{install}' /dev/null | tr -d '\\r'"
        )
        assert "Which camera?\n  synthetic, pictures, picamera, webcam" in said
        assert "python3-picamera2 isn't in this system's archives" in said
        assert "camera: webcam" in said
        assert said.endswith("Hold up a digit and keep it still.")
        assert is_ready(machine)
        log = machine.says("journalctl", "-u", "digit-appliance", "-o", "cat", "--no-pager")
        assert "camera" in log


def test_this_machine_is_as_before() -> None:
    mounts = subprocess.run(["mount"], capture_output=True, text=True, check=True).stdout
    assert OURS not in mounts
