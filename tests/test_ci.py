"""What continuous integration makes of its parts' exit statuses, with doubles of the parts."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
PARTS = ("check", "test", "test-install", "virtual-pi")

pytestmark = pytest.mark.skipif(not shutil.which("setpriv"), reason="util-linux isn't here")


def prepare(folder: Path, *, budget: int = 1320, **parts: str) -> list[str]:
    """The command that runs it with these lines of shell as parts; those not given end with 0."""
    for kind in (".ci", "scripts"):
        (folder / kind).mkdir()
    script = (CHECKOUT / ".ci/run").read_text()
    shorter = script.replace("budget=1320", f"budget={budget}").replace("least=60", "least=1")
    assert shorter != script
    (folder / ".ci/run").write_text(shorter.replace("virtual_pi=240", "virtual_pi=1"))
    for name in PARTS:
        part = folder / "scripts" / name
        part.write_text(f"#!/usr/bin/env bash\n{parts.get(name.replace('-', '_'), 'true')}\n")
        part.chmod(0o755)
    return ["bash", str(folder / ".ci/run")]


def run(folder: Path, *, budget: int = 1320, **parts: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    command = prepare(folder, budget=budget, **parts)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_all_is_proven(tmp_path: Path) -> None:
    done = run(tmp_path, test_install="echo hello")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hello" in done.stdout
    assert done.stdout.count(": proven in ") == 2


@pytest.mark.parametrize("part", ["check", "test"])
def test_a_failing_check_or_test_ends_it(tmp_path: Path, part: str) -> None:
    done = run(tmp_path, check=f"[[ {part} != check ]] || exit 3", test="exit 3")
    assert done.returncode == 3
    assert "proven" not in done.stdout


def test_what_a_machine_cannot_do_is_said_and_does_not_fail(tmp_path: Path) -> None:
    done = run(tmp_path, test_install="echo trixie: Skipped: no room.; exit 77")
    assert done.returncode == 0
    assert "in Debian systems: skipped: no room.\n" in done.stdout
    assert "in the virtual Pi: proven" in done.stdout


def test_a_proof_that_fails_fails_it_after_the_other(tmp_path: Path) -> None:
    done = run(tmp_path, test_install="exit 1")
    assert done.returncode == 1
    assert "in Debian systems: FAILED with exit status 1" in done.stdout
    assert "in the virtual Pi: proven" in done.stdout


def test_a_proof_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "still there"
    begin = time.monotonic()
    done = run(
        tmp_path,
        budget=4,
        test_install=f"(sleep 8; touch '{mark}') & sleep 60",
        virtual_pi="exit 77",
    )
    assert done.returncode == 0, done.stdout
    assert "in Debian systems: not finished within" in done.stdout
    assert time.monotonic() - begin < 7
    assert not mark.exists()


def test_without_time_a_proof_is_not_begun(tmp_path: Path) -> None:
    done = run(tmp_path, budget=0)
    assert done.returncode == 0
    assert done.stdout.count("not begun, no time is left") == 2


def test_when_it_is_ended_nothing_of_it_goes_on(tmp_path: Path) -> None:
    mark = tmp_path / "still there"
    builds = f"[[ $1 != --build ]] || {{ sleep 3; touch '{mark}'; }}"
    command = prepare(tmp_path, test_install="echo here; sleep 60", virtual_pi=builds)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any("here" in line for line in process.stdout)
        begin = time.monotonic()
        process.terminate()
        assert process.wait(10) == 143
    assert time.monotonic() - begin < 2
    time.sleep(max(0.0, begin + 4 - time.monotonic()))
    assert not mark.exists()
