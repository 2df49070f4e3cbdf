"""Deformations, blemishes and drawn shapes."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.network.blemishes import Blemishes
from appliance.network.datasets import Dataset
from appliance.network.deformation import Deformation, elastic_field, sample
from appliance.network.handwriting import WrittenDigits, draw_digits
from appliance.network.nondigits import NOT_A_DIGIT, SIGNS, NonDigits, draw_shapes
from appliance.network.strokes import arc, curve, draw, line

Glyphs = np.ndarray
KINDS = ("thinner", "thicker", "blur", "noise", "gap", "residue", "neighbour", "contrast")


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.fixture
def digits(random: np.random.Generator) -> Dataset:
    return Dataset(*draw_digits(200, random))


def inked(glyphs: Glyphs) -> Glyphs:
    return np.asarray(glyphs.sum(axis=(1, 2)))


def test_no_deformation_changes_nothing(digits: Dataset, random: np.random.Generator) -> None:
    np.testing.assert_allclose(Deformation()(digits.glyphs, random), digits.glyphs, atol=1e-5)


def test_sample_takes_values_between_pixels() -> None:
    glyph = np.zeros((1, 28, 28), np.float32)
    glyph[0, 10, 5], glyph[0, 10, 6] = 1.0, 0.5
    x, y = np.array([[[5.0, 5.5, 40.0, -9.0]]], np.float32), np.array([[[10.0] * 4]], np.float32)
    np.testing.assert_allclose(sample(glyph, x, y)[0, 0], [1, 0.75, 0, 0], atol=1e-6)


def test_rotation_goes_both_ways_up_to_its_limit() -> None:
    """A quarter turn takes a bar above the middle to the right of it, or to the left."""
    glyph = np.zeros((64, 28, 28), np.float32)
    glyph[:, 4:8, 12:16] = 1
    turned = Deformation(rotation=90)(glyph, np.random.default_rng(0))
    np.testing.assert_allclose(inked(turned), inked(glyph), rtol=0.1)
    assert turned[:, :, :9].sum() > 0
    assert turned[:, :, 19:].sum() > 0
    assert turned[:, 20:].sum() < 0.05 * turned.sum(), "never more than a quarter turn"


def test_elastic_field_is_smooth_and_of_unit_deviation(random: np.random.Generator) -> None:
    field = elastic_field(500, 4.0, random)
    assert field.std() == pytest.approx(1, abs=0.05)
    assert np.abs(np.diff(field, axis=2)).mean() < 0.3


def test_deformation_is_drawn_afresh_and_repeatable(digits: Dataset) -> None:
    deform = Deformation(rotation=10, elastic=1)
    random = np.random.default_rng(3)
    first, second = deform(digits.glyphs, random), deform(digits.glyphs, random)
    assert np.abs(first - second).mean() > 0.01
    again = deform(digits.glyphs, np.random.default_rng(3))
    np.testing.assert_array_equal(first, again)
    assert first.dtype == np.float32


@pytest.mark.parametrize("kind", KINDS)
def test_blemishes_keep_the_range(kind: str, digits: Dataset, random: np.random.Generator) -> None:
    before = digits.glyphs.copy()
    result = Blemishes(**{kind: 1.0})(digits.glyphs, random)
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 1
    assert np.abs(result - before).max() > 0.05
    np.testing.assert_array_equal(digits.glyphs, before)


def test_blemishes_do_what_they_say(digits: Dataset, random: np.random.Generator) -> None:
    ink = inked(digits.glyphs)
    assert (inked(Blemishes(thinner=1)(digits.glyphs, random)) < ink).all()
    assert (inked(Blemishes(thicker=1)(digits.glyphs, random)) > ink).all()
    assert inked(Blemishes(gap=1)(digits.glyphs, random)).sum() < 0.97 * ink.sum()
    assert (inked(Blemishes(neighbour=1)(digits.glyphs, random)) >= ink - 1e-3).all()


def test_thinning_leaves_thin_strokes(random: np.random.Generator) -> None:
    thin = np.zeros((50, 28, 28), np.float32)
    thin[:, 4:24, 14] = 1
    assert (inked(Blemishes(thinner=1)(thin, random)) > 15).all()


def test_no_blemish_changes_nothing(digits: Dataset, random: np.random.Generator) -> None:
    np.testing.assert_array_equal(Blemishes()(digits.glyphs, random), digits.glyphs)


def test_drawings_fit_the_box_and_are_centred(random: np.random.Generator) -> None:
    drawings = [
        [line((0, 0), (300, 400))],
        [arc((0, 0), (1, 2), 0, 360)],
        [curve((0, 0), (5, 5), (0, 9)), line((2, 2), (2, 8))],
    ]
    glyphs = draw(drawings, random)
    grid = np.arange(28) - 13.5
    for glyph in glyphs:
        rows, columns = np.flatnonzero(glyph.any(1)), np.flatnonzero(glyph.any(0))
        assert 20 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22
        for axis in (0, 1):
            assert abs(glyph.sum(axis) @ grid / glyph.sum()) <= 0.6


def test_drawing_a_dot_and_nothing(random: np.random.Generator) -> None:
    assert draw([[line((1, 1), (1, 1))]], random).sum() > 0.5
    assert draw([], random).shape == (0, 28, 28)


def test_curve_goes_through_its_points() -> None:
    points = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    drawn = curve(*points)
    for point in points:
        assert np.abs(drawn - point).sum(axis=1).min() < 1e-12


def test_drawn_digits_are_of_all_kinds_and_differ(random: np.random.Generator) -> None:
    glyphs, labels = draw_digits(300, random)
    assert set(labels) == set(range(10))
    assert glyphs.shape == (300, 28, 28)
    assert (inked(glyphs) > 10).all()
    assert np.abs(glyphs[labels == 1] - glyphs[labels == 1][0]).mean(axis=(1, 2))[1:].min() > 0.001


def test_supply_of_written_digits(random: np.random.Generator) -> None:
    glyphs, labels = WrittenDigits(random, drawn=50)(7, random)
    assert glyphs.shape == (7, 28, 28)
    assert labels.shape == (7,)


@pytest.mark.parametrize("others", [None, np.ones((3, 28, 28), np.float32)])
def test_supply_of_nondigits(
    digits: Dataset, random: np.random.Generator, others: Glyphs | None
) -> None:
    supply = NonDigits(digits, random, drawn=60, others=others)
    glyphs, labels = supply(80, random)
    assert glyphs.shape == (80, 28, 28)
    assert glyphs.dtype == np.float32
    assert glyphs.min() >= 0
    assert glyphs.max() <= 1
    assert (labels == NOT_A_DIGIT).all()
    full = int((glyphs == 1).all(axis=(1, 2)).sum())
    assert (20 < full < 60) if others is not None else full == 0
    assert supply(0, random)[0].shape == (0, 28, 28)


@pytest.mark.parametrize("there", [(0, 1, 2, 3, 4, 6, 7, 8, 9), (1, 3, 7)])
def test_nondigits_of_digits_that_are_not_all_there(
    digits: Dataset, random: np.random.Generator, there: tuple[int, ...]
) -> None:
    some = digits[np.flatnonzero(np.isin(digits.labels, there))]
    glyphs, labels = NonDigits(some, random, drawn=60)(80, random)
    assert glyphs.shape == (80, 28, 28)
    assert (labels == NOT_A_DIGIT).all()


def test_shapes_that_people_read_as_digits_stay_out(random: np.random.Generator) -> None:
    assert not {"O", "I", "l", "S", "Z", "o", "|"} & set(SIGNS)
    assert (inked(draw_shapes(200, random)) > 1).all()
