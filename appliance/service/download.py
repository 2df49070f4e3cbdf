"""Files from mirrors: resumed, checked, and in place only when they are whole.

Python's standard library alone, so that a script can use it before anything is installed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from appliance.errors import DatasetError

CHUNK = 1 << 16
"""Bytes between two reports of progress."""

TIMEOUT_SECONDS = 30.0

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)


@dataclass(frozen=True, slots=True)
class Item:
    """A gzipped file to get.

    size: bytes when unpacked. sha256: of these bytes. What is unpacked is checked, since mirrors
    pack the same data anew and differ in the packed bytes.
    """

    name: str
    size: int
    sha256: str


MNIST = (
    Item(
        "train-images-idx3-ubyte.gz",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    Item(
        "train-labels-idx1-ubyte.gz",
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    Item(
        "t10k-images-idx3-ubyte.gz",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    Item(
        "t10k-labels-idx1-ubyte.gz",
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """What has come of a file so far.

    source: the address; empty when the file was there already.
    received, total: packed bytes; total is None when the server doesn't say.
    trouble: why this source was given up; the next is tried.
    """

    item: Item
    source: str
    received: int = 0
    total: int | None = None
    trouble: str = ""
    done: bool = False


class SourceError(Exception):
    """One source can't give the file; its text says why."""


def fetch(
    items: Sequence[Item],
    folder: Path,
    mirrors: Sequence[str] = MIRRORS,
    timeout: float = TIMEOUT_SECONDS,
) -> Iterator[Progress]:
    """Get the files into the folder; those that are there and good are left.

    What came of a file before a cut stands beside it as `.part` and is gone on from.
    Raises DatasetError when no mirror can give a file, or the folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item in items:
            yield from _fetch_item(item, folder, mirrors, timeout)
    except OSError as error:
        raise DatasetError(
            f"{folder}: can't be written: {error.strerror or error}; name another folder, or make "
            "room (MNIST needs 12 MB)"
        ) from error


def _fetch_item(
    item: Item, folder: Path, mirrors: Sequence[str], timeout: float
) -> Iterator[Progress]:
    target, part = folder / item.name, folder / f"{item.name}.part"
    if target.exists() and _is_good(target, item):
        yield Progress(item, "", done=True)
        return
    troubles = []
    for mirror in mirrors:
        source = f"{mirror.rstrip('/')}/{item.name}"
        try:
            yield from _fetch_from(source, item, part, timeout)
        except SourceError as error:
            troubles.append(f"  {source}: {error}")
            yield Progress(item, source, trouble=str(error))
            continue
        _put(part, target)
        yield Progress(item, source, target.stat().st_size, target.stat().st_size, done=True)
        return
    raise DatasetError(
        f"{item.name}: no mirror could give it:\n" + "\n".join(troubles) + "\n"
        f"Try again later (it goes on where it stopped), or put the file into {folder} yourself."
    )


def _fetch_from(source: str, item: Item, part: Path, timeout: float) -> Iterator[Progress]:
    """Fill `part` from one source, going on from what is there; raises SourceError."""
    held = part.stat().st_size if part.exists() else 0
    if held and _is_good(part, item):
        return
    yield from _receive(source, item, part, held, timeout)
    if _is_good(part, item):
        return
    part.unlink(missing_ok=True)
    if held:  # what came earlier, perhaps from another mirror, may be the bad part
        yield from _receive(source, item, part, 0, timeout)
        if _is_good(part, item):
            return
        part.unlink(missing_ok=True)
    raise SourceError("what came isn't the file (its SHA-256 is another)")


def _receive(source: str, item: Item, part: Path, held: int, timeout: float) -> Iterator[Progress]:
    """Append to `part` what the source has beyond the bytes held; raises SourceError."""
    headers = {"User-Agent": "digit-appliance"} | ({"Range": f"bytes={held}-"} if held else {})
    try:
        with _open(source, headers, timeout) as answer:
            if answer.status != 206:  # the server sends the whole file, whatever was asked
                held = 0
            expected = answer.headers.get("Content-Length")
            total = held + int(expected) if expected and expected.isdigit() else None
            with part.open("ab" if held else "wb") as file:
                for block in _blocks(answer):
                    held += len(block)
                    if held > item.size + CHUNK:  # it would fill the disk with something else
                        raise SourceError("what comes is larger than the file")
                    file.write(block)
                    yield Progress(item, source, held, total)
                file.flush()
                os.fsync(file.fileno())
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing beyond what is held: the check says whether that is all
            return
        raise SourceError(_explained(error)) from error
    if total is not None and held < total:
        raise SourceError(f"the connection was cut after {held:,} of {total:,} bytes")


def _blocks(answer: HTTPResponse) -> Iterator[bytes]:
    """Read to the end; a fault of the connection is a SourceError, unlike one of the disk."""
    try:
        while block := answer.read(CHUNK):
            yield block
    except (OSError, HTTPException) as error:
        raise SourceError(f"the connection failed: {str(error) or type(error).__name__}") from error


def _open(source: str, headers: dict[str, str], timeout: float) -> HTTPResponse:
    """Ask the source. Raises HTTPError when it refuses, SourceError when it can't be reached."""
    try:
        request = urllib.request.Request(source, headers=headers)
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError:
        raise
    except (OSError, HTTPException, ValueError) as error:  # a silent one is an OSError of its own
        raise SourceError(f"no connection: {getattr(error, 'reason', None) or error}") from error
    return answer


def _explained(error: urllib.error.HTTPError) -> str:
    if error.code == 403:
        return (
            "403 Forbidden: this mirror refuses downloads from here (many once public copies of "
            "MNIST now do, and some company networks block them)"
        )
    if error.code == 404:
        return "404 Not Found: this mirror no longer has the file"
    return f"{error.code} {error.reason}"


def _is_good(path: Path, item: Item) -> bool:
    """Say whether the file unpacks to what it should be, without unpacking more than that."""
    digest, size = hashlib.sha256(), 0
    try:
        with gzip.open(path) as file:
            while block := file.read(CHUNK):
                digest.update(block)
                size += len(block)
                if size > item.size:
                    return False
    except (OSError, EOFError, zlib.error):
        return False
    return digest.hexdigest() == item.sha256


def _put(part: Path, target: Path) -> None:
    """Rename the finished file into place, for good even if the power goes now."""
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
