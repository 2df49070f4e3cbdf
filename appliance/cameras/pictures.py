"""Picture files as a camera, and the one place where a picture file is opened."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import CameraError, PictureError
from appliance.keys import Key
from appliance.paths import expanded
from appliance.ports import Clock
from appliance.values import Frame

SUFFIXES = {
    ".jpg",
    ".jpeg",
    ".jpe",
    ".png",
    ".bmp",
    ".webp",
    ".tif",
    ".tiff",
    ".gif",
    ".pgm",
    ".ppm",
}
"""What counts as a picture in a folder; a file given by name may be called anything."""

LARGEST_FILE = 500_000_000
"""Bytes; the largest picture that is decoded (120 megapixels in 8-bit colour) has 360 million."""

JPEG = b"\xff\xd8"
"""How a JPEG file begins."""

MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd7])", re.DOTALL)
"""A marker of a JPEG file but those without a length; a zero after 255 says that it is none."""

ROWS = 64
"""Rows of a transparent picture that are laid on white at a time."""

WATCH_SIDE = 320
"""Longer side of a watch frame, pixels."""


def load_picture(path: Path, time: float = 0.0) -> Frame:
    """Open a picture file as a frame.

    16-bit pictures are reduced to 8 bits, transparency is laid on white, of an animation the first
    picture is taken, a photograph (what isn't transparent) is turned upright as its EXIF data says.

    Raises PictureError when the file is missing, unreadable, no picture, cut off or too large.
    """
    data = _bytes(path)
    if data.startswith(JPEG) and not _has_end(data):
        # OpenCV 4.10 would fill the rest with grey
        raise PictureError(f"{path}: the picture is cut off; copy or download it again")
    try:
        pixels = _decode(np.frombuffer(data, np.uint8))
    except MemoryError as error:
        raise PictureError(
            f"{path}: there is too little memory for so large a picture; make it smaller"
        ) from error
    except cv2.error as error:
        if "CV_IO_MAX" in str(error):
            raise PictureError(
                f"{path}: the picture is too large; make it smaller than 120 megapixels"
            ) from error
        pixels = None
    if pixels is None:
        raise PictureError(
            f"{path}: not a picture that can be opened, or a damaged one; "
            "use JPEG or PNG, or copy it again"
        )
    return Frame(pixels, time, str(path))


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise PictureError(f"{path}: a folder, not a picture; name the pictures in it")
        if path.exists() and not path.is_file():
            raise PictureError(f"{path}: not a file; name a picture file")
        size = path.stat().st_size
        if size == 0:
            raise PictureError(f"{path}: the file is empty; copy or download it again")
        if size > LARGEST_FILE:
            raise PictureError(f"{path}: {size:,} bytes are too large for a picture")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PictureError(f"{path}: there is no such file") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        if isinstance(error, PictureError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(f"{path}: can't be read: {reason}") from error


def _has_end(jpeg: bytes) -> bool:
    """Whether a JPEG file goes to its end marker; what follows, as a phone's film, is no matter.

    Segments begin with a marker and their length; within the picture's own data no marker stands
    but those that restart it (T.81, B.1.1). Any number of 255s may stand before a marker.
    """
    place = len(JPEG)
    while found := MARKER.search(jpeg, place):
        if found[1] == b"\xd9":
            return True
        place = found.end() + int.from_bytes(jpeg[found.end() : found.end() + 2], "big")
    return False


def _decode(data: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return uint8 (height, width) or (height, width, 3), or None when OpenCV can't."""
    with _silence():
        if bytes(data[:2]) != JPEG:  # anything else may be transparent
            raw = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            if raw is None or raw.dtype not in (np.uint8, np.uint16):
                return None
            if raw.ndim == 3 and raw.shape[2] == 4:
                return _on_white(raw)
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return None if picture is None else np.asarray(picture, np.uint8)


def _on_white(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Lay a picture with transparency, (height, width, 4) of 8 or 16 bits, on white paper.

    In strips: in floating point all of it would take ten times its memory.
    """
    depth = np.float32(65535 if picture.dtype == np.uint16 else 255)
    laid = np.empty((*picture.shape[:2], 3), np.uint8)
    for top in range(0, len(picture), ROWS):
        scaled = picture[top : top + ROWS].astype(np.float32) / depth
        alpha = scaled[:, :, 3:]
        strip = np.rint((scaled[:, :, :3] * alpha + 1 - alpha) * 255)
        laid[top : top + ROWS] = strip.astype(np.uint8)
    return laid


@contextmanager
def _silence() -> Iterator[None]:
    """Keep libpng's and libjpeg's own words off standard error: our error says it better."""
    try:
        saved = os.dup(2)
    except OSError:  # it is closed: nobody hears them
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def find_pictures(paths: Sequence[Path]) -> list[Path]:
    """List the picture files: those given by name, and of a folder those in it, by name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.iterdir())
            found += [file for file in inside if file.suffix.lower() in SUFFIXES]
        else:
            found.append(path)
    return found


class Pictures:
    """Gives picture files as frames, in their order, and begins again after the last.

    current: the file that was captured last.

    Raises CameraError when there is no picture at all, PathError when a text names none.
    """

    one_shot = True  # the next capture shows something else: don't vote over several

    def __init__(
        self,
        clock: Clock,
        paths: Annotated[
            tuple[str, ...],
            Key("Picture files, or folders of them, in the order to show.", path=True),
        ] = (),
    ) -> None:
        self._files = find_pictures([expanded(path) for path in paths])
        if not self._files:
            if not paths:
                raise CameraError("camera.pictures.paths names no pictures; name some, or a folder")
            names = ", ".join(paths)
            raise CameraError(f"there are no pictures in {names}; put some there, or name others")
        self._clock = clock
        self._next = 0
        self.current = self._files[0]
        self._watched: Frame | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, in the order in which they are given."""
        return tuple(self._files)

    def capture(self) -> Frame:
        """Open the next picture.

        Raises PictureError when it can't be opened; the one after it comes next.
        """
        path = self.current = self._files[self._next]
        self._next = (self._next + 1) % len(self._files)
        self._watched = None
        return load_picture(path, self._clock.time())

    def watch(self) -> Frame:
        """Give the picture that `capture` would give, in grey, at most 320 pixels long."""
        if self._watched is None:
            self._watched = _small(load_picture(self._files[self._next]))
        return Frame(self._watched.pixels, self._clock.time(), self._watched.source)

    def close(self) -> None:
        """Nothing to give back."""
        self._watched = None


def _small(frame: Frame) -> Frame:
    pixels = frame.pixels
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, WATCH_SIDE / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return Frame(np.asarray(small, np.uint8), frame.time, frame.source)
