"""Picture files: the good ones as they look, the bad ones with one sentence."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.cameras.pictures import Pictures, find_pictures, load_picture
from appliance.errors import CameraError, PictureError
from tests.fakes import FakeClock

Picture = NDArray[np.uint8]


def drawing() -> Picture:
    """White paper with a black bar left and a grey one right."""
    pixels = np.full((60, 80, 3), 250, np.uint8)
    pixels[10:50, 10:20] = 10
    pixels[10:50, 60:70] = 120
    return pixels


def encoded(suffix: str, pixels: NDArray[np.integer | np.floating], *parameters: int) -> bytes:
    done, data = cv2.imencode(suffix, pixels, parameters)
    assert done
    return data.tobytes()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "picture.jpg"


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tif", ".ppm"])
def test_what_opencv_opens_is_opened_whatever_its_name(suffix: str, file: Path) -> None:
    file.write_bytes(encoded(suffix, drawing()))
    frame = load_picture(file, time=3.0)
    assert frame.pixels.dtype == np.uint8
    assert np.abs(frame.pixels.astype(int) - drawing()).mean() < 6
    assert (frame.time, frame.source) == (3.0, str(file))


def test_progressive_jpeg(file: Path) -> None:
    file.write_bytes(encoded(".jpg", drawing(), cv2.IMWRITE_JPEG_PROGRESSIVE, 1))
    assert load_picture(file).pixels.shape == (60, 80, 3)


def test_sixteen_bits_become_eight(file: Path) -> None:
    file.write_bytes(encoded(".png", drawing().astype(np.uint16) * 257))
    assert np.array_equal(load_picture(file).pixels, drawing())


def test_grey_stays_as_it_looks(file: Path) -> None:
    file.write_bytes(encoded(".png", drawing()[:, :, 0]))
    assert np.array_equal(load_picture(file).pixels[..., 0], drawing()[:, :, 0])


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_transparency_is_laid_on_white(depth: type[np.unsignedinteger], file: Path) -> None:
    pixels = np.zeros((20, 20, 4), depth)  # black ink, transparent all around
    pixels[5:15, 8:12, 3] = np.iinfo(depth).max
    file.write_bytes(encoded(".png", pixels))
    expected = np.full((20, 20, 3), 255, np.uint8)
    expected[5:15, 8:12] = 0
    assert np.array_equal(load_picture(file).pixels, expected)


def test_a_photograph_lying_on_its_side_is_turned_upright(file: Path) -> None:
    plain = encoded(".jpg", drawing())
    orientation_6 = bytes.fromhex(
        "457869660000 4d4d002a00000008 0001 0112 0003 00000001 00060000 00000000"
    )
    segment = b"\xff\xe1" + struct.pack(">H", len(orientation_6) + 2) + orientation_6
    file.write_bytes(plain[:2] + segment + plain[2:])
    assert load_picture(file).pixels.shape == (80, 60, 3)


@pytest.mark.parametrize("film", [b"\xff\xda" + b"no end" * 9, b"\xff\xd9\xff\xda\xff"])
def test_a_photograph_with_a_film_behind_it_is_whole(film: bytes, file: Path) -> None:
    """As phones keep a moving picture in the file of the still one."""
    whole = encoded(".jpg", drawing())
    file.write_bytes(whole + film)
    moving = load_picture(file).pixels
    file.write_bytes(whole)
    assert np.array_equal(moving, load_picture(file).pixels)


def test_a_picture_that_ends_in_erased_memory_is_cut_off_at_once(file: Path) -> None:
    """A memory card's free blocks are full of 255s."""
    whole = encoded(".jpg", drawing())
    file.write_bytes(whole[: len(whole) // 2] + b"\xff" * 1_000_000)
    with pytest.raises(PictureError, match="cut off"):
        load_picture(file)


def test_a_marker_without_a_length_is_passed_over(file: Path) -> None:
    whole = encoded(".jpg", drawing())
    file.write_bytes(whole[:2] + b"\xff\x01\xff\xff" + whole[2:])
    marked = load_picture(file).pixels
    file.write_bytes(whole)
    assert np.array_equal(marked, load_picture(file).pixels)


def test_a_small_picture_within_one_that_is_cut_off_isnt_its_end(file: Path) -> None:
    small, whole = encoded(".jpg", drawing()[:8, :8]), encoded(".jpg", drawing())
    segment = b"\xff\xe1" + struct.pack(">H", len(small) + 2) + small
    file.write_bytes((whole[:2] + segment + whole[2:])[:-90])
    with pytest.raises(PictureError, match="cut off"):
        load_picture(file)


def test_a_transparent_picture_of_many_strips_is_laid_on_white(file: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (150, 20, 4), dtype=np.uint8)
    file.write_bytes(encoded(".png", pixels))
    colours, alpha = pixels[:, :, :3] / 255, pixels[:, :, 3:] / 255
    expected = 255 * (colours * alpha + 1 - alpha)
    assert np.abs(load_picture(file).pixels - expected).max() < 0.51


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_floating_point_is_refused(channels: int, file: Path) -> None:
    pixels = np.ones((20, 20, channels), np.float32)
    file.write_bytes(encoded(".tiff", pixels))
    with pytest.raises(PictureError, match="use JPEG or PNG"):
        load_picture(file)


def test_too_little_memory_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    file.write_bytes(encoded(".png", drawing()))
    monkeypatch.setattr(cv2, "imdecode", full)
    with pytest.raises(PictureError, match="too little memory"):
        load_picture(file)


def test_it_opens_without_a_standard_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: int) -> int:
        raise OSError(9, "Bad file descriptor")

    file.write_bytes(encoded(".png", drawing()))
    monkeypatch.setattr("os.dup", closed)
    assert np.array_equal(load_picture(file).pixels, drawing())


def test_one_pixel_is_a_picture(file: Path) -> None:
    file.write_bytes(encoded(".png", drawing()[:1, :1]))
    assert load_picture(file).pixels.shape[:2] == (1, 1)


def animated_png(first: Picture, second: Picture) -> bytes:
    """An APNG of two frames, put together by hand: OpenCV 4.10 can't write one."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    def rows(pixels: Picture) -> bytes:
        return zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels))

    height, width = first.shape
    control = struct.pack(">IIIIHHBB", width, height, 0, 0, 1, 2, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            chunk(b"acTL", struct.pack(">II", 2, 0)),
            chunk(b"fcTL", struct.pack(">I", 0) + control),
            chunk(b"IDAT", rows(first)),
            chunk(b"fcTL", struct.pack(">I", 1) + control),
            chunk(b"fdAT", struct.pack(">I", 2) + rows(second)),
            chunk(b"IEND", b""),
        ]
    )


def test_of_an_animation_the_first_picture_is_taken(file: Path) -> None:
    first = drawing()[:, :, 0]
    file.write_bytes(animated_png(first, 255 - first))
    assert np.array_equal(load_picture(file).pixels[..., 0], first)


class TestBad:
    def test_missing(self, file: Path) -> None:
        with pytest.raises(PictureError, match=r"picture\.jpg: there is no such file"):
            load_picture(file)

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(PictureError, match="a folder, not a picture"):
            load_picture(tmp_path)

    def test_empty(self, file: Path) -> None:
        file.touch()
        with pytest.raises(PictureError, match="the file is empty"):
            load_picture(file)

    def test_text(self, file: Path) -> None:
        file.write_text("Dear reader,\n")
        with pytest.raises(PictureError, match="not a picture that can be opened"):
            load_picture(file)

    def test_device(self) -> None:
        with pytest.raises(PictureError, match="not a file"):
            load_picture(Path("/dev/zero"))

    def test_impossible_name(self) -> None:
        with pytest.raises(PictureError):
            load_picture(Path("a\0b.jpg"))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_no_permission(self, file: Path) -> None:
        file.write_bytes(encoded(".jpg", drawing()))
        file.chmod(0)
        with pytest.raises(PictureError, match="can't be read: Permission denied"):
            load_picture(file)

    def test_far_too_large_is_refused_by_its_header(self, file: Path) -> None:
        small = encoded(".png", drawing())
        header = b"IHDR" + struct.pack(">II", 20_000, 20_000) + small[24:29]
        file.write_bytes(small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:])
        with pytest.raises(PictureError, match="smaller than 120 megapixels"):
            load_picture(file)

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp"])
    @pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
    def test_cut_off(self, suffix: str, share: float, file: Path) -> None:
        noise = np.random.default_rng(1).integers(0, 255, (90, 90, 3), dtype=np.uint8)
        whole = encoded(suffix, noise)
        file.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(PictureError, match=r"cut off|damaged"):
            load_picture(file)

    def test_says_nothing_on_standard_error(
        self, file: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        whole = bytearray(encoded(".png", drawing()))
        whole[60] ^= 0xFF
        file.write_bytes(whole)
        with pytest.raises(PictureError):
            load_picture(file)
        assert capfd.readouterr().err == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    suffix=st.sampled_from([".jpg", ".png", ".bmp", ".webp", ".tif"]),
    place=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
    kept=st.floats(0, 1),
)
def test_a_damaged_file_gives_a_frame_or_a_picture_error(
    suffix: str, place: float, byte: int, kept: float, tmp_path: Path
) -> None:
    data = bytearray(encoded(suffix, drawing()))
    data[int(place * len(data))] = byte
    file = tmp_path / "damaged"
    file.write_bytes(data[: int(kept * len(data))])
    try:
        frame = load_picture(file)
    except PictureError as error:
        assert str(error).startswith(str(file))
    else:
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.shape[2:] in ((), (3,))


class TestCamera:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name, level in (("b.png", 200), ("a.JPG", 100)):
            pixels = np.full((480, 640, 3), level, np.uint8)
            (tmp_path / name).write_bytes(encoded(name[-4:].lower(), pixels))
        (tmp_path / "notes.txt").write_text("not a picture")
        return tmp_path

    def test_finds_the_pictures_of_a_folder_by_name(self, folder: Path) -> None:
        assert [file.name for file in find_pictures([folder])] == ["a.JPG", "b.png"]

    def test_gives_them_in_order_and_begins_again(self, folder: Path) -> None:
        camera = Pictures(FakeClock(), (str(folder),))
        levels = [camera.capture().pixels.mean() for _ in range(3)]
        assert levels == pytest.approx([100, 200, 100], abs=1)
        assert camera.current.name == "a.JPG"

    def test_watching_shows_the_next_one_small_and_grey_and_takes_nothing(
        self, folder: Path
    ) -> None:
        clock = FakeClock()
        camera = Pictures(clock, (str(folder),))
        frames = [camera.watch() for _ in range(2)]
        assert [frame.pixels.shape for frame in frames] == [(240, 320)] * 2
        assert frames[0].time == clock.now
        assert camera.capture().pixels.mean() == pytest.approx(100, abs=1)
        assert camera.watch().pixels.mean() == pytest.approx(200, abs=1)

    def test_a_bad_one_is_told_and_passed_over(self, folder: Path) -> None:
        (folder / "a.JPG").write_text("")
        camera = Pictures(FakeClock(), (str(folder),))
        with pytest.raises(PictureError):
            camera.capture()
        assert camera.capture().pixels.mean() == pytest.approx(200, abs=1)

    def test_no_picture_at_all_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(CameraError, match="there are no pictures in"):
            Pictures(FakeClock(), (str(tmp_path),))
        with pytest.raises(CameraError, match=r"camera\.pictures\.paths names no"):
            Pictures(FakeClock())
