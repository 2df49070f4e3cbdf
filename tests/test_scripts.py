"""The shell scripts: what they say when something is missing, without installing anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
TOOLS = ("bash", "dirname", "cat", "grep", "sed", "head", "env", "mkdir")
"""What the scripts may use of the system here; python3, apt-get and sudo are doubles."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of the scripts alone."""
    folder = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "scripts", folder / "scripts")
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that is the whole PATH, so nothing of this machine is found by chance."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    return folder


def add(programs: Path, name: str, script: str) -> None:
    (programs / name).write_text(f"#!/bin/bash\n{script}\n")
    (programs / name).chmod(0o755)


def start(
    checkout: Path, programs: Path, name: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts" / name, *arguments],
        env={"PATH": str(programs), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


PYTHON = r"""
case "$*" in
    --version) echo "Python 3.11.2" ;;
    *version_info*) exit "${OLD:-0}" ;;
    *ensurepip*) exit "${NO_VENV:-0}" ;;
    *"-m venv"*)
        venv=${*: -1}
        mkdir -p "$venv/bin"
        echo "made $venv" >>"$LOG"
        printf '#!/bin/bash\necho "venv-python $*" >>"%s"\n' "$LOG" >"$venv/bin/python"
        printf '#!/bin/bash\necho "ran $*"\n' >"$venv/bin/digit-appliance"

        /bin/chmod +x "$venv/bin/python" "$venv/bin/digit-appliance"
        ;;
esac
"""


def python(programs: Path, log: Path, **settings: int) -> None:
    lines = [f"{key}={value}" for key, value in settings.items()]
    add(programs, "python3", "\n".join([f"LOG={log}", *lines, PYTHON]))


@pytest.mark.parametrize("script", ["demo", "test", "check"])
class TestWhatIsMissing:
    def test_no_python(self, script: str, checkout: Path, programs: Path) -> None:
        done = start(checkout, programs, script)
        assert done.returncode == 1
        assert "sudo apt install python3 python3-venv" in done.stderr

    def test_no_venv(self, script: str, checkout: Path, programs: Path, tmp_path: Path) -> None:
        python(programs, tmp_path / "log", NO_VENV=1)
        done = start(checkout, programs, script)
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            "Python's venv module is missing. Install it with:",
            "  sudo apt install python3-venv",
        ]
        assert not (checkout / ".venv").exists()

    def test_old_python(self, script: str, checkout: Path, programs: Path, tmp_path: Path) -> None:
        python(programs, tmp_path / "log", OLD=1)
        done = start(checkout, programs, script)
        assert done.returncode == 1
        assert "Python 3.11 or newer is needed" in done.stderr

    def test_help(self, script: str, checkout: Path, programs: Path) -> None:
        done = start(checkout, programs, script, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith(f"Usage: scripts/{script}")


@pytest.mark.parametrize("script", ["demo", "install", "uninstall", "hardware-test"])
def test_a_cdpath_leads_none_of_them_astray(script: str, checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "scripts").mkdir(parents=True)
    done = subprocess.run(
        [f"scripts/{script}", "--help"],
        cwd=checkout,
        env={**os.environ, "CDPATH": f".:{tmp_path / 'elsewhere'}"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "installer/" not in done.stderr
    assert not list(tmp_path.glob("elsewhere/.venv*"))
    said = subprocess.run(
        ["bash", "-c", 'source scripts/venv.sh; printf %s "$root"'],
        cwd=checkout,
        env={**os.environ, "CDPATH": f".:{tmp_path / 'elsewhere'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == str(checkout)


class TestDemo:
    def test_installs_once_and_hands_its_arguments_on(
        self, checkout: Path, programs: Path, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        python(programs, log)
        first = start(checkout, programs, "demo", "--seed", "7", "a photo.jpg")
        assert first.returncode == 0, first.stderr
        assert first.stdout.splitlines()[-2:] == ["Installed.", "ran demo --seed 7 a photo.jpg"]
        installed = log.read_text()
        assert f"made {checkout}/.venv" in installed
        assert f"--editable {checkout}\n" in installed
        second = start(checkout, programs, "demo")
        assert second.stdout == "ran demo\n"
        assert log.read_text() == installed

    def test_installs_again_when_the_project_asks_for_something_else(
        self, checkout: Path, programs: Path, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        python(programs, log)
        start(checkout, programs, "demo")
        with (checkout / "pyproject.toml").open("a") as file:
            file.write("# another dependency\n")
        assert "Installed." in start(checkout, programs, "demo").stdout

    def test_an_installation_that_fails_says_what_to_do(
        self, checkout: Path, programs: Path, tmp_path: Path
    ) -> None:
        python(programs, tmp_path / "log")
        start(checkout, programs, "demo")
        broken = checkout / ".venv" / "bin" / "python"
        broken.write_text('#!/bin/bash\n[[ "$*" != *install* ]]\n')
        (checkout / "pyproject.toml").write_text("changed")
        done = start(checkout, programs, "demo")
        assert done.returncode == 1
        assert "The installation failed" in done.stderr
        assert "ran demo" not in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="as another user the script would look for sudo")
class TestDebianPackages:
    def test_missing_ones_are_installed_by_root(
        self, checkout: Path, programs: Path, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        python(programs, log)
        add(programs, "dpkg-query", "exit 1")
        add(programs, "apt-get", f'echo "apt-get $*" >>{log}')
        (checkout / "scripts" / "packages-test.txt").write_text("# why\none  for this\n\ntwo\n")
        done = start(checkout, programs, "test", "-k", "name")
        assert done.returncode == 0, done.stderr
        said = log.read_text()
        assert "apt-get install -qq -y --no-install-recommends one two" in said
        assert "venv-python -m pytest -k name" in said

    def test_when_apt_fails_the_other_tests_run(
        self, checkout: Path, programs: Path, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        python(programs, log)
        add(programs, "dpkg-query", "exit 1")
        add(programs, "apt-get", "exit 100")
        done = start(checkout, programs, "test")
        assert done.returncode == 0
        assert "Skipped: tests that need git" in done.stdout
        assert "venv-python -m pytest" in log.read_text()

    def test_installed_ones_are_left(self, checkout: Path, programs: Path, tmp_path: Path) -> None:
        log = tmp_path / "log"
        python(programs, log)
        add(programs, "dpkg-query", "echo installed")
        add(programs, "apt-get", f'echo "apt-get $*" >>{log}')
        start(checkout, programs, "test")
        assert "apt-get" not in log.read_text()
