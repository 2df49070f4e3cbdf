"""The patch: a piece with its surroundings, alike for near and far, dark and light."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.values import Box
from appliance.vision.patch import CHANNELS, CLOSE, FAR, GLANCE, NEAR, cut_patches
from appliance.vision.pieces import Piece
from appliance.vision.window import pyramid
from tests.vision.drawing import DIGITS, INK, PAPER, bodies_of, paper, write


def four(
    height: int = 80, x: int = 120, y: int = 80
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], Piece]:
    page = paper(960, 1280)
    write(page, DIGITS["4"], x, y, height, pen=max(3, height // 12))
    [piece] = bodies_of(page)
    return page, piece


@pytest.mark.parametrize("size", [GLANCE, CLOSE])
def test_paper_is_a_third_and_ink_two_thirds(size: int) -> None:
    page, piece = four()
    [patch] = cut_patches(pyramid(page), [piece], "dark", size)
    assert patch.shape == (size, size, CHANNELS)
    assert patch.dtype == np.float32
    for shown, reach in ((patch[..., 0], NEAR), (patch[..., 2], FAR)):
        assert np.median(shown) == pytest.approx(1 / 3, abs=0.02)
        middle, around = size // 2, round(size / reach / 2) + 2
        inner = shown[middle - around : middle + around, middle - around : middle + around]
        assert (shown > 0.45).sum() == (inner > 0.45).sum() > 0, "the piece is in the middle"
    assert patch[..., 0].max() == pytest.approx(2 / 3, abs=0.06)


def test_one_channel_shows_the_piece_alone() -> None:
    page, piece = four()
    write(page, DIGITS["7"], piece.box.x + piece.box.width + 15, piece.box.y, 80, pen=6)
    [patch] = cut_patches(pyramid(page), [piece], "dark")
    near, alone = patch[..., 0] - 1 / 3, patch[..., 1]
    left, right = alone > 0.4, np.roll(alone, 12, axis=1) > 0.4
    assert near[left].mean() > 0.1, "it lies where the surroundings show it"
    assert near[right].max() > 0.1, "beside it stands the neighbour"
    assert alone[right & ~left].max() < 0.1, "which is no part of it"


def test_chalk_looks_like_pen() -> None:
    page, piece = four()
    dark = cut_patches(pyramid(page), [piece], "dark")
    light = cut_patches(pyramid((255 - page).astype(np.uint8)), [piece], "light")
    assert np.abs(dark - light).max() < 0.02


@pytest.mark.parametrize("height", [40, 160, 320])
def test_near_and_far_look_alike(height: int) -> None:
    other = cut_patches(*swap(four(height, 400, 300)), "dark")
    usual = cut_patches(*swap(four(80)), "dark")
    assert np.abs(other - usual).mean() < 0.03


def swap(
    drawn: tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], Piece],
) -> tuple[list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], list[Piece]]:
    return pyramid(drawn[0]), [drawn[1]]


def test_what_stands_around_is_in_it() -> None:
    page, piece = four()
    page[:, piece.box.x + piece.box.width + 20 :] = INK
    [patch] = cut_patches(pyramid(page), [piece], "dark")
    assert np.median(patch[:, -5:, 0]) > 0.6


def test_at_the_border_the_frame_goes_on() -> None:
    page, piece = four(x=0, y=0)
    [patch] = cut_patches(pyramid(page), [piece], "dark")
    assert patch[0, -1, 0] == pytest.approx(1 / 3, abs=0.02)


def test_no_pieces_give_no_patches() -> None:
    assert cut_patches(pyramid(paper()), [], "dark").shape == (0, 28, 28, CHANNELS)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (64, 65)])
def test_any_shape_and_a_piece_without_contrast(shape: tuple[int, int]) -> None:
    whole = Piece(Box(0, 0, shape[1], shape[0]), np.ones(shape, np.bool_), shape[0] * shape[1], 0.0)
    patches = cut_patches(pyramid(np.full(shape, PAPER, np.uint8)), [whole], "light")
    assert np.isfinite(patches).all()
    assert patches.min() >= 0
    assert patches.max() <= 1
