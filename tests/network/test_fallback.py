"""When a weights file is damaged the last good copy takes over, then the shipped one."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

import pytest

from appliance.errors import WeightsError
from appliance.network.fallback import load_or_fall_back
from appliance.network.layers import Dense, Flatten
from appliance.network.network import Network
from appliance.network.weights import Weights, load, save, shipped_path, write_atomically


def weights(temperature: float) -> Weights:
    """Small ones, told apart by their temperature."""
    return Weights(Network([Flatten(), Dense(784, 10)]), temperature)


class Files:
    """The three files, and what is loaded with them."""

    def __init__(self, folder: Path) -> None:
        self.wanted, self.shipped = folder / "wanted.npz", folder / "shipped.npz"
        self.copy = folder / "state" / "copy.npz"
        save(self.wanted, weights(2))
        save(self.shipped, weights(3))

    def temperature(self) -> float:
        loaded = load_or_fall_back(load, self.wanted, shipped=self.shipped, copy=self.copy)
        return loaded.temperature


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def test_good_weights_are_loaded_and_copied_once(files: Files) -> None:
    assert files.temperature() == 2
    assert files.copy.read_bytes() == files.wanted.read_bytes()
    written = files.copy.stat().st_ino
    assert files.temperature() == 2
    assert files.copy.stat().st_ino == written


def test_other_good_weights_are_copied_too(files: Files) -> None:
    files.temperature()
    save(files.wanted, weights(5))
    assert files.temperature() == 5
    damage(files.wanted)
    assert files.temperature() == 5


@pytest.mark.parametrize("how", ["damaged", "missing", "empty"])
def test_the_last_good_ones_take_over_and_it_says_so(
    files: Files, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    files.temperature()
    if how == "damaged":
        damage(files.wanted)
    elif how == "missing":
        files.wanted.unlink()
    else:
        files.wanted.write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        assert files.temperature() == 2
    (message,) = caplog.messages
    assert str(files.wanted) in message
    assert f"the last good weights take over: {files.copy}" in message


def test_without_a_good_copy_the_shipped_ones_take_over(
    files: Files, caplog: pytest.LogCaptureFixture
) -> None:
    files.temperature()
    damage(files.wanted)
    damage(files.copy)
    with caplog.at_level(logging.WARNING):
        assert files.temperature() == 3
    assert len(caplog.messages) == 2
    assert "the shipped weights take over" in caplog.messages[1]


def test_a_copy_that_cant_be_reached_doesnt_keep_the_shipped_ones_away(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def stat(path: Path, **how: bool) -> os.stat_result:
        if path == files.copy:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, **how)

    files.wanted.unlink()
    monkeypatch.setattr(Path, "stat", stat)
    assert files.temperature() == 3


def test_when_none_is_good_the_error_is_that_of_the_wanted(files: Files) -> None:
    damage(files.wanted)
    damage(files.shipped)
    with pytest.raises(WeightsError, match=r"wanted\.npz"):
        files.temperature()


def test_a_folder_that_cant_be_written_costs_only_the_copy(files: Files) -> None:
    files.copy.parent.write_text("a file in the way")
    assert files.temperature() == 2


def test_damaged_shipped_weights_are_replaced_by_their_copy(tmp_path: Path) -> None:
    shipped, copy = tmp_path / "default.npz", tmp_path / "copy.npz"
    shipped.write_bytes(shipped_path().read_bytes())
    load_or_fall_back(load, shipped, shipped=shipped, copy=copy)
    damage(shipped)
    assert load_or_fall_back(load, shipped, shipped=shipped, copy=copy).classes


def test_what_a_killed_writer_left_is_swept_away_after_an_hour(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".a.npz.abcd1234", ".a.npz.efgh5678", "b"))
    for file in (old, young, other):
        file.write_bytes(b"part")
    for file in (old, other):
        os.utime(file, (1e9, 1e9))
    write_atomically(tmp_path / "a.npz", b"whole")
    assert {file.name for file in tmp_path.iterdir()} == {"a.npz", young.name, other.name}
