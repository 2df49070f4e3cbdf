"""The appliance in a machine: installing it, and looking whether it serves."""

from __future__ import annotations

import re
import time
from itertools import groupby
from pathlib import Path

from tests.install.machine import Machine
from tests.install.roots import CHECKOUT

INSTALL = ("/src/scripts/install", "--yes", "--offline", "/fetched")
SYNTHETIC = ("--camera", "synthetic", "--trigger", "interval")
SETTINGS = "/etc/digit-appliance/config.toml"
JOURNAL = "/var/lib/digit-appliance/journal.sqlite3"
RELEASES = "/opt/digit-appliance/releases"


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


def wait_for_readings(machine: Machine, count: int) -> None:
    while readings(machine) < count:
        assert reads_by_itself(machine)


def journal_version(machine: Machine, folder: str = "/var/lib/digit-appliance") -> int:
    """The version of the journal's tables."""
    ask = "import sqlite3, sys; c = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)\n" + (
        "print(c.execute('pragma user_version').fetchone()[0])"
    )
    return int(machine.says("python3", "-c", ask, f"{folder}/journal.sqlite3"))


def may(machine: Machine, user: str, action: str) -> bool:
    """Whether polkit lets a user do something without asking anybody."""
    ask = f"pkcheck --action-id {action} --process $$"
    return machine.run("runuser", "-u", user, "--", "sh", "-c", ask).returncode == 0


def manual(title: str) -> list[str]:
    """The blocks of commands in a section of docs/operations.md."""
    text = (CHECKOUT / "docs" / "operations.md").read_text()
    section = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = [line[4:] if line.startswith("    ") else "" for line in section.splitlines()]
    return ["\n".join(block) for code, block in groupby(lines, bool) if code]


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
