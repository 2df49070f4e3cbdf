"""Let the reader read damaged frames: it must never raise, and always answer validly.

    python benchmarks/mutations.py --count 10000 --seed 1 FOLDER...

Takes the pictures of the folders, or drawn scenes without any, and damages each by one to three
random mutations. The same seed damages alike. Ends with status 1 when a frame wasn't answered.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.app import load_reader
from appliance.cameras.pictures import find_pictures
from appliance.errors import PictureError
from appliance.scenes import generate
from appliance.values import Frame, Reading
from benchmarks.score import in_a_sentence

Pixels = NDArray[np.uint8]
Mutation = Callable[[Pixels, Generator], Pixels]

MOST_SIDE = 4000
"""Longest side that a mutation makes, in pixels."""


def crop(pixels: Pixels, random: Generator) -> Pixels:
    """Any part of it, down to one pixel."""
    (top, bottom), (left, right) = (np.sort(random.integers(0, n, 2)) for n in pixels.shape[:2])
    return pixels[top : bottom + 1, left : right + 1]


def resize(pixels: Pixels, random: Generator) -> Pixels:
    """Any size and aspect ratio, one pixel wide or high among them."""
    sizes = [int(np.clip(n * 2.0 ** random.uniform(-8, 1), 1, MOST_SIDE)) for n in pixels.shape[:2]]
    return _bytes(cv2.resize(pixels, (sizes[1], sizes[0]), interpolation=cv2.INTER_AREA))


def rotate(pixels: Pixels, random: Generator) -> Pixels:
    """Turned by any angle, with black or the border around it."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(0, 360), 1.0)
    border = cv2.BORDER_REPLICATE if random.random() < 0.5 else cv2.BORDER_CONSTANT
    return _bytes(cv2.warpAffine(pixels, matrix, (width, height), borderMode=border))


def quarter_turn(pixels: Pixels, random: Generator) -> Pixels:
    """A view that isn't contiguous in memory."""
    return np.rot90(pixels, int(random.integers(1, 4)))


def invert(pixels: Pixels, random: Generator) -> Pixels:
    """Light on dark, or only a part of it."""
    result = pixels.copy()
    part = int(random.integers(0, pixels.shape[0]))
    result[part if random.random() < 0.5 else 0 :] ^= 255
    return result


def noise(pixels: Pixels, random: Generator) -> Pixels:
    """Normal noise of up to 100 grey levels."""
    drawn = random.normal(0, random.uniform(1, 100), pixels.shape)
    return np.clip(pixels + drawn, 0, 255).astype(np.uint8)


def flip_bits(pixels: Pixels, random: Generator) -> Pixels:
    """Single bits flipped, up to all of them."""
    share = 10 ** random.uniform(-5, 0)
    bits = np.left_shift(1, random.integers(0, 8, pixels.shape)).astype(np.uint8)
    return np.where(random.random(pixels.shape) < share, pixels ^ bits, pixels)


def gamma(pixels: Pixels, random: Generator) -> Pixels:
    """Nearly black to nearly white."""
    curve = 255 * (np.arange(256) / 255) ** (2.0 ** random.uniform(-6, 6))
    return np.asarray(curve.astype(np.uint8)[pixels])


def swap_channels(pixels: Pixels, random: Generator) -> Pixels:
    """Colours exchanged, or a single channel."""
    if pixels.ndim == 2:
        return np.stack([pixels] * 3, axis=2)
    order = random.permutation(3)
    return pixels[:, :, order] if random.random() < 0.5 else pixels[:, :, order[0]]


def flat(pixels: Pixels, random: Generator) -> Pixels:
    """One brightness everywhere."""
    return np.full_like(pixels, random.integers(0, 256))


def stripes(pixels: Pixels, random: Generator) -> Pixels:
    """Stripes or a grid of any period over it."""
    period, result = int(random.integers(2, 80)), pixels.copy()
    thick, level = int(random.integers(1, period)), int(random.integers(0, 256))
    across, down = random.random(2) < 0.6
    for start in range(0, result.shape[0] if across else 0, period):
        result[start : start + thick] = level
    for start in range(0, result.shape[1] if down else 0, period):
        result[:, start : start + thick] = level
    return result


