"""How are photographs read that were taken otherwise: turned, blurred, in bad light, from far away?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.altered [--group NAME]... FOLDER...

Takes the pictures of the folders (see `scripts/score`) that are read rightly as they are, and
alters each in one way at a time; the same way for all. Then their lines are made bolder, and last
they are laid, as they were, on a blank page of 1280x960, so small that their digits have a given
height.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import starmap
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.app import load_reader
from appliance.reader import Reader
from appliance.values import Box, Frame
from benchmarks.score import Answer, Sample, followed, in_a_sentence, labels, opened

Pixels = NDArray[np.uint8]
Alteration = Callable[[Pixels, Generator], Pixels]
Altered = tuple[Sample, Pixels]

LEAST_SIDE = 200
"""Smaller pictures are no photographs."""

MOST_DIGITS = 24

BOLDER = (0.05, 0.1)
"""By so much of a digit's height lines are made wider."""

PAGE = (960, 1280)
"""Height and width of the page."""

HEIGHTS = (24, 30, 38, 48, 64, 96)
"""Of digits on it, in pixels."""


def turned(pixels: Pixels, _: Generator, degrees: float) -> Pixels:
    """All of it, its border going on around it."""
    height, width = pixels.shape[:2]
    turn = np.array(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), np.float64)
    reach = abs(turn[:, :2]) @ (width, height)
    turn[:, 2] += (reach - (width, height)) / 2
    size = int(reach[0]), int(reach[1])
    return _bytes(cv2.warpAffine(pixels, turn, size, borderMode=cv2.BORDER_REPLICATE))


