"""`run` and `demo` as processes: in a terminal, without one, and stopped by signals."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

COMMAND = [sys.executable, "-c", "from appliance.cli import main; main()"]
PATIENCE = 60.0
"""Seconds after which a process that says nothing more has failed; no test waits for it to pass."""


def start(*arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        input=given.get("keys", ""),
    )


class Screen:
    """A process in a pseudo-terminal."""

    def __init__(self, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"},
            # tests that nohup runs ignore the signal, and their children would too
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509
        )
        os.close(slave)
        self.text = ""

    def wait_for(self, words: str, times: int = 1) -> None:
        """Read until the words have come so many times."""
        deadline = time.monotonic() + PATIENCE
        while len(re.findall(words, self.text)) < times:
            assert time.monotonic() < deadline, self.text[-2000:]
            assert self._more(0.5) or self.process.poll() is None, self.text[-2000:]

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def end(self) -> int:
        """Wait for the end of the process; returns its exit status."""
        status = self.process.wait(PATIENCE)
        while self._more(0):
            pass
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    def _more(self, timeout: float) -> bool:
        if not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # the other end is closed
            return False
        self.text += chunk.decode(errors="replace")
        return bool(chunk)


@pytest.fixture
def demo() -> Iterator[Screen]:
    screen = Screen("demo", "--seed", "3")
    yield screen
    screen.close()


HINT = "Enter: hold up the next one"


class TestDemoInATerminal:
    def test_reads_at_once_then_at_each_enter_and_ctrl_c_ends_it(self, demo: Screen) -> None:
        demo.wait_for(HINT)
        assert demo.text.count("held up:") == 1
        assert "● " in demo.text
        assert "━━━" in demo.text
        demo.press("\n")
        demo.wait_for(HINT, 2)
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == 0
        assert "stopped" in demo.text
        assert "Traceback" not in demo.text

    def test_another_key_is_told_the_keys_and_holds_up_nothing(self, demo: Screen) -> None:
        demo.wait_for(HINT)
        demo.press("h\nq\n")
        assert demo.end() == 0
        assert "'h' asks for nothing: Enter reads" in demo.text
        assert demo.text.count("held up:") == 1

    def test_q_ends_it(self, demo: Screen) -> None:
        demo.wait_for(HINT)
        demo.press("q\n")
        assert demo.end() == 0

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_the_service_manager_or_a_terminal_that_is_closed_ends_it(
        self, demo: Screen, number: signal.Signals
    ) -> None:
        demo.wait_for(HINT)
        demo.process.send_signal(number)
        assert demo.end() == 0


class TestDemoWithoutATerminal:
    def test_goes_on_by_itself_one_plain_line_a_reading(self) -> None:
        done = start("demo", "--times", "2", "--seed", "3")
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert len(lines) == 2
        assert all(re.match(r"held up: .+: (read|unsure|nothing)\b", line) for line in lines)
        assert done.stderr == ""

    def test_reads_pictures_each_once_and_passes_over_a_bad_one(self, tmp_path: Path) -> None:
        for name in ("a.png", "c.png"):
            cv2.imwrite(str(tmp_path / name), np.full((60, 80), 255, np.uint8))
        (tmp_path / "b.png").write_text("not a picture")
        done = start("demo", str(tmp_path))
        assert done.returncode == 1, done.stderr
        lines = done.stdout.splitlines()
        assert lines[0].startswith(f"{tmp_path}/a.png: nothing: ")
        assert lines[1].startswith(f"{tmp_path}/b.png: not a picture")
        assert lines[2].startswith(f"{tmp_path}/c.png: nothing: ")

    def test_pictures_that_can_all_be_opened_end_well(self, tmp_path: Path) -> None:
        cv2.imwrite(str(tmp_path / "a.png"), np.full((60, 80), 255, np.uint8))
        assert start("demo", str(tmp_path / "a.png")).returncode == 0

    def test_of_many_pictures_so_many_are_read(self, tmp_path: Path) -> None:
        for name in ("a.png", "b.png", "c.png"):
            cv2.imwrite(str(tmp_path / name), np.full((60, 80), 255, np.uint8))
        done = start("demo", "--times", "2", str(tmp_path))
        assert len(done.stdout.splitlines()) == 2

    @pytest.mark.parametrize("name", ["", "~nobody-is-called-so/a.png"])
    def test_what_names_no_picture_is_one_sentence(self, name: str) -> None:
        done = start("demo", name)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("digit-appliance: ")
        assert len(done.stderr.splitlines()) == 1

    def test_a_missing_picture_is_one_sentence(self, tmp_path: Path) -> None:
        done = start("demo", str(tmp_path / "none.jpg"))
        assert done.returncode == 1
        assert done.stdout == f"{tmp_path}/none.jpg: there is no such file\n"

    def test_a_folder_without_pictures_is_one_sentence(self, tmp_path: Path) -> None:
        done = start("demo", str(tmp_path))
        assert done.returncode == 1
        said = f"there are no pictures in {tmp_path}; put some there, or name others"
        assert done.stderr == f"digit-appliance: {said}\n"


class TestRun:
    def test_reads_when_a_line_comes_and_keeps_the_readings(self, tmp_path: Path) -> None:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[camera.synthetic]\nscenes = "easy"\n[journal]\npath = "{tmp_path}/journal"\n'
        )
        done = start("run", "--config", str(config), keys="\n\nq\n")
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 2
        assert (tmp_path / "journal").stat().st_size > 0

    @pytest.mark.parametrize("display", ["terminal", "memory"])
    def test_each_reading_is_said_once_whatever_the_displays(
        self, display: str, tmp_path: Path
    ) -> None:
        config = tmp_path / "config.toml"
        config.write_text(f'[displays]\nuse = ["{display}"]\n[journal]\npath = ""\n')
        done = start("run", "--config", str(config), keys="\n")
        lines = (done.stdout + done.stderr).splitlines()
        assert sum(bool(re.search(r"\b(read|unsure|nothing)\b", line)) for line in lines) == 1
        assert bool(done.stdout) == (display == "terminal")

    def test_the_keys_are_told_with_the_question_and_after_a_line_that_is_none(
        self, tmp_path: Path
    ) -> None:
        config = tmp_path / "config.toml"
        config.write_text('[camera.synthetic]\nscenes = "neat"\n[journal]\npath = ""\n')
        done = start("run", "--config", str(config), keys="\nh\nc\nq\n")
        assert done.returncode == 0, done.stderr
        reading, question = done.stdout.splitlines()
        assert reading.startswith(("read ", "unsure "))
        assert re.fullmatch(r"digit 1 of 2: is it an? \d\? \(Enter: .*, c Enter: .*\)", question)
        assert "'h' asks for nothing: Enter reads" in done.stderr

    def test_every_fault_of_the_settings_and_no_traceback(self, tmp_path: Path) -> None:
        config = tmp_path / "config.toml"
        config.write_text("[camera]\nuse = 'webcan'\n[journal]\nkeep_days = -1\n")
        done = start("run", "--config", str(config))
        assert done.returncode == 78
        assert "2 faults in the settings" in done.stderr
        assert "camera.use" in done.stderr
        assert "journal.keep_days" in done.stderr
        assert "Traceback" not in done.stderr

    def test_without_a_trigger_it_refuses_to_start(self, tmp_path: Path) -> None:
        config = tmp_path / "config.toml"
        config.write_text("[triggers]\nuse = []\n")
        done = start("run", "--config", str(config))
        assert done.returncode == 78
        assert "triggers.use = []: expected a list of one or more" in done.stderr

    def test_a_journal_that_cant_be_written_doesnt_keep_it_from_reading(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        config = tmp_path / "config.toml"
        config.write_text(f'[journal]\npath = "{tmp_path}/file/journal"\n')
        done = start("run", "--config", str(config), keys="\n\n")
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) == 2
        assert done.stderr.count("journal can't be used") == 1
        assert "set another path under [journal]" in done.stderr


class TestRunAsAService:
    def test_systemd_hears_that_it_is_ready_alive_and_about_to_stop(self, tmp_path: Path) -> None:
        config = tmp_path / "config.toml"
        config.write_text(f'[journal]\npath = "{tmp_path}/journal"\n')
        told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with told, (tmp_path / "log").open("w") as log:
            told.bind(str(tmp_path / "notify"))
            told.settimeout(PATIENCE)
            status = os.fstat(log.fileno())
            process = subprocess.Popen(
                [*COMMAND, "run", "--config", str(config), "--log-level", "debug"],
                stdin=subprocess.PIPE,
                stderr=log,
                env=os.environ
                | {
                    "NOTIFY_SOCKET": str(tmp_path / "notify"),
                    "WATCHDOG_USEC": "30000000",
                    "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}",
                },
            )
            with process:
                heard = [told.recv(4096).decode() for _ in range(3)]
                process.send_signal(signal.SIGTERM)
                heard.append(told.recv(4096).decode())
        assert heard == [
            "STATUS=starting",
            "WATCHDOG=1",
            "STATUS=ready\nREADY=1",
            "STATUS=stopped\nSTOPPING=1",
        ]
        assert process.returncode == 0
        assert all(re.match(r"<\d>", line) for line in (tmp_path / "log").read_text().splitlines())


class TestSettings:
    def test_prints_a_file_that_it_accepts(self, tmp_path: Path) -> None:
        printed = start("settings").stdout
        file = tmp_path / "config.toml"
        file.write_text(printed)
        done = start("settings", "--check", str(file))
        assert (done.returncode, done.stdout) == (0, f"{file}: good\n")
