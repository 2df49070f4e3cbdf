"""What was read and learned, when an upgrade is taken back and when all is removed.

It may lie on a partition of its own, as docs/operations.md has it for a card that is never written.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.install.parts import Parts

STATE = "/var/lib/digit-appliance"
OWN_MOUNTS = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
MAKE = """
make() {
    mkdir -p "$1"
    "$python" -c 'import sqlite3, sys
journal = sqlite3.connect(sys.argv[1] + "/journal.sqlite3")
journal.execute("pragma user_version = " + sys.argv[2])
journal.execute("create table readings as select zeroblob(" + sys.argv[3] + ")")
journal.commit()' "$@"
}
make "$state.before-upgrade" 1 1
make "$state" 2 100000
touch "$state/learned"
"""
"""A journal that an upgrade has changed, something learned since, and the copy from before."""


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    command = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=["folder", "partition"])
def where(request: pytest.FixtureRequest) -> str:
    """What mounts it."""
    if request.param == "folder":
        return ""
    if not may_mount():
        pytest.skip("mounts aren't allowed here")
    return 'mount -t tmpfs tmpfs "$state"; mkdir "$state/lost+found"'


def folder(parts: Parts) -> Path:
    state = parts.path(STATE)
    state.mkdir()
    return state


def test_an_upgrade_that_is_taken_back_leaves_the_journal_from_before(
    where: str, tmp_path: Path
) -> None:
    parts = Parts(tmp_path)
    state = folder(parts)
    said = parts.says(
        f"""{where}
        {MAKE}
        restore_state
        journal_version "$state"; journal_version "$state.newer"
        ls "$state" "$state.newer" | grep -v lost; ls -d "$state"*""",
        *OWN_MOUNTS * bool(where),
    )
    assert said.split("\n") == [
        f"  The journal is as before the upgrade; the newer one is kept in {state}.newer.",
        "1", "2", f"{state}:", "journal.sqlite3", "", f"{state}.newer:", "journal.sqlite3",
        "learned", f"{state}", f"{state}.newer", "",
    ]  # fmt: skip


def test_an_upgrade_that_is_taken_back_begins_no_journal(tmp_path: Path) -> None:
    """It would be root's, and the service couldn't write into it."""
    parts = Parts(tmp_path)
    state = folder(parts)
    parts.says('cp -a "$state" "$state.before-upgrade"; restore_state')
    assert list(state.parent.rglob("*")) == [state]


@pytest.mark.parametrize("end", ["close()", "commit(); os._exit(0)"], ids=["closed", "killed"])
def test_the_journals_version_is_told_and_nothing_left_beside_it(end: str, tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    folder(parts)
    said = parts.says(f"""
        "$python" -c 'import os, sqlite3, sys
