"""What the installer makes can be read by the service's user, whatever the umask of its caller."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.install.parts import Parts

STRICT = ("bash", "-c", 'umask 077; exec "$@"', "-")
PYTHON = f"""#!/bin/bash
case $2 in
    venv) mkdir -p "${{*: -1}}/bin" && ln -s /bin/true "${{*: -1}}/bin/digit-appliance" ;;
    *) exec {shlex.quote(sys.executable)} "$@" ;;
esac
"""
HOLLOW = """
project_version() { echo 1.0; }
for part in install_wheels write_requirements check_release; do eval "$part() { :; }"; done
"""
"""Leave out of a release what venv and pip put into it."""


def closed(folder: Path) -> list[Path]:
    """The folder, and what is in it, as far as others than its owner can't read it."""
    return [
        path for path in [folder, *folder.rglob("*")]
        if path.stat().st_mode & 0o044 != 0o044 or (path.is_dir() and not path.stat().st_mode & 1)
    ]  # fmt: skip


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """A checkout that was made with a strict umask, as was what an earlier attempt has left."""
    python = tmp_path / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)
    parts = Parts(tmp_path, python=str(python))
    for name in ("README.md", "LICENSE", "pyproject.toml"):
        (parts.checkout / name).write_text("")
        (parts.checkout / name).chmod(0o600)
    (parts.checkout / "docs").chmod(0o700)
    for left in ("/opt/digit-appliance/releases", "/etc/digit-appliance"):
        parts.path(left).mkdir(mode=0o700)
    parts.path("/opt/digit-appliance").chmod(0o700)
    return parts


def test_the_services_user_can_read_program_and_settings(parts: Parts) -> None:
    parts.says(f"{HOLLOW} make_release; switch_to $release; write_settings", *STRICT)
    program, settings = parts.path("/opt/digit-appliance"), parts.path("/etc/digit-appliance")
    assert (settings / "config.toml").is_file()
    assert len(list(program.glob("releases/1.0-*/docs/config.toml"))) == 1
    assert closed(program) + closed(settings) == []


def test_the_services_user_can_read_the_test_picture(parts: Parts) -> None:
    draw = parts.path("/venv/bin/python")
    draw.write_text('#!/bin/bash\necho a page >"$2"; echo 407\n')
    draw.chmod(0o755)
    look = 'reads() { stat -c %A "${1%/*}" "$1"; }'
    said = parts.says(f"{look}; release='{parts.root}'; read_test_picture", *STRICT)
    assert said.split("\n")[1:3] == ["drwxr-xr-x", "-rw-r--r--"]


def test_what_was_closed_to_others_stays_so(parts: Parts) -> None:
    state = parts.path("/var/lib/digit-appliance")
    state.mkdir()
    state.chmod(0o750)  # not by mkdir, which the umask of these tests would change
    (state / "journal.sqlite3").write_text("")
    (state / "journal.sqlite3").chmod(0o640)
    parts.says("has_systemd() { true; }; systemctl() { :; }; previous=one; keep_state", *STRICT)
    kept = parts.path("/var/lib/digit-appliance.before-upgrade")
    assert kept.stat().st_mode & 0o777 == 0o750
    assert (kept / "journal.sqlite3").stat().st_mode & 0o777 == 0o640
