"""Score the reader on labelled pictures: a table by group, the wrong ones listed, a contact sheet.

A folder of pictures has a `labels.csv` with the columns file, digits (in reading order, empty where
there are none) and, if there are groups, group.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, starmap
from pathlib import Path
from typing import TypeVar, cast, get_args

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from appliance.app import load_reader
from appliance.cameras.pictures import load_picture
from appliance.cli.folders import read_labels
from appliance.cli.output import discard_output
from appliance.cli.places import check_place
from appliance.cli.sheets import save_png
from appliance.errors import ApplianceError
from appliance.reader import Reader
from appliance.scenes import WITHOUT_DIGITS, Difficulty, check_digits, generate
from appliance.values import Frame, Reading

Pixels = NDArray[np.uint8]
T = TypeVar("T")
KNOWN = get_args(Difficulty)

MEANINGS = """\
  exact          % of the pictures that are read rightly; without digits: not read
  guessed        % of the pictures whose best guess is right, sure or not
  digit errors   wrong, missing and surplus digits in 100 that are there; unsure: all are missing
  guess errors   the same of the best guess, sure or not
  wrong as read  % of the pictures whose answer is shown as read and is wrong
  right of read  % of the answers shown as read that are right
  -              of nothing there is no share"""
"""What the table's columns say."""


@dataclass(frozen=True)
class Sample:
    """A picture with its truth; `digits` is empty where there are none."""

    name: str
    group: str
    digits: str
    pixels: Pixels


@dataclass(frozen=True)
class Answer:
    """What the reader said of a sample."""

    sample: Sample
    reading: Reading

    @property
    def text(self) -> str:
        """The digits that it answered, lines run together."""
        return self.reading.text.replace("\n", "")

    @property
    def guess(self) -> str:
        """The digits that it answered or would have."""
        return self.reading.guess.replace("\n", "")

    @property
    def exact(self) -> bool:
        """Whether the answer is the truth; without digits: whether none was read."""
        if not self.sample.digits:
            return self.reading.status != "read"
        return self.reading.status == "read" and self.text == self.sample.digits

    @property
    def wrong(self) -> bool:
        """Whether a wrong answer was shown as `read`."""
        return self.reading.status == "read" and self.text != self.sample.digits


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/score", description=__doc__)
    parser.add_argument("folder", nargs="*", type=Path, help="folders with pictures and labels.csv")
    drawn = f"only these groups; of drawn scenes there are {', '.join(KNOWN)}"
    parser.add_argument("--group", action="append", help=drawn)
    parser.add_argument("--generated", type=int, default=0, metavar="N", help="N drawn scenes too")
    parser.add_argument("--seed", type=int, default=1, help="of the drawn scenes")
    parser.add_argument("--digits", help="what stands on those that have digits (default: any)")
    parser.add_argument("--weights", type=Path, help="weights file (default: the shipped one)")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="contact sheet of the failures")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    options = parser.parse_args()
    if options.seed < 0:
        parser.error(f"--seed is {options.seed}; it must be 0 or more")
    if not options.folder and not options.generated:
        parser.error("name a folder with labels.csv, or --generated N")
    if options.digits is not None and not (options.generated and with_digits(options.group)):
        parser.error("--digits is for --generated N, and groups of scenes that have digits")
    with in_a_sentence("scripts/score"):
        run(options)


@contextmanager
def in_a_sentence(name: str) -> Iterator[None]:
    """What is wrong, or that somebody stopped it, ends a measurement with a sentence.

    name: of the command.
    """
    try:
        yield
        sys.stdout.flush()  # Python does at its end, where nothing catches what fails
    except (ApplianceError, click.UsageError) as error:
        sys.exit(f"{name}: {error}")
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        discard_output()
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"{name}: stopped; nothing is counted", file=sys.stderr)
        sys.exit(130)


def run(options: argparse.Namespace) -> None:
    """Score, print the table, write the sheet."""
    if options.sheet:
        check_place(options.sheet, "--sheet")
    if options.digits is not None:
        check_digits(options.digits, with_digits(options.group)[0])
    reader = load_reader(str(options.weights or ""))
    folders, groups = options.folder, options.group
    drawn = options.generated if difficulties(groups) else 0
    rows = [(folder, row) for folder in folders for row in labels(folder, groups)]
    samples = chain(starmap(opened, rows), generated(drawn, options.seed, groups, options.digits))
    answers = list(ask(reader, followed(samples, "reading", len(rows) + drawn)))
    if not answers:
        sys.exit(
            "scripts/score: no pictures to score; check the labels.csv and the --group names "
            f"(of drawn scenes {', '.join(KNOWN)})"
        )
    table = {group: summary(some) for group, some in by_group(answers).items()}
    names = ", ".join(folder.resolve().name for folder in folders)
    print(json.dumps(table) if options.json else report(answers, table, names))
    if options.sheet:
        save_png(options.sheet, contact_sheet([a for a in answers if not a.exact]))


def followed(things: Iterable[T], words: str, total: int | None = None) -> Iterable[T]:
    """The same things; on a terminal stderr shows how far it is.

    words: what is done. total: how many there are, unless they have a length.
    """
    console, quiet = Console(stderr=True), not sys.stderr.isatty()
    return track(things, words, total, console=console, transient=True, disable=quiet)


