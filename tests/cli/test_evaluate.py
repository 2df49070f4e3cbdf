"""`evaluate`: IDX pair, CSV file and folder, and what it promises to scripts."""

from __future__ import annotations

import codecs
import json
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from appliance.cli.evaluate import evaluate, read_dataset
from appliance.cli.folders import picture_to_glyph, read_folder, read_glyph, read_nondigits
from appliance.errors import DatasetError, PictureError
from appliance.network.handwriting import draw_digits

GLYPHS, LABELS = draw_digits(60, np.random.default_rng(5))
PIXELS = np.round(GLYPHS * 255).astype(np.uint8)


def idx(folder: Path) -> str:
    images, labels = folder / "images", folder / "labels"
    images.write_bytes(struct.pack(">4I", 2051, 60, 28, 28) + PIXELS.tobytes())
    labels.write_bytes(struct.pack(">2I", 2049, 60) + LABELS.astype(np.uint8).tobytes())
    return f"{images},{labels}"


def table(folder: Path) -> str:
    path = folder / "digits.csv"
    rows = np.concatenate([LABELS[:, None], PIXELS.reshape(60, -1)], axis=1)
    path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    return str(path)


def pictures(folder: Path) -> str:
    """Half of them dark on light."""
    lines = ["file,digits"]
    for number, (picture, label) in enumerate(zip(PIXELS, LABELS, strict=True)):
        cv2.imwrite(str(folder / f"{number}.png"), picture if number % 2 else 255 - picture)
        lines.append(f"{number}.png,{label}")
    (folder / "labels.csv").write_text("\n".join(lines))
    return str(folder)


def test_a_folder_may_have_a_comma(tmp_path: Path) -> None:
    folder = tmp_path / "a,b"
    folder.mkdir()
    assert len(read_dataset(idx(folder))) == 60


@pytest.mark.parametrize("name", ["images,", ",labels", ","])
def test_half_of_two_files_is_told(name: str) -> None:
    with pytest.raises(DatasetError, match="two files with a comma between: IMAGES,LABELS"):
        read_dataset(name)


