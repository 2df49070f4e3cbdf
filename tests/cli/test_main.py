"""The entry point: a place that takes no more output is one sentence, never a traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.cli.main import main

FULL = Path("/dev/full")
PROGRAM = "from appliance.cli.main import main; main()"


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("argument", ["settings", "--help"])
def test_a_full_disk_is_one_sentence(argument: str) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, argument],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("digit-appliance: can't write (No space left on device)")
    assert done.stderr.count("\n") == 1


def test_the_list_of_commands_cuts_no_line_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert "  neurons  " in said
    assert "..." not in said.partition("Commands:")[2]


def test_a_folder_that_cant_be_reached_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def is_dir(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", is_dir)
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "/locked/digits.csv"])
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said == "digit-appliance: /locked/digits.csv: Permission denied\n"


def test_a_reader_that_has_gone_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "settings"],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(("given", "threads"), [(None, "1"), ("4", "4")])
def test_a_command_begins_with_one_thread_for_products(given: str | None, threads: str) -> None:
    """numpy asks for it when it is imported. Several wait for each other on a busy machine."""
    name = "OPENBLAS_NUM_THREADS"
    told = f"import os, sys, {main.__module__}; print(os.environ['{name}'], 'numpy' in sys.modules)"
    others = {key: value for key, value in os.environ.items() if key != name}
    done = subprocess.run(
        [sys.executable, "-c", told],
        env=others | ({name: given} if given else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [threads, "False"]
