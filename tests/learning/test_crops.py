"""Files of crops: what goes in comes out, and a damaged file is told, never believed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import DatasetError
from appliance.learning.crops import Crops, joined, load_crops, save_crops


def some(glyphs: int = 9, seed: int = 1) -> Crops:
    """Strokes in whole grey levels; the last glyphs are no digits."""
    random = np.random.default_rng(seed)
    shape = (glyphs, 28, 28)
    levels = (random.integers(0, 256, shape) * (random.random(shape) < 0.1)).astype(np.uint8)
    labels = np.minimum(np.arange(glyphs), 10).astype(np.int64)
    labels[glyphs // 2 :] = 10
    return Crops(levels.astype(np.float32) / np.float32(255), labels)


def assert_same(a: Crops, b: Crops) -> None:
    for name in ("glyphs", "labels"):
        first, second = getattr(a, name), getattr(b, name)
        assert first.dtype == second.dtype, name
        assert first.shape == second.shape, name
        assert np.abs(first.astype(np.float64) - second).max(initial=0) < 1e-6, name


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("crops") / "crops.npz"
    save_crops(file, some())
    return file.read_bytes()


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    save_crops(tmp_path / "crops.npz", some())
    assert_same(load_crops(tmp_path / "crops.npz"), some())


def test_no_crops_at_all_can_be_kept(tmp_path: Path) -> None:
    save_crops(tmp_path / "crops.npz", some(0))
    assert_same(load_crops(tmp_path / "crops.npz"), some(0))


def test_several_files_are_joined_in_order() -> None:
    first, second = some(4, seed=1), some(5, seed=2)
    both = joined([first, second])
    assert np.array_equal(both.glyphs[4:], second.glyphs)
    assert both.labels.tolist() == [*first.labels, *second.labels]


@pytest.mark.parametrize("count", [2, 7, 64])
def test_half_of_a_batch_are_digits(count: int) -> None:
    crops = some(16)
    glyphs, labels = crops.draw(count, np.random.default_rng(3))
    assert glyphs.shape == (count, 28, 28)
    assert np.count_nonzero(labels == 10) == count // 2
    for glyph, label in zip(glyphs, labels, strict=True):
        [place] = [i for i, other in enumerate(crops.glyphs) if np.array_equal(glyph, other)]
        assert crops.labels[place] == label


def test_a_batch_is_drawn_by_the_given_generator() -> None:
    first, second = (some(16).draw(20, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first[1], second[1])


@pytest.mark.parametrize("label", [3, 10])
def test_crops_of_one_kind_alone_train_nothing(label: int) -> None:
    crops = some(8)
    with pytest.raises(DatasetError, match="harvest more"):
        Crops(crops.glyphs, np.full(8, label)).draw(4, np.random.default_rng(1))


class TestBadFiles:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "crops.npz"

    def refused(self, file: Path) -> str:
        with pytest.raises(DatasetError) as error:
            load_crops(file)
        assert str(error.value).startswith(f"{file}: ")
        return str(error.value)

    def test_missing(self, file: Path) -> None:
        assert "digit-appliance harvest" in self.refused(file)

    def test_folder(self, file: Path) -> None:
        file.mkdir()
        self.refused(file)

    @pytest.mark.parametrize("data", [b"", b"PK\3\4", b"Dear reader,\n", b"\x93NUMPY", b"\0" * 500])
    def test_something_else(self, data: bytes, file: Path) -> None:
        file.write_bytes(data)
        self.refused(file)

    def test_one_array_alone(self, file: Path) -> None:
        buffer = io.BytesIO()
        np.save(buffer, some().glyphs)
        file.write_bytes(buffer.getvalue())
        self.refused(file)

    @pytest.mark.parametrize(
        "change",
        [
            {"glyphs": None},
            {"labels": None},
            {"glyphs": np.zeros((9, 28, 28), np.float32)},
            {"glyphs": np.zeros((9, 20, 20), np.uint8)},
            {"glyphs": np.zeros(9, np.uint8)},
            {"labels": np.zeros(8, np.uint8)},
            {"labels": np.full(9, 11, np.uint8)},
            {"labels": np.full(9, -1, np.int8)},
            {"labels": np.zeros((9, 2), np.uint8)},
            {"labels": np.uint8(3)},
            {"labels": np.array(list("123456789"))},
        ],
        ids=lambda change: " ".join(f"{name} {np.shape(value)}" for name, value in change.items()),
    )
    def test_other_arrays(self, change: dict[str, object], file: Path) -> None:
        crops = some()
        arrays: dict[str, object] = {
            "glyphs": np.rint(crops.glyphs * 255).astype(np.uint8),
            "labels": crops.labels.astype(np.uint8),
        }
        arrays |= change
        kept: dict[str, Any] = {name: a for name, a in arrays.items() if a is not None}
        np.savez(file, **kept)
        self.refused(file)

    @settings(
        deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), kept=st.floats(0, 1))
    def test_a_damaged_byte_changes_nothing_or_is_told(
        self, place: float, byte: int, kept: float, saved: bytes, file: Path
    ) -> None:
        data = bytearray(saved)
        data[int(place * len(data))] = byte
        for length in (len(data), int(kept * len(data))):
            file.write_bytes(data[:length])
            try:
                crops = load_crops(file)
            except DatasetError as error:
                assert str(error).startswith(f"{file}: ")
            else:
                assert_same(crops, some())


def test_every_byte_of_the_headers(saved: bytes, tmp_path: Path) -> None:
    """The zip's own tables stand in the last bytes and before each array."""
    file = tmp_path / "crops.npz"
    for place in [*range(40), *range(len(saved) - 260, len(saved))]:
        data = bytearray(saved)
        data[place] ^= 0xFF
        file.write_bytes(data)
        try:
            assert_same(load_crops(file), some())
        except DatasetError as error:
            assert str(error).startswith(f"{file}: ")


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="can't be written"):
        save_crops(tmp_path / "none" / "crops.npz", some())


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "crops.npz"
    save_crops(file, some())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DatasetError, match="No space left"):
        save_crops(file, some(2))
    assert_same(load_crops(file), some())
    assert list(tmp_path.iterdir()) == [file]
