"""Weights files: what is written is read again, and whatever is damaged is refused."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import WeightsError
from appliance.network.layers import Dense, Flatten, ReLU
from appliance.network.network import Network
from appliance.network.weights import Weights, load, save, shipped_path, write_atomically


def small(outputs: int = 11) -> Weights:
    random = np.random.default_rng(1)
    layers = [Flatten(), Dense(784, 2, random=random), ReLU(), Dense(2, outputs, random=random)]
    return Weights(Network(layers), 1.5, {"data": "none", "accuracy": 0.5})


def content_of(tmp_path: Path, dtype: str = "float16") -> bytes:
    save(tmp_path / "w.npz", small(), dtype)
    return (tmp_path / "w.npz").read_bytes()


GLYPHS = np.random.default_rng(2).random((4, 28, 28), np.float32)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 0.0), ("float16", 0.02)])
def test_round_trip(tmp_path: Path, dtype: str, tolerance: float) -> None:
    path = tmp_path / "w.npz"
    save(path, small(), dtype)
    weights = load(path)
    assert weights.temperature == 1.5
    assert weights.about == {"data": "none", "accuracy": 0.5}
    expected = small().network.forward(GLYPHS)
    np.testing.assert_allclose(weights.network.forward(GLYPHS), expected, atol=tolerance)
    assert all(array.dtype == np.float32 for array in weights.network.parameters())
    assert [item.name for item in tmp_path.iterdir()] == ["w.npz"], "nothing else is left"


def test_file_needs_no_pickle_and_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = content_of(tmp_path), content_of(tmp_path)
    assert first == second
    with np.load(io.BytesIO(first), allow_pickle=False) as file:
        header = json.loads(file["header"].tobytes())
    assert header["classes"][-1] == "not a digit"
    assert [layer["kind"] for layer in header["layers"]] == ["Flatten", "Dense", "ReLU", "Dense"]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    place=st.integers(0, 10**6), flip=st.integers(1, 255), keep=st.none() | st.integers(0, 10**6)
)
def test_damaged_file_is_refused_or_sound(
    tmp_path: Path, place: int, flip: int, keep: int | None
) -> None:
    content = bytearray(content_of(tmp_path))
    expected = load(tmp_path / "w.npz").network.forward(GLYPHS)
    content[place % len(content)] ^= flip
    path = tmp_path / "damaged.npz"
    path.write_bytes(content if keep is None else content[: keep % len(content)])
    try:
        weights = load(path)
    except WeightsError as error:
        assert str(path) in str(error)
    else:  # a byte that carries nothing, such as a time stamp of the archive
        np.testing.assert_array_equal(weights.network.forward(GLYPHS), expected)


def changed(content: bytes, change: dict[str, Any], drop: str = "") -> bytes:
    """Return the file with fields of its header changed, or an array dropped."""
    with np.load(io.BytesIO(content)) as file:
        arrays = {name: file[name] for name in file.files if name != drop}
    header = json.loads(arrays["header"].tobytes()) | change
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "drop", "words"),
    [
        ({"format": "recipes for soup"}, "", "recipes for soup"),
        ({"version": 2}, "", "format version 2; this program reads 1"),
        ({"temperature": 0}, "", "temperature is 0.0"),
        ({"temperature": 101}, "", "temperature is 101"),
        ({"temperature": float("nan")}, "", "temperature is nan"),
        ({"classes": ["0", "1"]}, "", "aren't the classes"),
        ({"sha256": "0"}, "", "it is damaged"),
        ({"layers": [{"kind": "Oracle"}]}, "", "Oracle"),
        ({"layers": []}, "", "don't match"),
        ({}, "1.bias", "it is damaged"),
    ],
)
def test_foreign_headers_are_refused(
    tmp_path: Path, change: dict[str, Any], drop: str, words: str
) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(changed(content_of(tmp_path), change, drop))
    with pytest.raises(WeightsError, match=words):
        load(path)


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(b"\x89PNG and so on")
    with pytest.raises(WeightsError, match="not a weights file"):
        load(path)
    np.savez(path, a=np.arange(3, dtype=np.int64))
    with pytest.raises(WeightsError, match="an array is <i8"):
        load(path)
    np.savez(path, a=np.array([{}], dtype=object))
    with pytest.raises(WeightsError):
        load(path)
    with pytest.raises(WeightsError, match="No such file"):
        load(tmp_path / "none.npz")
    with pytest.raises(WeightsError, match="directory"):
        load(tmp_path)


def test_archive_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.weights.npy", bytes(80 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(WeightsError, match="unpacks to more than 64 MB"):
        load(path)


@pytest.mark.parametrize("value", [1e6, np.nan])
def test_weights_that_are_not_finite_are_not_written(tmp_path: Path, value: float) -> None:
    weights = small()
    weights.network.layers[1].parameters["weights"][0, 0] = value
    with pytest.raises(WeightsError, match="isn't finite as float16"):
        save(tmp_path / "w.npz", weights, "float16")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_weights_that_are_not_finite_are_not_read(
    tmp_path: Path, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program may have written them, with a sum that is right."""
    weights = small()
    weights.network.layers[1].parameters["bias"][0] = value
    with monkeypatch.context() as patch:
        patch.setattr(np, "isfinite", lambda array: np.ones(array.shape, bool))
        save(tmp_path / "w.npz", weights)
    with pytest.raises(WeightsError, match=r"1\.bias holds NaN or infinite values"):
        load(tmp_path / "w.npz")


def test_failing_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.npz"
    save(path, small(), "float16")
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("appliance.network.weights.os.fsync", full)
    with pytest.raises(WeightsError, match="No space left"):
        save(path, small(10), "float32")
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["w.npz"]


def test_shipped_weights_are_found_and_small() -> None:
    assert shipped_path().stat().st_size <= 500_000
    assert load().about["test_accuracy"] >= 0.993


def test_a_device_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.network.weights.LARGEST_FILE", 1 << 20)
    with pytest.raises(WeightsError, match="/dev/zero: larger than 1 MB"):
        load(Path("/dev/zero"))


def test_what_a_killed_process_left_is_swept_away_after_an_hour(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    write_atomically(path, b"first")
    now = path.stat().st_mtime
    for name, minutes in (
        (".w.npz.oldoldol", 61),
        (".w.npz.youngyou", 59),
        (".x.npz.anothers", 61),
    ):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - 60 * minutes,) * 2)
    write_atomically(path, b"second")
    left = sorted(file.name for file in tmp_path.iterdir())
    assert left == [".w.npz.youngyou", ".x.npz.anothers", "w.npz"]


@pytest.mark.parametrize("letter", ["a", "\N{MAHJONG TILE RED DRAGON}"])
def test_a_name_as_long_as_one_may_be_is_written(tmp_path: Path, letter: str) -> None:
    path = tmp_path / (letter * (255 // len(letter.encode())))
    write_atomically(path, b"all")
    assert path.stat().st_mode & 0o777 == 0o644  # others, as the service's user, may read it
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    link, target = tmp_path / "w.npz", tmp_path / "far" / "target.npz"
    link.symlink_to(target)
    for content in (b"new", b"newer"):
        write_atomically(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert len(list(tmp_path.rglob("*"))) == 3, "nothing else is left"


def test_a_link_to_itself_becomes_the_file(tmp_path: Path) -> None:
    link = tmp_path / "w.npz"
    link.symlink_to(link)
    write_atomically(link, b"content")
    assert link.read_bytes() == b"content"


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "w.npz"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomically(pipe, b"content")
        assert os.read(reader, 99) == b"content"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