def labels(folder: Path, groups: list[str] | None) -> list[dict[str, str]]:
    """The rows of a folder's labels.csv that are in the groups. Raises DatasetError."""
    return [r for r in read_labels(folder) if not groups or r.get("group", "") in groups]


def opened(folder: Path, row: dict[str, str]) -> Sample:
    """The picture of a row. Raises PictureError."""
    pixels = load_picture(folder / row["file"]).pixels
    return Sample(row["file"], row.get("group", ""), row["digits"], pixels)


def difficulties(groups: list[str] | None) -> list[Difficulty]:
    """The groups that drawn scenes have."""
    chosen = groups or ("easy", "medium", "hard", "negative")
    return [cast(Difficulty, kind) for kind in chosen if kind in KNOWN]


def with_digits(groups: list[str] | None) -> list[Difficulty]:
    """Those of them whose scenes have digits."""
    return [kind for kind in difficulties(groups) if kind not in WITHOUT_DIGITS]


def generated(
    count: int, seed: int, groups: list[str] | None, digits: str | None = None
) -> Iterator[Sample]:
    """Drawn scenes, as many of each difficulty.

    digits: what stands on those that have some; None: any. Raises PictureError where it can't.
    """
    kinds = difficulties(groups)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        written = None if kind in WITHOUT_DIGITS else digits
        scene = generate(np.random.default_rng([seed, number]), kind, digits=written)
        yield Sample(f"{seed}-{number}", f"drawn {kind}", "".join(scene.lines), scene.frame)


def ask(reader: Reader, samples: Iterable[Sample]) -> Iterator[Answer]:
    """Let the reader answer each."""
    for sample in samples:
        yield Answer(sample, reader.read(Frame(sample.pixels)))


def by_group(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """The answers of each group, in order of appearance."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.sample.group, []).append(answer)
    return groups


def summary(answers: list[Answer]) -> dict[str, float | None]:
    """Rates in percent, times in milliseconds."""
    read = [a for a in answers if a.reading.status == "read"]
    digits = sum(len(a.sample.digits) for a in answers)
    times = sorted(a.reading.milliseconds for a in answers)
    return {
        "pictures": len(answers),
        "exact": percent(sum(a.exact for a in answers), len(answers)),
        "guessed": percent(sum(a.guess == a.sample.digits for a in answers), len(answers)),
        "digit errors": percent(sum(distance(a.text, a.sample.digits) for a in answers), digits),
        "guess errors": percent(sum(distance(a.guess, a.sample.digits) for a in answers), digits),
        "wrong as read": percent(sum(a.wrong for a in answers), len(answers)),
        "right of read": percent(sum(not a.wrong for a in read), len(read)),
        "ms median": round(statistics.median(times), 1),
        "ms max": round(times[-1], 1),
    }


def percent(part: int, whole: int) -> float | None:
    """Share in percent; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def distance(a: str, b: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def report(answers: list[Answer], table: dict[str, dict[str, float | None]], names: str) -> str:
    """The table, what it says, and the list of the failures.

    names: stand for the group of pictures that have none.
    """
    rows = [["group", *next(iter(table.values()))]]
    for group, row in table.items():
        cells = ("-" if figure is None else str(figure) for figure in row.values())
        rows.append([group or names, *cells])
    width = max(14, *(len(first) for first, *_ in rows))
    lines = ["".join([f"{first:{width}}", *(f"{c:>15}" for c in cells)]) for first, *cells in rows]
    lines.append(MEANINGS)
    for a in answers:
        if not a.exact:
            said = f"{a.reading.status} {a.guess!r} {a.reading.confidence:.2f}"
            lines.append(f"{a.sample.name}: {a.sample.digits!r}, {said} {a.reading.reason or ''}")
    return "\n".join(lines)


def contact_sheet(answers: list[Answer], columns: int = 6, size: int = 320) -> Pixels:
    """The pictures in a grid, boxes drawn, truth and answer below each."""
    tiles = [_tile(answer, size) for answer in answers]
    columns = min(columns, len(tiles)) or columns
    blank = np.zeros((size, size, 3), np.uint8)
    tiles += [blank] * (-len(tiles) % columns) or [] if tiles else [blank] * columns
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.vstack(rows)


def _tile(answer: Answer, size: int) -> Pixels:
    picture = answer.sample.pixels.copy()
    thick = max(1, max(picture.shape[:2]) // 300)
    for digit in answer.reading.digits:
        b = digit.box
        cv2.rectangle(picture, (b.x, b.y), (b.x + b.width, b.y + b.height), (0, 160, 255), thick)
    scale = min(size / picture.shape[1], (size - 40) / picture.shape[0])
    sides = (max(1, round(side * scale)) for side in picture.shape[1::-1])
    small = cv2.resize(picture, tuple(sides), interpolation=cv2.INTER_AREA)
    tile = np.full((size, size, 3), 70, np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small[: size - 40, :size]
    font, said = cv2.FONT_HERSHEY_SIMPLEX, answer.reading
    cv2.putText(tile, answer.sample.name[:30], (2, size - 24), font, 0.45, (255, 255, 255), 1)
    text = f"{answer.sample.digits[:14]} > {said.status} {answer.guess[:14]}"
    cv2.putText(tile, text, (2, size - 6), font, 0.45, (0, 255, 255), 1)
    return tile


if __name__ == "__main__":
    main()
