"""How are digits of all sizes read, written with pens of all widths?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.strokes [--count 50] [--seed 1] [--light]

Draws single digits on a plain page of 1280x960, dark on light or light on dark, and prints for
each height and width of the pen how many of a hundred are read rightly, and how many wrongly. Where
a broad pen would fill a loop its line is finer.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.app import load_reader
from appliance.scenes.strokes import Stroke, bounds, rasterise
from appliance.scenes.writer import new_writer, write_sign
from appliance.values import Frame
from benchmarks.score import followed, in_a_sentence

PAGE = (960, 1280)
"""Height and width."""

HEIGHTS = (24, 40, 80, 200, 500, 850)
"""Of the ink of a digit, in pixels."""

WIDTHS = (0.02, 0.04, 0.08, 0.12, 0.16, 0.2, 0.25)
"""Of the pen, in heights of the ink."""

FINEST = 0.8
"""Finer lines, in pixels, aren't drawn."""

PAPER, INK, NOISE = 225.0, 45.0, 3.0
"""Grey levels; and the standard deviation of the noise."""


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Let digits of all sizes and widths be read.")
    parser.add_argument("--count", type=int, default=50, help="digits for each (default 50)")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default 1)")
    parser.add_argument("--light", action="store_true", help="light on dark")
    options = parser.parse_args()
    if options.count < 1 or options.seed < 0:
        parser.error("--count must be 1 or more, --seed 0 or more")
    with in_a_sentence("strokes"):
        run(options)


def run(options: argparse.Namespace) -> None:
    """Draw, read, print the table."""
    reader = load_reader()
    print("exact / wrong, %  " + "".join(f"{width:>11.0%}" for width in WIDTHS))
    for height in HEIGHTS:
        told = []
        for width in followed(WIDTHS, f"{height} pixels"):
            pages = pages_of(height, width, options) if height * width >= FINEST else ()
            answers = [(reader.read(Frame(page)), digit) for page, digit in pages]
            sure = [reading.text == digit for reading, digit in answers if reading.text]
            shares = 100 * np.array([sure.count(True), sure.count(False)]) / options.count
            told.append("{:.0f} / {:.0f}".format(*shares) if answers else "-")
        print(f"{height:4} pixels high  " + "".join(f"{share:>11}" for share in told))


def pages_of(
    height: int, width: float, options: argparse.Namespace
) -> Iterator[tuple[NDArray[np.uint8], str]]:
    """Pages, and the digit on each."""
    for number in range(options.count):
        random = np.random.default_rng([options.seed, number])
        digit = str(number % 10)
        page = page_of(random, digit, height, width)
        yield (255 - page if options.light else page), digit


def page_of(random: Generator, digit: str, height: int, width: float) -> NDArray[np.uint8]:
    """A page, uint8 (960, 1280), with a digit somewhere.

    height: of its ink, 1 to 900 pixels. width: of the pen, up to 0.5 of that.
    """
    strokes = write_sign(random, new_writer(random), digit, width / (1 - width))
    left, top, right, bottom = bounds(strokes)
    strokes = [(stroke - (left, top, 0)) * (height / (bottom - top)) for stroke in strokes]
    room = np.array(PAGE[::-1]) - (height * (right - left) / (bottom - top), height)
    page = np.full(PAGE, PAPER, np.float32)
    _write(page, strokes, random.uniform(0, np.maximum(room, 0)))
    soft = cv2.GaussianBlur(page, (0, 0), 0.8) + random.normal(0, NOISE, PAGE)
    return np.asarray(np.clip(soft, 0, 255), np.uint8)


def _write(page: NDArray[np.float32], strokes: list[Stroke], at: NDArray[np.float64]) -> None:
    """Ink on the page, in place."""
    moved = [stroke + np.array((*at, 0.0)) for stroke in strokes]
    cover, x, y = rasterise(moved, *PAGE)
    share = cover.astype(np.float32) / 255
    page[y : y + cover.shape[0], x : x + cover.shape[1]] += (INK - PAPER) * share


if __name__ == "__main__":
    main()
