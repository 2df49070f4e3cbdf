"""`read`, to the letter of what the command line promises to scripts."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.cli.main import main

CHECKOUT = Path(__file__).parents[2]

KEYS = ["source", "status", "text", "confidence", "reason", "digits", "milliseconds"]


def printed(text: str = "407") -> NDArray[np.uint8]:
    page = np.full((480, 640, 3), 225, np.uint8)
    for place, digit in enumerate(text):
        at = (120 + 130 * place, 280)
        cv2.putText(page, digit, at, cv2.FONT_HERSHEY_SIMPLEX, 4, (50, 40, 40), 9)
    return page


def encoded(suffix: str, pixels: NDArray[np.integer]) -> bytes:
    done, data = cv2.imencode(suffix, pixels)
    assert done
    return data.tobytes()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def huge_png() -> bytes:
    """20,000 x 20,000 white pixels in a few hundred kilobytes or less."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\xff" * 2500)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def animated_gif(first: int, second: int, side: int = 64) -> bytes:
    """Two frames of one colour each: 0 white, 1 black; put together by hand.

    The LZW codes have 3 bits: a clear code (4) before each pixel keeps them from growing.
    """
    data = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\xff\xff\xff\0\0\0"
    for colour in (first, second):
        codes = [4, colour] * side**2 + [5]
        bits = sum(code << 3 * place for place, code in enumerate(codes))
        packed = bits.to_bytes(len(codes) * 3 // 8 + 1, "little")
        blocks = [packed[i : i + 255] for i in range(0, len(packed), 255)]
        data += b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
        data += b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02"
        data += b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    return data + b"\x3b"


GOOD = {
    "colour.jpg": encoded(".jpg", printed()),
    "colour.png": encoded(".png", printed()),
    "grey.png": encoded(".png", printed()[:, :, 0]),
    "deep.png": encoded(".png", printed().astype(np.uint16) * 257),
    "alpha.png": encoded(".png", np.dstack([printed(), np.full((480, 640), 255, np.uint8)])),
    "photograph": encoded(".webp", printed()),
    "pixel.png": encoded(".png", printed()[:1, :1]),
    "line.png": encoded(".png", printed()[240:241]),
    "with a space.bmp": encoded(".bmp", printed()),
}
BAD = {
    "empty.jpg": b"",
    "text.jpg": b"Dear reader,\nthis is a letter.\n",
    "cut.jpg": GOOD["colour.jpg"][:3000],
    "cut.png": GOOD["colour.png"][:1000],
    "huge.png": huge_png(),
}
SENTENCES = {
    "empty.jpg": "empty",
    "text.jpg": "not a picture",
    "cut.jpg": "cut off",
    "cut.png": "damaged",
    "huge.png": "too large",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, data in (GOOD | BAD).items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Run:
    """What a run of the command line gave."""

    def __init__(self, capfd: pytest.CaptureFixture[str], *arguments: str) -> None:
        with pytest.raises(SystemExit) as exit_:
            main(["read", *arguments])
        self.status = exit_.value.code
        self.out, self.err = capfd.readouterr()
        assert "Traceback" not in self.out + self.err

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def assert_promised(answer: dict[str, Any], size: tuple[int, int] = (640, 480)) -> None:
    assert list(answer)[:7] == KEYS
    assert answer["status"] in ("read", "unsure", "nothing")
    assert isinstance(answer["text"], str)
    assert 0 <= answer["confidence"] <= 1
    assert (answer["reason"] is None) == (answer["status"] == "read" or "error" in answer)
    assert answer["milliseconds"] >= 0
    for digit in answer["digits"]:
        assert list(digit) == ["digit", "confidence", "box"]
        assert digit["digit"] in range(10)
        assert 0 <= digit["confidence"] <= 1
        x, y, width, height = digit["box"]
        assert all(isinstance(side, int) for side in digit["box"])
        assert 0 <= x < x + width <= size[0]
        assert 0 <= y < y + height <= size[1]
    if answer["status"] == "read":
        assert answer["text"].replace("\n", "") == "".join(
            str(d["digit"]) for d in answer["digits"]
        )
        assert answer["confidence"] == min(digit["confidence"] for digit in answer["digits"])
    else:
        assert answer["text"] == ""


def test_json_of_a_picture_with_digits(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = Run(capfd, "--json", "colour.png")
    [answer] = run.objects
    assert (run.status, run.err) == (0, "")
    assert list(answer) == KEYS
    assert_promised(answer)
    assert answer["source"] == "colour.png"
    assert [digit["digit"] for digit in answer["digits"]] == [4, 0, 7]
    assert [round(digit["box"][0] / 130) for digit in answer["digits"]] == [1, 2, 3]


@pytest.mark.parametrize("name", GOOD)
def test_every_picture_that_opens_is_answered(
    name: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Run(capfd, "--json", name)
    assert (run.status, run.err) == (0, "")
    [answer] = run.objects
    size = {"pixel.png": (1, 1), "line.png": (640, 1)}.get(name, (640, 480))
    assert_promised(answer, size)
    if size == (640, 480):
        assert [digit["digit"] for digit in answer["digits"]] == [4, 0, 7]
    else:
        assert answer["status"] == "nothing"
    assert "error" not in answer


@pytest.mark.parametrize("name", BAD)
def test_a_bad_one_is_told_in_a_sentence(
    name: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Run(capfd, "--json", name)
    [answer] = run.objects
    assert run.status == 1
    assert list(answer) == [*KEYS, "error"]
    assert_promised(answer)
    assert (answer["source"], answer["text"], answer["digits"]) == (name, "", [])
    assert answer["error"].startswith(f"{name}: ")
    assert SENTENCES[name] in answer["error"]
    assert run.err == f"digit-appliance: {answer['error']}\n"


@pytest.mark.parametrize(("first", "reason"), [(0, "too bright"), (1, "too dark")])
def test_of_an_animation_the_first_frame_is_looked_at(
    first: int, reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """OpenCV reads GIF since 4.11; before, it is refused in a sentence."""
    file = tmp_path / "moving.gif"
    file.write_bytes(animated_gif(first, 1 - first))
    run = Run(capfd, "--json", str(file))
    [answer] = run.objects
    assert_promised(answer, (64, 64))
    if cv2.imread(str(file)) is None:
        assert run.status == 1
        assert "not a picture that can be opened" in answer["error"]
    else:
        assert (run.status, answer["reason"]) == (0, reason)


def test_one_missing_among_several_leaves_the_others_read(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    names = ["colour.jpg", "missing.jpg", "colour.png", ".", "grey.png"]
    run = Run(capfd, "--json", *names)
    assert run.status == 1
    assert [answer["source"] for answer in run.objects] == names
    assert ["error" in answer for answer in run.objects] == [False, True, False, True, False]
    assert len(run.err.splitlines()) == 2
    assert "missing.jpg: there is no such file" in run.err


def test_without_json_a_line_for_each(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = Run(capfd, "colour.png", "text.jpg", "pixel.png")
    assert run.status == 1
    first, second = run.out.splitlines()
    assert first.startswith("colour.png: ")
    assert "407" in first
    assert second.startswith("pixel.png: nothing: ")
    assert run.err.startswith("digit-appliance: text.jpg: ")
    assert len(run.err.splitlines()) == 1


def test_lines_of_writing_are_separated_by_a_newline(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "two lines.png"
    cv2.imwrite(str(file), np.vstack([printed("407"), printed("74")])[:, :, 0])
    [answer] = Run(capfd, "--json", str(file)).objects
    assert_promised(answer, (640, 960))
    assert answer["text"] in ("407\n74", "")
    assert [digit["digit"] for digit in answer["digits"]] == [4, 0, 7, 7, 4]


@pytest.mark.parametrize(
    "arguments", [[], ["--json"], ["--colour", "colour.png"], ["colour.png", "--weights"]]
)
def test_wrong_usage(arguments: list[str], folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = Run(capfd, *arguments)
    assert (run.status, run.out) == (2, "")
    assert "Error: " in run.err


@pytest.mark.parametrize("weights", ["no such file.npz", "text.jpg", "colour.png", "."])
def test_bad_weights_are_told_in_a_sentence(
    weights: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Run(capfd, "--json", "--weights", weights, "colour.png")
    assert (run.status, run.out) == (1, "")
    assert run.err.startswith(f"digit-appliance: {weights}")
    assert len(run.err.splitlines()) == 1


def test_help_has_an_example(capfd: pytest.CaptureFixture[str]) -> None:
    run = Run(capfd, "--help")
    assert run.status == 0
    assert "Example: digit-appliance read --json photo.jpg" in run.out


def test_a_name_that_is_no_text_is_told_too(folder: Path) -> None:
    """File names are bytes: one from another system may be no UTF-8."""
    name = b"caf\xe9.png"
    Path(os.fsdecode(name)).write_bytes(GOOD["pixel.png"])
    command = b"from appliance.cli import main; main()"
    done = subprocess.run(
        [sys.executable.encode(), b"-c", command, b"read", name, b"missing" + name],
        env=os.environ | {"PYTHONIOENCODING": "utf-8:strict", "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"no ink" in done.stdout or b"blurred" in done.stdout
    assert b"there is no such file" in done.stderr
