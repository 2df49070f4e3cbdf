"""Letters as control points of their strokes, for pages that hold no digits.

Each entry: where its top and bottom lie (0 is the top of a capital, 1 the line of writing), how
wide it is for the height of a capital, and its path in per cent of that box.
"""

from __future__ import annotations

from typing import NamedTuple


class Letter(NamedTuple):
    """One letter in its box."""

    top: float
    bottom: float
    width: float
    path: str


def _capital(width: float, path: str) -> Letter:
    return Letter(0.0, 1.0, width, path)


def _small(width: float, path: str) -> Letter:
    return Letter(0.42, 1.0, width, path)


def _tall(width: float, path: str) -> Letter:
    return Letter(0.0, 1.0, width, path)


def _deep(width: float, path: str) -> Letter:
    return Letter(0.42, 1.42, width, path)


LETTERS: dict[str, Letter] = {
    "A": _capital(0.75, "0,100 48,0! 100,100 / 18,64 84,62"),
    "B": _capital(0.6, "8,0 6,100 / 8,0 70,4 78,26 50,45 8,47! 70,52 96,74 66,98 6,100"),
    "C": _capital(0.7, "96,14 60,0 16,18 2,54 22,90 62,100 98,84"),
    "D": _capital(0.7, "8,0 6,100 / 6,2 60,8 98,48 62,94 6,99"),
    "E": _capital(0.58, "94,0 6,2! 4,99! 98,98 / 6,49 78,47"),
    "F": _capital(0.56, "96,0 6,2! 5,100 / 6,47 80,46"),
    "G": _capital(0.74, "94,14 58,0 14,18 2,56 26,94 66,98 94,80! 94,54! 58,55"),
    "H": _capital(0.68, "4,0 4,100 / 96,0 96,100 / 4,50 96,48"),
    "I": _capital(0.3, "50,0 50,100 / 0,0 100,0 / 0,100 100,100"),
    "J": _capital(0.5, "84,0 84,68 66,96 30,99 4,78 / 40,0 100,0"),
    "K": _capital(0.64, "6,0 4,100 / 92,0 8,56! 98,100"),
    "L": _capital(0.54, "6,0 4,99! 98,98"),
    "M": _capital(0.86, "2,100 8,0! 50,66! 92,0! 98,100"),
    "N": _capital(0.7, "4,100 6,0! 94,100! 96,0"),
    "O": _capital(0.8, "52,0 16,12 2,50 18,90 50,100 84,90 98,50 82,10 52,0"),
    "P": _capital(0.58, "8,0 6,100 / 8,0 72,4 94,28 66,50 8,54"),
    "Q": _capital(0.8, "52,0 16,12 2,50 18,90 50,100 84,90 98,50 82,10 52,0 / 58,74 100,106"),
    "R": _capital(0.62, "8,0 6,100 / 8,0 72,4 92,26 64,48 8,52! 96,100"),
    "S": _capital(0.58, "92,12 56,0 12,12 14,36 54,50 92,68 84,94 44,100 4,86"),
    "T": _capital(0.68, "0,2 100,0 / 50,2 49,100"),
    "U": _capital(0.68, "4,0 4,66 24,96 54,100 88,86 96,60 96,0"),
    "V": _capital(0.7, "0,0 48,100! 100,0"),
    "W": _capital(0.96, "0,0 26,100! 50,30! 74,100! 100,0"),
    "X": _capital(0.66, "2,0 98,100 / 96,0 4,100"),
    "Y": _capital(0.66, "0,0 50,50 / 100,0 50,50 46,100"),
    "Z": _capital(0.64, "2,2 96,0! 2,99! 98,98"),
    "a": _small(0.5, "88,12 50,0 8,28 10,78 46,100 86,70 88,8! 88,78 100,98"),
    "b": _tall(0.46, "6,0 6,100! 8,66 50,44 92,62 84,94 40,100 6,88"),
    "c": _small(0.46, "94,16 52,0 8,28 8,74 46,100 96,86"),
    "d": _tall(0.5, "86,54 48,44 8,66 18,96 54,98 86,76 / 88,0 88,100"),
    "e": _small(0.48, "6,52 92,48 78,8 36,2 4,44 22,92 60,100 96,82"),
    "f": _tall(0.4, "98,6 62,0 42,20 40,100 / 8,48 92,46"),
    "g": _deep(0.5, "86,6 46,0 8,22 22,54 60,52 88,10! 88,74 66,98 20,98 4,84"),
    "h": _tall(0.48, "6,0 5,100! 10,64 50,44 86,58 92,100"),
    "i": Letter(0.2, 1.0, 0.12, "50,32 50,100 / 50,0 54,3"),
    "j": Letter(0.2, 1.4, 0.24, "80,24 78,80 52,99 6,92 / 80,0 84,3"),
    "k": _tall(0.46, "6,0 5,100 / 84,44 10,72! 96,100"),
    "l": _tall(0.16, "30,0 28,86 60,100 96,94"),
    "m": _small(0.76, "4,0 5,100! 10,26 30,0 48,20 50,100! 54,26 76,0 94,22 96,100"),
    "n": _small(0.48, "5,0 5,100! 12,28 54,0 92,24 94,100"),
    "o": _small(0.5, "52,0 12,18 4,62 40,100 84,84 96,38 52,0"),
    "p": _deep(0.48, "6,0 5,100 / 8,12 52,0 94,22 76,54 34,58 8,44"),
    "q": _deep(0.48, "90,8 48,0 8,20 18,52 58,56 90,36 / 92,2 90,100"),
    "r": _small(0.4, "6,0 6,100! 10,36 42,4 96,10"),
    "s": _small(0.42, "92,12 48,0 12,18 26,42 78,58 92,82 48,100 6,88"),
    "t": _tall(0.4, "46,12 42,86 64,100 96,92 / 6,44 92,42"),
    "u": _small(0.5, "5,0 6,70 34,100 72,90 92,60 / 94,0 94,100"),
    "v": _small(0.48, "2,0 48,100! 98,0"),
    "w": _small(0.7, "0,0 26,100! 50,20! 74,100! 100,0"),
    "x": _small(0.46, "4,0 96,100 / 94,0 6,100"),
    "y": _deep(0.48, "4,0 48,54 / 96,0 52,60 10,100"),
    "z": _small(0.46, "6,2 94,0! 4,98! 98,98"),
}

UNLIKE_DIGITS = "AEFHKMNPRTWXYadefhkmnrtwx"
"""Letters that nobody takes for a digit, even alone."""

_VOCABULARY = """
apple bread open closed friday monday hello thanks please danger kitchen garden window paper letter
number sugar coffee market butter cheese winter summer table chair school teacher music train ticket
water salt pepper milk yellow green orange river mountain weather morning evening meeting private
home name street phone lunch dinner recipe project camera screen The and for with from every under
never always maybe tomorrow Exit Push Pull Wet Paint Quiet Return Notice Welcome Reserved Fragile
Menu Staff Only Keep Out
"""

WORDS = tuple(_VOCABULARY.split())
"""What stands on signs, lists and printed pages."""
