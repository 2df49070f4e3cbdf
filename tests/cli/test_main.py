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
