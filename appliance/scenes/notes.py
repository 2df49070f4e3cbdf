"""Notes: lines of digits between lines of words, and tables of numbers far from each other."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from appliance.scenes.chance import log_uniform
from appliance.scenes.joined import OFTEN_JOINED, write_words
from appliance.scenes.letters import WORDS
from appliance.scenes.signs import SIGNS
from appliance.scenes.writer import Writer, printing
from appliance.scenes.writing import (
    Mark,
    Spacing,
    centred,
    extent,
    move,
    random_text,
    write_lines,
)

TABLES, PRINTED = 0.3, 0.3
"""How often there is a table instead of notes, and how often it is printed."""

ROWS, COLUMNS = (3, 16), (2, 4)
"""Fewest and most rows and columns of a table."""

MOST = 40
"""Digits of a table at most."""

WORD_LINES, DIGIT_LINES = (1, 5), (1, 3)
"""Fewest and most lines of words and of digits."""

LONGEST = 10
"""Digits of a line at most."""

WORDS_FIRST = 0.6
"""How often all words stand before the digits."""

SPREAD, GAPS = 0.5, (0.2, 4.0)
"""How often the gaps between a page's digits are any from the first to the last, in heights, in
place of the writer's."""

SIGNED, INVENTED = 0.12, 0.4
"""How often there are signs in place of a word, and how often a word is made up of syllables."""

CONSONANTS, VOWELS = "bcdfghjklmnpqrstvwxyz", "aeiou"
"""Of which syllables are made."""


def write_notes(rng: Generator, writer: Writer, pen: float, lines: list[str] | None) -> list[Mark]:
    """Write notes or a table, centred about the page's origin, with digits one unit high.

    pen: width of the line. lines: of digits, that shall stand there; None: any.
    """
    if lines is None and rng.random() < TABLES:
        return _table(rng, printing() if rng.random() < PRINTED else writer, pen)
    spacing = Spacing(gap=log_uniform(rng, *GAPS) if rng.random() < SPREAD else None)
    digits = [
        [Mark(mark.sign, number, mark.strokes) for mark in line]
        for number, text in enumerate(lines or _texts(rng))
        for line in [write_lines(rng, writer, [text], 1.0, pen, spacing=spacing)]
    ]
    joined, height = rng.random() < OFTEN_JOINED, rng.uniform(0.45, 1.1)
    width = min(pen / height, 0.2)
    count = int(rng.integers(WORD_LINES[0], WORD_LINES[1] + 1))
    words = [
        write_words(rng, writer, [_words(rng)], height, width, joined=joined) for _ in range(count)
    ]
    return _stacked(rng, _mixed(rng, words, digits))


def _texts(rng: Generator) -> list[str]:
    count = int(rng.integers(DIGIT_LINES[0], DIGIT_LINES[1] + 1))
    return [random_text(rng, int(rng.integers(1, LONGEST + 1))) for _ in range(count)]


def _words(rng: Generator) -> str:
    return " ".join(_word(rng) for _ in range(int(rng.integers(1, 7))))


def _word(rng: Generator) -> str:
    if rng.random() < SIGNED:
        return "".join(rng.choice(list(SIGNS), int(rng.integers(1, 3))))
    if rng.random() > INVENTED:
        return str(rng.choice(WORDS))
    syllables = [rng.choice(list(CONSONANTS)) + rng.choice(list(VOWELS))
                 for _ in range(int(rng.integers(1, 5)))]  # fmt: skip
    return "".join(syllables) + str(rng.choice(["", *CONSONANTS]))


def _mixed(rng: Generator, words: list[list[Mark]], digits: list[list[Mark]]) -> list[list[Mark]]:
    """All lines, the digits' in their order: behind the words, or in any places."""
    if rng.random() < WORDS_FIRST:
        return words + digits
    lines = list(words)
    places = np.sort(rng.integers(0, len(words) + 1, len(digits)))
    for place, line in reversed(list(zip(places, digits, strict=True))):
        lines.insert(int(place), line)
    return lines


def _stacked(rng: Generator, lines: list[list[Mark]]) -> list[Mark]:
    """Lines one below the other, from about the same left end, as close all over the page."""
    apart, ragged = log_uniform(rng, 0.3, 2.5), log_uniform(rng, 0.05, 2)
    down = 0.0
    for line in lines:
        left, top, _, bottom = extent(line)
        move(line, (rng.normal(0, ragged) - left, down - top))
        down += bottom - top + apart * rng.uniform(0.7, 1.4)
    return centred([mark for line in lines for mark in line], 1.0)


def _table(rng: Generator, writer: Writer, pen: float) -> list[Mark]:
    """Numbers in columns: those of a column begin below each other, and are as long."""
    columns = int(rng.integers(COLUMNS[0], COLUMNS[1] + 1))
    lengths = rng.choice((1, 2, 3), columns, p=(0.5, 0.3, 0.2))
    rows = int(rng.integers(ROWS[0], ROWS[1] + 1))
    rows = min(rows, MOST // int(lengths.sum()))
    leading, apart = rng.uniform(1.3, 3), log_uniform(rng, 1, 20)
    starts = np.cumsum([0, *(lengths[:-1] + apart)])
    marks = []
    for row in range(rows):
        for start, length in zip(starts, lengths, strict=True):
            cell = write_lines(rng, writer, [random_text(rng, int(length))], 1.0, pen)
            move(cell, (start - extent(cell)[0], row * leading))
            marks += [Mark(mark.sign, row, mark.strokes) for mark in cell]
    return centred(marks, 1.0)
