"""The installer in systems that boot: run by scripts/test-install, for it needs root and minutes.

The tests of a class share one machine and stand in the order in which an owner would meet them.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.install.machine import Machine
from tests.install.roots import Root
from tests.install.service import (
    INSTALL,
    JOURNAL,
    SETTINGS,
    SYNTHETIC,
    current,
    fails,
    give_raspi_config,
    is_ready,
    journal_version,
    kill_at,
    manual,
    may,
    nothing_is_installed,
    readings,
    reads_by_itself,
    releases,
    start_in_background,
    wait_for,
    wait_for_readings,
    wait_until_it_ends,
)


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

    @pytest.mark.usefixtures("once")
    def test_one_that_has_changed_the_journal_takes_that_back_too(
        self, machine: Machine, source: Path
    ) -> None:
        tables, reading = source / "appliance/journal/tables.py", source / "appliance/cli/read.py"
        whole, before = {file: file.read_text() for file in (tables, reading)}, readings(machine)
        more = "(FIRST, 'ALTER TABLE readings ADD COLUMN camera TEXT;')"
        tables.write_text(whole[tables].replace("(FIRST,)", more))
        reading.write_text(whole[reading] + "\n\nraise SystemExit('it reads no more')\n")
        said = fails(machine, *INSTALL)
        for file, text in whole.items():
            file.write_text(text)
        assert "The journal is as before the upgrade; the newer one is kept in" in said
        assert journal_version(machine, "/var/lib/digit-appliance.newer") == 2
        assert journal_version(machine) == 1
        assert readings(machine) >= before > 0
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

    def test_its_user_may_switch_off_and_nothing_else(self, machine: Machine) -> None:
        assert may(machine, "digit-appliance", "org.freedesktop.login1.power-off")
        assert not may(machine, "digit-appliance", "org.freedesktop.login1.reboot")
        assert not may(machine, "digit-appliance", "org.freedesktop.systemd1.manage-units")
        assert not may(machine, "nobody", "org.freedesktop.login1.power-off")
        assert not may(machine, "nobody", "org.freedesktop.login1.power-off-multiple-sessions")

    def test_it_starts_again_after_its_user_has_switched_off(self, machine: Machine) -> None:
        power_off = ("systemctl", "--no-ask-password", "poweroff")
        fails(machine, "runuser", "-u", "nobody", "--", *power_off)
        # What it says doesn't count: it may be gone before it has answered.
        machine.run("runuser", "-u", "digit-appliance", "--", *power_off)
        machine.wait_until_off()
        machine.boot()
        assert is_ready(machine)

    def test_a_backup_is_restored_as_the_manual_says(self, machine: Machine) -> None:
        """Onto a card on which an installation has begun a journal of its own."""
        make, restore = manual("Back up and restore")
        wait_for_readings(machine, 3)
        count = readings(machine)  # before: it reads on as soon as the backup is made
        machine.says("bash", "-ec", f"cd /; echo '# mine' >>{SETTINGS}; {make}")
        machine.says("/src/scripts/uninstall", "--purge")
        machine.says(*INSTALL, *SYNTHETIC)
        today = machine.says("date", "+%F")
        restored = re.sub(r"20\d\d-\d\d-\d\d", today, restore)
        machine.says("bash", "-ec", f"cd /; {restored}")
        assert "# mine" in machine.says("cat", SETTINGS)
        assert readings(machine) >= count
        assert reads_by_itself(machine)
        assert machine.says("stat", "-c", "%U", JOURNAL) == "digit-appliance"

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
