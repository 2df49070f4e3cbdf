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


def run(
    folder: Path, *, budget: int = 1320, never_again: bool = False, **parts: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; never_again: no time is left for a second attempt."""
    command = prepare(folder, budget=budget, **parts)
    if never_again:
        script = Path(command[-1])
        script.write_text(script.read_text().replace("< took + least", "< took + 1000"))
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
    assert "in Debian systems: FAILED twice, now with exit status 1" in done.stdout
    assert "in the virtual Pi: proven" in done.stdout


def test_a_proof_that_succeeds_at_its_second_attempt_is_believed(tmp_path: Path) -> None:
    done = run(tmp_path, test_install=f"mkdir '{tmp_path}/first' && exit 1; echo better")
    assert done.returncode == 0
    assert "once more" in done.stdout
    assert done.stdout.count(": proven in ") == 2


def test_a_failure_that_there_is_no_time_to_confirm_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, budget=30, test_install="sleep 1; exit 1", never_again=True)
    assert done.returncode == 0
    assert "FAILED once with exit status 1" in done.stdout


def test_a_failure_is_told_when_the_second_attempt_cannot_be_finished(tmp_path: Path) -> None:
    fails_first = f"mkdir '{tmp_path}/first' && exit 1; exit 77"
    done = run(tmp_path, test_install=fails_first)
    assert done.returncode == 0
    assert "(FAILED before with exit status 1, see above)" in done.stdout


def test_a_proof_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    lasting = f"sleep 600 & echo $! >'{child}'; sleep 600"
    done = run(tmp_path, budget=6, test_install=lasting, virtual_pi="exit 77")
    assert done.returncode == 0, done.stdout
    assert "in Debian systems: not finished in the time that was left" in done.stdout
    assert_gone(child)


def test_without_time_a_proof_is_not_begun(tmp_path: Path) -> None:
    done = run(tmp_path, budget=0)
    assert done.returncode == 0
    assert done.stdout.count("not begun, no time is left") == 2


def test_when_it_is_ended_nothing_of_it_goes_on(tmp_path: Path) -> None:
    child = tmp_path / "child"
    builds = f"[[ $1 != --build ]] || {{ echo $$ >'{child}'; exec sleep 600; }}"
    begun = f"until [[ -s '{child}' ]]; do sleep 0.1; done; echo here; sleep 600"
    command = prepare(tmp_path, test_install=begun, virtual_pi=builds)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any("here" in line for line in process.stdout)
        process.terminate()
        assert process.wait(60) == 143
    assert_gone(child)


def assert_gone(child: Path) -> None:
    """The process that wrote its number there has ended, or ends in a while."""
    process = child.read_text().strip()
    for _ in range(100):
        if not alive(process):
            return
        time.sleep(0.1)
    pytest.fail(f"process {process} goes on")


def alive(process: str) -> bool:
    """Whether it runs; what nobody has waited for doesn't."""
    try:
        return " Z " not in Path("/proc", process, "stat").read_text()
    except OSError:
        return False
