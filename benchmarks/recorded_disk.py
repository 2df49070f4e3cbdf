"""A disk that writes down every write and every flush in their order; Linux, root.

The file of a disk image is served to the kernel by FUSE, and a loop device makes a disk of it. What
the file system on it does arrives here one by one, so that the disk can be put together as a power
cut at any moment may have left it. (dm-log-writes of the kernel does the same where it exists.)

The messages are those of <linux/fuse.h>, version 7.31; only those that one open file needs.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

HEADER = struct.Struct("<IIQQIIII")  # length, operation, unique, node, user, group, process, -

FORGET, INTERRUPT, BATCH_FORGET = 2, 36, 42
EMPTY = {14: 16, 17: 80, 18: 0, 20: 0, 25: 0}
"""OPEN, STATFS, RELEASE, FSYNC, FLUSH: they are answered with so many zeros."""

INIT = struct.Struct("<IIIIHHIIHHI28x")
SILENT = {FORGET, INTERRUPT, BATCH_FORGET}
"""Messages that want no answer."""

BIG_WRITES, MAX_PAGES = 1 << 5, 1 << 22
LARGEST_WRITE = 128 << 10
SECTOR = 512
"""Bytes that a disk writes whole or not at all."""

NOSUID_NODEV = 2 | 4

Record = tuple[int, bytes] | None
"""(offset, data) of a write; None is a flush: all before it is on the disk for good."""


class RecordedDisk:
    """A disk image in memory and the record of what was written to it.

    image: what it holds at first. record: grows while the disk is in use.
    """

    def __init__(self, image: bytes) -> None:
        self.first = image
        self.record: list[Record] = []
        self._now = bytearray(image)

    @contextmanager
    def attached(self, place: Path) -> Iterator[str]:
        """Serve the image as the file `place` and give the name of the loop device made of it."""
        place.touch()
        fuse = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={fuse},rootmode={stat.S_IFREG:o},user_id=0,group_id=0"
        _mount(place, options)
        server = threading.Thread(target=self._serve, args=(fuse,), daemon=True)
        server.start()
        try:
            device = _run("losetup", "--find", "--show", str(place))
            try:
                yield device
            finally:
                _run("losetup", "--detach", device)
        finally:
            unmount(place)
            server.join(10)
            os.close(fuse)

    def _serve(self, fuse: int) -> None:
        """Answer the kernel until the file is unmounted."""
        with suppress(OSError):  # ENODEV: unmounted
            while True:
                message = os.read(fuse, LARGEST_WRITE + 4096)
                _, operation, unique, *_ = HEADER.unpack_from(message)
                if operation in SILENT:
                    continue
                answer = self._answer(operation, memoryview(message)[HEADER.size :])
                failed, body = (answer, b"") if isinstance(answer, int) else (0, answer)
                os.write(fuse, struct.pack("<IiQ", 16 + len(body), -failed, unique) + body)

    def _answer(self, operation: int, body: memoryview) -> bytes | int:
        """The body of the answer, or an errno."""
        match operation:
            case 26:  # INIT
                return INIT.pack(
                    *(7, 31, 0, BIG_WRITES | MAX_PAGES, 16, 12, LARGEST_WRITE, 1),
                    *(LARGEST_WRITE // 4096, 0, 0),
                )
            case 3 | 4:  # GETATTR, SETATTR
                return self._attributes()
            case 15:  # READ
                _, offset, size = struct.unpack_from("<QQI", body)
                return bytes(self._now[offset : offset + size])
            case 16:  # WRITE
                return self._write(body)
            case 20:  # FSYNC
                self.record.append(None)
        return bytes(EMPTY[operation]) if operation in EMPTY else errno.ENOSYS

    def _write(self, body: memoryview) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        data = bytes(body[40 : 40 + size])
        self._now[offset : offset + size] = data
        self.record.append((offset, data))
        return struct.pack("<II", size, 0)

    def _attributes(self) -> bytes:
        size = len(self._now)
        mode = stat.S_IFREG | 0o600
        times = (0, 0, 0, 0, 0, 0)
        return struct.pack(
            "<QII6Q10I", 3600, 0, 0, *(1, size, size // 512), *times, *(mode, 1, 0, 0, 0, 4096, 0)
        )


def cut(
    disk: RecordedDisk, moments: list[int], random: np.random.Generator
) -> Iterator[tuple[int, bytearray]]:
    """Put the disk together as a power cut may have left it, at ascending places of its record.

    What was flushed before is there. Of what was written since, a disk with a cache may have kept
    any part: all, nothing, or some of the writes, some of them only in some of their sectors.
    """
    image, flushed = bytearray(disk.first), 0
    for moment in moments:
        last = max((n for n in range(flushed, moment) if disk.record[n] is None), default=flushed)
        for number in range(flushed, last):
            _apply(image, disk.record[number], 1.0, 1.0, random)
        flushed = last
        left = bytearray(image)
        writes, sectors = _kept(random)
        for number in range(flushed, moment):
            _apply(left, disk.record[number], writes, sectors, random)
        yield moment, left


def _kept(random: np.random.Generator) -> tuple[float, float]:
    """Share of the unflushed writes that a cut leaves, and of the sectors of each."""
    ways = ((1.0, 1.0), (0.0, 1.0), (0.5, 1.0), (0.9, 1.0), (0.7, 0.7), (1.0, 0.9))
    return ways[int(random.integers(len(ways)))]


def _apply(
    image: bytearray, entry: Record, writes: float, sectors: float, random: np.random.Generator
) -> None:
    if entry is None or random.random() >= writes:
        return
    offset, data = entry
    if sectors == 1:
        image[offset : offset + len(data)] = data
        return
    for start in range(0, len(data), SECTOR):
        if random.random() < sectors:
            part = data[start : start + SECTOR]
            image[offset + start : offset + start + len(part)] = part


def unmount(place: Path) -> None:
    """Unmount; waits for a while when somebody is still looking at it."""
    for _ in range(100):
        if subprocess.run(["umount", str(place)], check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(place: Path, options: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"disk", os.fsencode(place), b"fuse", NOSUID_NODEV, options.encode()):
        number = ctypes.get_errno()
        raise OSError(number, f"{place}: can't be mounted with FUSE ({os.strerror(number)})")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
