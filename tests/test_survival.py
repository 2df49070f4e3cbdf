"""What is kept survives kills, power cuts, full disks, damage; benchmarks has the long runs."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.errors import JournalError
from appliance.journal.sqlite import SqliteJournal
from appliance.network.weights import shipped_path
from benchmarks.recorded_disk import RecordedDisk, cut
from benchmarks.survival import Ledger, SpokenJournal, correct, train, upgrade
from tests.conftest import CHECKOUT
from tests.fakes import FakeClock, a_reading

COMMAND = [sys.executable, "-c", "from appliance.cli import main; main()"]


def run(*command: str, keys: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=120, input=keys
    )


def test_kills_at_random_moments_lose_nothing() -> None:
    done = run(sys.executable, "-m", "benchmarks.crashes", "--kills", "8", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 kills" in done.stdout
    assert "lost, half-written or set aside: 0" in done.stdout


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger of a folder in which a worker has done a bit of everything but reading."""
    ledger, random = Ledger(), np.random.default_rng(2)
    with closing(SpokenJournal(tmp_path / "journal.sqlite3", ledger.hear)) as journal:
        correct(journal, random)
        train(tmp_path, random, ledger.hear)
        upgrade(journal, tmp_path, random, ledger.hear)
    return ledger


def test_a_folder_that_holds_what_was_said_is_good(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.done > 4
    assert ledger.settle(tmp_path) == []


def forget_a_reading(state: Path) -> None:
    with closing(SqliteJournal(state / "journal.sqlite3", FakeClock(), 1, 0, 0)) as journal:
        journal.record(a_reading("1"))


def forget_a_correction(state: Path) -> None:
    with closing(SqliteJournal(state / "journal.sqlite3", FakeClock())) as journal:
        assert journal.undo(journal.corrections()[0].id or 0)


def lose_the_weights(state: Path) -> None:
    (state / "learned.npz").unlink()


def lose_the_installed(state: Path) -> None:
    (state / "installed.npz").unlink()
    (state / "last-good.npz").unlink()


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (forget_a_reading, "reading 1: lost"),
        (forget_a_correction, "correction"),
        (lose_the_weights, "weights weights: 0"),
        (lose_the_installed, "weights installed: 0"),
    ],
)
def test_the_ledger_notices_what_is_lost(
    ledger: Ledger, tmp_path: Path, spoil: Callable[[Path], None], what: str
) -> None:
    spoil(tmp_path)
    assert any(complaint.startswith(what) for complaint in ledger.settle(tmp_path))


def test_what_was_begun_may_be_there_or_not(tmp_path: Path) -> None:
    said: list[dict[str, object]] = []
    with closing(SpokenJournal(tmp_path / "journal.sqlite3", said.append)) as journal:
        journal.record(a_reading("1"))
    early, late = Ledger(), Ledger()
    early.hear(said[0])
    assert early.settle(tmp_path) == []
    assert list(early.readings) == [1]
    assert late.settle(tmp_path) == ["reading 1: " + early.readings[1] + ", must be absent"]


class TestCut:
    """A disk of three sectors, put together after power cuts."""

    @pytest.fixture
    def disk(self) -> RecordedDisk:
        disk = RecordedDisk(bytes(3 * 512))
        disk.record = [(0, b"a" * 512), None, (512, b"b" * 1024), (0, b"c" * 512)]
        return disk

    def test_what_was_flushed_is_there(self, disk: RecordedDisk) -> None:
        random = np.random.default_rng(0)
        for moment, image in cut(disk, [2] * 40, random):
            assert (moment, bytes(image)) == (2, b"a" * 512 + bytes(1024))

    def test_of_the_rest_any_sectors_may_be_there(self, disk: RecordedDisk) -> None:
        random = np.random.default_rng(0)
        seen = {bytes(image[::512]) for _, image in cut(disk, [4] * 400, random)}
        assert seen == {
            bytes([first, *rest]) for first in b"ac" for rest in (b"\0\0", b"\0b", b"b\0", b"bb")
        }

    def test_what_was_written_after_the_cut_is_not(self, disk: RecordedDisk) -> None:
        random = np.random.default_rng(0)
        assert all(
            bytes(image[:512]) in {bytes(512), b"a" * 512}
            for _, image in cut(disk, [1] * 40, random)
        )


def test_a_full_disk_loses_nothing_and_is_a_trouble_of_that_moment(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(SqliteJournal(tmp_path / "journal", FakeClock())) as journal:
        kept = [journal.record(a_reading("12345"))]
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))  # no file may be larger
        try:
            with pytest.raises(JournalError, match="disk"):
                while len(kept) < 1000:
                    kept.append(journal.record(a_reading("12345")))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert 1 < len(kept) < 1000
        kept.append(journal.record(a_reading("12345")))
        assert [r.id for r in journal.readings(1000)] == kept[::-1]
        assert {r.text for r in journal.readings(1000)} == {"12345"}


class TestDamagedWeights:
    @pytest.fixture
    def damaged(self, tmp_path: Path) -> Path:
        content = bytearray(shipped_path().read_bytes())
        content[len(content) // 2] ^= 1
        (tmp_path / "mine.npz").write_bytes(content)
        return tmp_path / "mine.npz"

    def test_the_appliance_goes_on_with_the_shipped_ones_and_says_so(
        self, damaged: Path, tmp_path: Path
    ) -> None:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[reader]\nweights = "{damaged}"\n[journal]\npath = "{tmp_path}/state/journal"\n'
        )
        done = run(*COMMAND, "run", "--config", str(config), keys="\nq\n")
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1
        assert done.stderr.count("the shipped weights take over") == 1
        assert str(damaged) in done.stderr

    def test_somebody_who_names_them_is_told(self, damaged: Path, tmp_path: Path) -> None:
        cv2.imwrite(str(tmp_path / "white.png"), np.full((60, 80), 255, np.uint8))
        done = run(*COMMAND, "read", "--weights", str(damaged), str(tmp_path / "white.png"))
        assert done.returncode == 1
        assert "mine.npz" in done.stderr
        assert "Traceback" not in done.stderr