def tilted(pixels: Pixels, _: Generator, share: float) -> Pixels:
    """Its upper edge farther away, by a share of it shorter at either end."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + np.array([[share * width, 0], [-share * width, 0], [0, 0], [0, 0]], np.float32)
    view = cv2.getPerspectiveTransform(corners, seen)
    return _bytes(
        cv2.warpPerspective(pixels, view, (width, height), borderMode=cv2.BORDER_REPLICATE)
    )


def resized(pixels: Pixels, _: Generator, across: float, down: float) -> Pixels:
    """So many times as wide and as high."""
    return _bytes(cv2.resize(pixels, None, fx=across, fy=down, interpolation=cv2.INTER_AREA))


def exposed(pixels: Pixels, _: Generator, gamma: float, light: float = 1.0) -> Pixels:
    """Other grey levels: to a power, and so much of the light."""
    return (255 * light * (pixels / 255.0) ** gamma).astype(np.uint8)


def faint(pixels: Pixels, _: Generator, contrast: float) -> Pixels:
    """Of less contrast."""
    return (128 + contrast * (pixels - 128.0)).astype(np.uint8)


def inverted(pixels: Pixels, _: Generator) -> Pixels:
    """Light on dark."""
    return 255 - pixels


def blurred(pixels: Pixels, _: Generator, share: float) -> Pixels:
    """Out of focus, by a share of its longer side."""
    return _bytes(cv2.GaussianBlur(pixels, (0, 0), share * max(pixels.shape)))


def moved(pixels: Pixels, _: Generator, share: float) -> Pixels:
    """While it was taken, to the side, by a share of its longer side."""
    length = max(3, int(share * max(pixels.shape)))
    path = np.full((1, length), 1 / length, np.float32)
    return _bytes(cv2.filter2D(pixels, -1, path, borderType=cv2.BORDER_REPLICATE))


def noisy(pixels: Pixels, random: Generator, deviation: float) -> Pixels:
    """With normal noise, in grey levels."""
    return np.clip(pixels + random.normal(0, deviation, pixels.shape), 0, 255).astype(np.uint8)


def compressed(pixels: Pixels, _: Generator, quality: int) -> Pixels:
    """As a JPEG file of a low quality."""
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return _bytes(cv2.imdecode(data, cv2.IMREAD_COLOR))


def shadowed(pixels: Pixels, _: Generator) -> Pixels:
    """Half of it in the shadow, whose edge lies across it."""
    height, width = pixels.shape[:2]
    across = np.linspace(-1, 1, width) + np.linspace(-1, 1, height)[:, None]
    light = 0.5 + 0.5 / (1 + np.exp(25 * (0.1 - across)))
    return (pixels * light[..., None]).astype(np.uint8)


def bolder(pixels: Pixels, wider: float, boxes: Sequence[Box]) -> Pixels:
    """Its lines wider by so many pixels, or the next even number.

    boxes: of its digits: what is darker than most there, or lighter, is ink and spreads.
    """
    side = 2 * max(1, round(wider / 2)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    near = np.concatenate([_around(pixels, box).ravel() for box in boxes])
    darkest, most, lightest = np.percentile(near, (1, 50, 99))
    spread = cv2.erode if most - darkest > lightest - most else cv2.dilate
    return _bytes(spread(pixels, disc))


def _around(pixels: Pixels, box: Box) -> Pixels:
    """A digit with the paper around it."""
    more = box.height // 2
    rows = slice(max(0, box.y - more), box.y + box.height + more)
    return pixels[rows, max(0, box.x - more) : box.x + box.width + more]


def on_a_page(pixels: Pixels, random: Generator, factor: float) -> Pixels | None:
    """So many times as large, somewhere on a page of its border's colour; None: it doesn't fit."""
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    small = _bytes(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=method))
    (height, width), (rows, columns) = small.shape[:2], PAGE
    if height > rows or width > columns:
        return None
    top, left = int(random.integers(rows - height + 1)), int(random.integers(columns - width + 1))
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    page = noisy(np.broadcast_to(np.median(border, axis=0), (*PAGE, 3)), random, 2)
    page[top : top + height, left : left + width] = small
    return page


ALTERATIONS: dict[str, Alteration] = {
    "turned by 5 degrees": partial(turned, degrees=5),
    "turned by 12 degrees": partial(turned, degrees=-12),
    "turned by 20 degrees": partial(turned, degrees=20),
    "tilted a little": partial(tilted, share=0.1),
    "tilted much": partial(tilted, share=0.2),
    "half as large": partial(resized, across=0.5, down=0.5),
    "a third as large": partial(resized, across=0.35, down=0.35),
    "narrower": partial(resized, across=0.8, down=1),
    "flatter": partial(resized, across=1, down=0.8),
    "brighter": partial(exposed, gamma=0.6),
    "darker": partial(exposed, gamma=1.7),
    "a third of the light": partial(exposed, gamma=1, light=0.3),
    "a third of the contrast": partial(faint, contrast=0.3),
    "light on dark": inverted,
    "half in the shadow": shadowed,
    "out of focus": partial(blurred, share=0.002),
    "far out of focus": partial(blurred, share=0.004),
    "moved": partial(moved, share=0.008),
    "moved farther": partial(moved, share=0.015),
    "noise of 10 levels": partial(noisy, deviation=10),
    "noise of 25 levels": partial(noisy, deviation=25),
    "JPEG of quality 10": partial(compressed, quality=10),
}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Let photographs be read that are altered.")
    parser.add_argument("folder", nargs="+", type=Path, help="folders with pictures and labels.csv")
    parser.add_argument("--group", action="append", help="only these groups")
    options = parser.parse_args()
    with in_a_sentence("altered"):
        run(options)


def run(options: argparse.Namespace) -> None:
    """Find what is read rightly as it is, alter it, print the table."""
    rows = [(folder, row) for folder in options.folder for row in labels(folder, options.group)]
    reader = load_reader()
    answers = (suitable(reader, sample) for sample in starmap(opened, rows))
    known = [answer for answer in answers if answer]
    if not known:
        sys.exit(
            f"altered: no picture of {LEAST_SIDE} pixels or more is read rightly as it is; "
            "check the labels.csv and the --group names"
        )
    print(f"{'percent':24}{'pictures':>9}{'exact':>7}{'guessed':>9}{'wrong':>7}{'nothing':>9}")
    for name, altered in views(known):
        print(told(name, [ask(reader, *one) for one in followed(altered, name)]))


def suitable(reader: Reader, sample: Sample) -> Answer | None:
    """What is answered to a photograph that is read rightly; None to others."""
    if min(sample.pixels.shape[:2]) < LEAST_SIDE or not 0 < len(sample.digits) <= MOST_DIGITS:
        return None
    answer = Answer(sample, reader.read(Frame(sample.pixels)))
    return answer if answer.exact else None


def views(known: list[Answer]) -> Iterator[tuple[str, list[Altered]]]:
    """Each alteration's name, and the altered pictures."""
    for name, alter in ALTERATIONS.items():
        yield name, [(a.sample, alter(a.sample.pixels, _random(i))) for i, a in enumerate(known)]
    for share in BOLDER:
        yield f"bolder by {share:.0%}", [(a.sample, _bolder(a, share)) for a in known]
    for height in HEIGHTS:
        pages = [
            (a.sample, on_a_page(a.sample.pixels, _random(i), height / _height(a)))
            for i, a in enumerate(known)
        ]
        yield f"{height} pixels on a page", [(one, page) for one, page in pages if page is not None]


def _bolder(answer: Answer, share: float) -> Pixels:
    boxes = [digit.box for digit in answer.reading.digits]
    return bolder(answer.sample.pixels, share * _height(answer), boxes)


def ask(reader: Reader, sample: Sample, pixels: Pixels) -> Answer:
    """What is answered to the altered picture."""
    return Answer(sample, reader.read(Frame(np.ascontiguousarray(pixels))))


def told(name: str, answers: list[Answer]) -> str:
    """A line of the table."""
    counts = (
        sum(answer.exact for answer in answers),
        sum(answer.guess == answer.sample.digits for answer in answers),
        sum(answer.wrong for answer in answers),
        sum(answer.reading.status == "nothing" for answer in answers),
    )
    exact, guessed, wrong, nothing = (100 * count / max(1, len(answers)) for count in counts)
    return f"{name:24}{len(answers):9}{exact:7.1f}{guessed:9.1f}{wrong:7.1f}{nothing:9.1f}"


def _height(answer: Answer) -> float:
    """Of its digits, in pixels."""
    return float(median(digit.box.height for digit in answer.reading.digits))


def _random(number: int) -> Generator:
    return np.random.default_rng(number)


def _bytes(pixels: object) -> Pixels:
    return np.asarray(pixels, np.uint8)


if __name__ == "__main__":
    main()