def specks(pixels: Pixels, random: Generator) -> Pixels:
    """Pixels of random blocks, as small as one or as large as print."""
    side = int(random.integers(1, 40))
    shape = tuple(-(-n // side) for n in pixels.shape[:2])
    blocks = np.where(random.random(shape) < random.uniform(0, 0.5), 255, 0).astype(np.uint8)
    laid = np.kron(blocks, np.ones((side, side), np.uint8))[: pixels.shape[0], : pixels.shape[1]]
    return pixels ^ (laid if pixels.ndim == 2 else laid[:, :, None])


def jpeg(pixels: Pixels, random: Generator) -> Pixels:
    """Compressed with some bytes damaged; unchanged when it can't be opened any more."""
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(1, 60))])[1]
    places = random.integers(len(data) // 10, len(data), int(random.integers(0, 20)))
    data[places] = random.integers(0, 256, data[places].shape)
    opened = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return pixels if opened is None else _bytes(opened)


def tile(pixels: Pixels, random: Generator) -> Pixels:
    """Many small copies beside each other: a page full of writing."""
    count = int(random.integers(2, 9))
    height, width = (max(1, n // count) for n in pixels.shape[:2])
    small = _bytes(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))
    return np.tile(small, (count, count, *[1] * (pixels.ndim - 2)))


MUTATIONS: tuple[Mutation, ...] = (
    crop, resize, rotate, quarter_turn, invert, noise, flip_bits, gamma, swap_channels, flat,
    stripes, specks, jpeg, tile,
)  # fmt: skip


def mutated(pixels: Pixels, random: Generator) -> tuple[Pixels, list[str]]:
    """One to three mutations, and their names."""
    chosen = [MUTATIONS[i] for i in random.integers(0, len(MUTATIONS), random.integers(1, 4))]
    for mutation in chosen:
        pixels = mutation(pixels, random)
    return pixels, [mutation.__name__ for mutation in chosen]


def faults(reading: Reading, frame: Frame) -> list[str]:
    """What is invalid about a reading."""
    height, width = frame.pixels.shape[:2]
    found = []
    if (reading.status == "read") != (reading.reason is None):
        found.append(f"status {reading.status} with reason {reading.reason}")
    if (reading.status == "nothing") != (not reading.digits):
        found.append(f"status {reading.status} with {len(reading.digits)} digits")
    for digit in reading.digits:
        box, sum_ = digit.box, float(digit.prediction.probabilities.sum())
        inside = 0 <= box.x < box.x + box.width <= width and box.y >= 0 and box.height > 0
        if not (inside and box.y + box.height <= height):
            found.append(f"{box} outside of {width}x{height}")
        if not abs(sum_ + digit.prediction.not_a_digit - 1) < 1e-3:
            found.append(f"probabilities that sum to {sum_ + digit.prediction.not_a_digit}")
    return found


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="*", type=Path, help="pictures (default: drawn scenes)")
    parser.add_argument("--count", type=int, default=10_000, help="frames to read")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations")
    options = parser.parse_args()
    files = find_pictures(options.folder) if options.folder else []
    reader, bad, slow = load_reader(), 0, []
    for number in range(options.count):
        random = np.random.default_rng([options.seed, number])
        frame, names = mutated(_source(files, random), random)
        began = time.process_time()
        try:
            problems = faults(reader.read(Frame(frame)), Frame(frame))
        except Exception:
            problems = [traceback.format_exc()]
        slow.append((1e3 * (time.process_time() - began), number, frame.shape, names))
        slow = sorted(slow, reverse=True)[:10]
        if problems:
            bad += 1
            print(f"{number} {frame.shape} {names}: {problems}", flush=True)
        if (number + 1) % 500 == 0:
            print(f"{number + 1} read, {bad} faulty, slowest {slow[0][0]:.0f} ms", file=sys.stderr)
    print(f"{options.count} frames, {bad} faulty; OpenCV {cv2.__version__}; the slowest:")
    for milliseconds, number, shape, names in slow:
        print(f"  {milliseconds:.0f} ms  number {number}  {shape}  {', '.join(names)}")
    sys.exit(bool(bad))


def _source(files: list[Path], random: Generator) -> Pixels:
    if not files:
        return generate(random, "medium").frame
    file = files[int(random.integers(len(files)))]
    pixels = cv2.imread(str(file))
    if pixels is None:
        raise PictureError(f"{file}: not a picture, or none that can be opened")
    return _bytes(pixels)


def _bytes(pixels: object) -> Pixels:
    return np.asarray(pixels, np.uint8)


if __name__ == "__main__":
    with in_a_sentence("mutations"):
        main()
