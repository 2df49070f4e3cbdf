"""Where the log goes: priorities for systemd's journal, words for people."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.service.logs import set_up


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(file: Path, level: str, named: bool) -> list[str]:
    """Log some messages into a file; named: whether JOURNAL_STREAM names that file."""
    with file.open("w") as stream:
        status = os.fstat(stream.fileno())
        name = f"{status.st_dev}:{status.st_ino}" if named else "1:1"
        set_up(level, stream, {"JOURNAL_STREAM": name})
        log = logging.getLogger("camera")
        log.debug("small")
        log.info("news")
        log.warning("works again")
        log.error("unplugged\nsince noon")
    return file.read_text().splitlines()


def test_the_journal_gets_a_priority_on_each_line(tmp_path: Path) -> None:
    assert logged(tmp_path / "log", "info", named=True) == [
        "<6>camera: news",
        "<4>camera: works again",
        "<3>camera: unplugged",
        "<3>since noon",
    ]


def test_another_stream_gets_the_level_in_words(tmp_path: Path) -> None:
    assert logged(tmp_path / "log", "debug", named=False)[:2] == [
        "DEBUG camera: small",
        "INFO camera: news",
    ]


def test_what_is_less_grave_than_the_level_is_left_out(tmp_path: Path) -> None:
    assert logged(tmp_path / "log", "warning", named=True)[0] == "<4>camera: works again"


def test_without_a_standard_error_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    set_up("info", None, {})
    logging.getLogger("camera").error("unplugged")
    assert capfd.readouterr() == ("", "")
