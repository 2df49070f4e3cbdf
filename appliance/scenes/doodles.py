"""Scribbles and drawings: ink on a page that says nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from appliance.scenes.strokes import Points, Stroke, spline
from appliance.scenes.writer import Writer, draw_path

DRAWINGS: dict[str, str] = {
    "house": "5,100 5,45! 95,45! 95,100! 5,100! 5,45 / 0,46 50,5! 100,46 / 40,100 40,70! 60,70! "
    "60,100 / 15,55 32,55! 32,70! 15,70! 15,55",
    "tree": "45,100 46,60 / 57,100 55,60 / 50,5 20,15 5,40 25,62 50,58 78,64 96,40 82,14 50,5",
    "flower": "50,40 40,30 50,18 60,30 50,40 / 50,40 64,34 76,42 66,52 50,40 / 50,40 58,54 52,66 "
    "42,56 50,40 / 50,40 36,50 24,42 34,30 50,40 / 50,64 52,84 48,100 / 50,84 70,74 66,88",
    "star": "50,0 78,98! 2,36! 98,36! 22,98! 50,0",
    "heart": "50,30 28,4 2,26 18,60 50,98! 82,60 98,26 72,4 50,30",
    "arrow": "0,55 50,50 98,50 / 70,24 98,50! 72,78",
    "fish": "2,50 30,22 66,36 98,74! 96,26! 64,66 30,78 2,50 / 22,42 24,44",
    "cat": "20,98 14,40! 10,4! 36,28! 64,28! 90,4! 86,40! 80,98! 20,98 / 34,52 36,56 / 64,52 66,56 "
    "/ 44,72 50,78! 58,72 / 2,66 30,70 / 98,66 70,70",
    "sun": "70,50 64,64 50,70 36,64 30,50 36,36 50,30 64,36 70,50 / 80,50 100,50 / 72,72 86,86 / "
    "50,80 50,100 / 28,72 14,86 / 20,50 0,50 / 28,28 14,14 / 50,20 50,0 / 72,28 86,14",
    "cube": "0,30 65,30! 65,98! 0,98! 0,30 / 0,30 32,2! 98,2! 65,30 / 98,2 98,68! 65,98",
    "face": "98,50 84,16 50,2 16,16 2,50 16,84 50,98 84,84 98,50 / 32,36 34,40 / 66,36 68,40 / "
    "26,62 50,80 74,62",
    "car": "2,76 4,52 28,48! 38,26! 70,26! 82,48! 98,54! 98,76! 2,76 / 30,76 22,88 14,78 22,68 "
    "30,76 / 84,76 76,88 68,78 76,68 84,76",
    "tick": "0,60 30,98! 100,0",
    "cross": "0,0 100,100 / 100,0 0,100",
    "triangle": "50,2 98,98! 2,94! 50,2",
    "square": "2,2 98,4! 96,98! 4,96! 2,2",
    "spiral": "50,50 58,46 56,60 40,60 36,40 56,30 74,48 66,76 34,80 14,54 26,20 64,8 96,40 90,84",
    "boat": "2,66 20,98! 80,98! 98,66! 2,66 / 48,66 48,2! 88,56! 48,56",
    "child": "50,30 36,22 36,8 50,0 64,8 64,22 50,30 50,68! 26,100 / 50,68 76,100 / 18,44 50,42 "
    "82,46",
    "balloon": "50,62 18,44 14,14 50,0 86,14 82,44 50,62 44,80 54,100",
    "cloud": "16,80 2,60 18,44 24,22 50,18 70,30 94,40 98,66 80,82 16,80",
    "rain": "20,10 12,40 / 50,4 42,36 / 80,12 72,42 / 34,56 26,88 / 66,58 58,92",
    "spark": "62,0 20,56! 54,52! 34,100",
}


def drawing(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """One of the drawings, about one unit high."""
    path = list(DRAWINGS.values())[int(rng.integers(len(DRAWINGS)))]
    return draw_path(rng, writer, path, (0.0, 1.0, 1.0), pen)


def scribble(rng: Generator, pen: float) -> list[Stroke]:
    """Aimless lines, about one unit high."""
    kinds: tuple[Callable[[Generator], list[Points]], ...] = (_waves, _zigzag, _hatching, _tangle)
    paths = kinds[int(rng.integers(len(kinds)))](rng)
    return [np.column_stack([path, np.full(len(path), pen)]) for path in paths]


def _waves(rng: Generator) -> list[Points]:
    x = np.linspace(0, rng.uniform(1, 3), 160)
    rate, height = rng.uniform(12, 50), rng.uniform(0.03, 0.1)
    tops = np.linspace(0.1, 0.9, int(rng.integers(2, 6)))
    return [
        np.column_stack([x, top + height * np.sin(x * rate + rng.normal(0, 0.3, 160).cumsum() / 5)])
        for top in tops
    ]


def _zigzag(rng: Generator) -> list[Points]:
    count = int(rng.integers(7, 20))
    x = np.linspace(0, rng.uniform(0.8, 2.5), count) + rng.normal(0, 0.02, count)
    y = np.where(np.arange(count) % 2, 0.1, 0.9) + rng.normal(0, 0.06, count)
    return [np.column_stack([x, y])]


def _hatching(rng: Generator) -> list[Points]:
    lean = rng.uniform(-0.6, 0.6)
    paths = []
    for slope in (lean, lean + 1.5)[: int(rng.integers(1, 3))]:
        for x in np.arange(0, 1.6, rng.uniform(0.06, 0.16)):
            ends = np.array([(x, 0.0), (x + slope, 1.0)]) + rng.normal(0, 0.03, (2, 2))
            paths.append(ends)
    return paths


def _tangle(rng: Generator) -> list[Points]:
    knots = rng.random((int(rng.integers(14, 40)), 2)) * (rng.uniform(1, 2), 1)
    return [spline(knots)]