@pytest.mark.parametrize("make", [idx, table, pictures])
def test_json(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    done = CliRunner().invoke(evaluate, [make(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert list(answer) == ["count", "errors", "accuracy", "confusion", "seconds"]
    assert answer["count"] == 60
    confusion = np.array(answer["confusion"])
    assert confusion.shape == (10, 10)
    assert confusion.sum(axis=1).tolist() == np.bincount(LABELS, minlength=10).tolist()
    assert answer["errors"] == 60 - np.trace(confusion)
    assert answer["accuracy"] == pytest.approx(1 - answer["errors"] / 60)
    assert answer["accuracy"] > 0.9


def test_refusal_is_measured(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes"
    shapes.mkdir()
    np.savez(shapes / "shapes.npz", images=PIXELS[:30])
    options = ["--nondigits", str(shapes)]
    answer = json.loads(CliRunner().invoke(evaluate, [idx(tmp_path), "--json", *options]).stdout)
    assert answer["nondigits"] == 10
    assert 0 <= answer["calibration_error"] <= 1
    assert answer["refused"] < 0.5 < answer["accepted"], "they are digits in truth"
    assert 0 <= answer["separation"] <= 1
    text = CliRunner().invoke(evaluate, [idx(tmp_path), *options]).output
    assert "of 10 non-digits accepted" in text


def test_too_few_shapes_to_measure_the_refusal_are_told(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes"
    shapes.mkdir()
    np.savez(shapes / "shapes.npz", images=PIXELS[:2])
    done = CliRunner().invoke(evaluate, [idx(tmp_path), "--nondigits", str(shapes)])
    assert isinstance(done.exception, DatasetError)
    assert "no file has three" in str(done.exception)


def test_text(tmp_path: Path) -> None:
    done = CliRunner().invoke(evaluate, [idx(tmp_path)])
    assert done.output.startswith("60 glyphs, ")


def test_polarity_makes_no_difference() -> None:
    for picture in PIXELS[:20]:
        np.testing.assert_allclose(
            picture_to_glyph(picture), picture_to_glyph(255 - picture), atol=0.02
        )


def test_blank_picture_is_a_blank_glyph() -> None:
    assert picture_to_glyph(np.full((28, 28), 200, np.uint8)).sum() == 0


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (None, "labels.csv"),
        ("file,digits\n", "lists no pictures"),
        ("file,digits\n0.png,42\n", "label '42', must be one digit"),
        ("file,digits\n0.png,\n", "label '', must be one digit"),
        ("name,what\n0.png,1\n", "has no column digits, file; add it"),
        ("file,digits\n0.png,1\n\n,1\n", "line 4 names no file"),
        ("file,digits\n0.png,1,été\n", "isn't text in UTF-8; save it again as CSV UTF-8"),
        ("file,digits\nnone.png,1\n", "none.png: there is no such file"),
        ("file,digits\nno\0ne.png,1\n", "can't be read"),
        ("file,digits\nbad.png,1\n", "not a picture"),
        ("file,digits\nempty.png,1\n", "the file is empty"),
        ("file,digits\ncut.jpg,1\n", "the picture is cut off"),
        ("file,digits\nlong.png,1\n", "too large for a single digit"),
    ],
)
def test_faults_of_folders(tmp_path: Path, labels: str | None, words: str) -> None:
    (tmp_path / "bad.png").write_text("no picture at all")
    (tmp_path / "empty.png").touch()
    cv2.imwrite(str(tmp_path / "long.png"), np.zeros((2, 4097), np.uint8))
    done, data = cv2.imencode(".jpg", PIXELS[0])
    assert done
    (tmp_path / "cut.jpg").write_bytes(data.tobytes()[:-20])
    if labels is not None:
        (tmp_path / "labels.csv").write_text(labels, encoding="latin-1")
    with pytest.raises((DatasetError, PictureError), match=words):
        read_folder(tmp_path)


def test_semicolons_separate_as_well(tmp_path: Path) -> None:
    """Spreadsheets put them where the comma is the sign before decimals."""
    source = pictures(tmp_path)
    labels = tmp_path / "labels.csv"
    text = labels.read_text().replace(",", ";").replace("\n", "\r\n")
    labels.write_bytes(codecs.BOM_UTF8 + text.encode())
    np.testing.assert_array_equal(read_dataset(source).labels, LABELS)


def test_a_single_picture_may_be_as_large_as_a_camera_takes_it(tmp_path: Path) -> None:
    photo = np.full((2592, 4608), 255, np.uint8)
    cv2.rectangle(photo, (2200, 700), (2400, 1900), 0, -1)
    cv2.imwrite(str(tmp_path / "one.jpg"), photo)
    assert read_glyph(tmp_path / "one.jpg").max() == 1


def test_transparency_is_paper(tmp_path: Path) -> None:
    """Ink that is opaque black, on nothing: what `read` lays on white."""
    transparent = np.zeros((28, 28, 4), np.uint8)
    transparent[:, :, 3] = PIXELS[0]
    cv2.imwrite(str(tmp_path / "0.png"), transparent)
    np.testing.assert_allclose(
        read_glyph(tmp_path / "0.png"), picture_to_glyph(255 - PIXELS[0]), atol=1e-6
    )


@pytest.mark.parametrize("make", [table, pictures])
def test_a_byte_order_mark_changes_nothing(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    """Spreadsheets put one before what they save as CSV UTF-8."""
    source = make(tmp_path)
    before = read_dataset(source)
    [text] = tmp_path.glob("*.csv")
    text.write_bytes(codecs.BOM_UTF8 + text.read_bytes())
    np.testing.assert_array_equal(read_dataset(source).labels, before.labels)


def test_nondigits_are_split(tmp_path: Path) -> None:
    images = np.zeros((9, 28, 28), np.uint8)
    images[:, 5:20, 3:9] = np.arange(10, 19)[:, None, None]
    np.savez(tmp_path / "shapes.npz", images=images, labels=np.array(["A"] * 8 + ["I"]))
    training, held_out = read_nondigits(tmp_path)
    assert len(training) == 6
    assert len(held_out) == 2
    (tmp_path / "shapes.npz").write_bytes(b"PK and nothing")
    with pytest.raises(DatasetError, match=r"shapes\.npz"):
        read_nondigits(tmp_path)
    (tmp_path / "shapes.npz").unlink()
    with pytest.raises(DatasetError, match=r"no \.npz"):
        read_nondigits(tmp_path)


@pytest.mark.parametrize(
    ("count", "labels", "words"),
    [
        (0, [], "holds no shapes"),
        (3, ["I"] * 3, "holds no shapes"),
        (3, ["A"] * 2, r"holds 3 images, but labels \(2,\)"),
        (3, [["A"] * 3], r"holds 3 images, but labels \(1, 3\)"),
    ],
)
def test_faults_of_nondigits(tmp_path: Path, count: int, labels: list[object], words: str) -> None:
    images = np.zeros((count, 28, 28), np.uint8)
    np.savez(tmp_path / "shapes.npz", images=images, labels=np.array(labels, str))
    with pytest.raises(DatasetError, match=rf"shapes\.npz: {words}"):
        read_nondigits(tmp_path)


def test_own_handwriting(shared: Path) -> None:
    done = CliRunner().invoke(evaluate, [str(shared / "own28"), "--json"])
    assert json.loads(done.stdout)["accuracy"] > 0.93