journal = sqlite3.connect(sys.argv[1])
journal.execute("pragma journal_mode = wal")
journal.execute("pragma user_version = 3")
journal.{end}' "$state/journal.sqlite3"
        journal_version "$state"; journal_version "$state.before-upgrade"; ls "$state"
    """)
    assert said.split() == ["3", "none", "journal.sqlite3"]


@pytest.mark.skipif(not may_mount(), reason="mounts aren't allowed here")
def test_when_there_is_no_room_to_take_it_back_nothing_is_lost_and_that_is_said(
    tmp_path: Path,
) -> None:
    parts = Parts(tmp_path)
    state = folder(parts)
    done = parts.run(
        f"""mount -t tmpfs -o size=64k tmpfs "${{state%/*}}"; mkdir "$state"
        mount -t tmpfs tmpfs "$state"
        {MAKE}
        restore_state
        journal_version "$state"; journal_version "$state.before-upgrade"
        ls "$state"; ls -d "$state"*""",
        *OWN_MOUNTS,
    )
    assert done.stdout.split("\n") == [
        "2", "1", "journal.sqlite3", "learned", f"{state}", f"{state}.before-upgrade", "",
    ]  # fmt: skip
    assert done.stderr.endswith(
        "The journal couldn't be put back as it was before the upgrade; see above.\n"
        f"What there was then is kept in {state}.before-upgrade.\n"
    )
    assert done.returncode == 0


@pytest.mark.skipif(not may_mount(), reason="mounts aren't allowed here")
def test_when_there_is_no_room_for_other_settings_the_owners_stay(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    done = parts.run(
        """
        mkdir -p "$settings_folder"
        mount -t tmpfs -o size=16k tmpfs "$settings_folder"
        printf '%06000d' 1 >"$settings"
        printf '%06000d' 2 >"$settings.new"
        trap 'undo_settings; wc -c <"$settings"; ls "$settings_folder"' EXIT
        replace_settings "$settings.new"
        """,
        *OWN_MOUNTS,
    )
    assert done.returncode == 1
    assert done.stdout.split() == ["6000", "config.toml"], done.stderr


def test_purge_leaves_neither_readings_nor_the_user(where: str, tmp_path: Path) -> None:
    parts = Parts(tmp_path, "uninstall")
    state = folder(parts)
    said = parts.says(
        f"""{where}
        {MAKE}
        getent() {{ true; }}
        userdel() {{ echo "$1 is gone"; }}
        purge
        ls -A "$state"* 2>/dev/null || true""",
        *OWN_MOUNTS * bool(where),
    )
    left = [f"  {state} stays, empty: a file system is mounted there."] * bool(where)
    assert said.split("\n") == [
        "* Settings, readings and what was learned", *left, "digit-appliance is gone",
        *["lost+found"] * bool(where), "",
    ]  # fmt: skip


@pytest.mark.parametrize("others", [[], ["override.conf"]], ids=["none", "of the owner"])
def test_uninstall_removes_its_own_changes_of_the_service_alone(
    others: list[str], tmp_path: Path
) -> None:
    parts = Parts(tmp_path, "uninstall")
    drop_ins = parts.path("/etc/systemd/system/digit-appliance.service.d")
    drop_ins.mkdir()
    for name in ["reboot-when-lost.conf", *others]:
        (drop_ins / name).touch()
    said = parts.says("systemctl() { :; }; remove_service")
    assert [path.name for path in drop_ins.parent.rglob("*.conf")] == others
    assert drop_ins.exists() == bool(others)
    assert (f"{drop_ins} stays" in said) == bool(others)


BACK = """current_release() { say new; }
proven_releases() { say new old; }
restore_state() { :; }
has_systemd() { return 1; }
put_in_place() { say "$1 in place"; }
trap clean_up EXIT
trap 'say_interrupted; exit 130' INT TERM HUP
"""


def test_a_release_that_doesnt_start_when_gone_back_to_is_left_again(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
    starts = 'start_and_wait() { [[ $started != old ]]; }\nput_in_place() { started=$1; say "$1"; }'
    done = parts.run(f"cd '{tmp_path}'\n{BACK}\n{starts}\ngo_back")
    assert done.returncode != 0
    assert [line for line in done.stdout.split() if line in ("new", "old")][-2:] == ["new", "new"]
    assert "new runs again." in done.stderr


def test_going_back_that_is_interrupted_ends_where_it_began(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    (tmp_path / "new").mkdir()
    starts = "start_and_wait() { [[ $started == new ]] || kill -TERM $$; }"
    places = 'put_in_place() { started=$1; say "$1 in place"; }'
    done = parts.run(f"cd '{tmp_path}'\n{BACK}\n{starts}\n{places}\ngo_back")
    assert done.returncode == 130
    places_taken = [line for line in done.stdout.splitlines() if line.endswith("in place")]
    assert places_taken == ["old in place", "new in place"]


def test_what_is_finished_is_not_taken_back(tmp_path: Path) -> None:
    said = Parts(tmp_path).says(
        f"""release='{tmp_path}' previous='' settings_were=absent switched=yes
        finish_release
        say "[$settings_were$switched]\""""
    )
    assert said == "[]\n"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("/usr/lib/udev/rules.d/60-gpio.rules", True),
        ("/etc/udev/rules.d/99-com.rules", True),
        ("/etc/udev/rules.d/60-digit-appliance.rules", False),
        ("/etc/udev/rules.d/99-other.rules", False),
    ],
)
def test_the_systems_own_rules_for_pins_are_found(file: str, told: bool, tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    group = "video" if "other" in file else "gpio"
    path = parts.root / file.lstrip("/")
    path.parent.mkdir(parents=True)
    path.write_text(f'SUBSYSTEM=="gpio", GROUP="{group}"\n')
    assert (parts.run("has_raspberry_rules").returncode == 0) is told
