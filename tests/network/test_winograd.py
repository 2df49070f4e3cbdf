"""Sliding kernels: the same as one product for each output and tap, whatever the sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from appliance.network import winograd
from appliance.network.context import Context, Pad
from appliance.network.convolution import Convolution
from appliance.network.layers import Array
from appliance.network.network import Network
from appliance.network.winograd import Scheme, Scratch, by_weights, scheme_for, slide

SCRATCH = Scratch()
"""Of all examples: what one leaves behind must not show in the next."""


def plain(inputs: Array, weights: Array) -> Array:
    """Each output alone, as a convolution is defined."""
    windows = sliding_window_view(inputs, weights.shape[:2], axis=(1, 2))
    return np.asarray(np.einsum("nyxcij,ijck->nyxk", windows, weights))


def plain_by_weights(inputs: Array, gradient: Array, size: int) -> Array:
    windows = sliding_window_view(inputs, (size, size), axis=(1, 2))
    return np.asarray(np.einsum("nyxcij,nyxk->ijck", windows, gradient))


@given(
    size=st.integers(2, 5),
    pictures=st.tuples(st.integers(0, 5), st.integers(1, 14), st.integers(1, 7)),
    depth=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    piece=st.sampled_from([1, 3000, 10000, 1 << 20]),
)
def test_slides_and_its_gradient_are_as_defined(
    size: int, pictures: tuple[int, int, int], depth: tuple[int, int], piece: int
) -> None:
    """pictures: how many, and rows and columns of the outputs. piece: bytes of one."""
    random = np.random.default_rng(1)
    (count, rows, columns), (channels, kernels) = pictures, depth
    inputs = random.standard_normal((count, rows + size - 1, columns + size - 1, channels))
    weights = random.standard_normal((size, size, channels, kernels))
    bias = random.standard_normal(kernels)
    scheme = scheme_for(size, rows, np.float64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "PIECE_BYTES", piece)
        outputs = slide(inputs, scheme, scheme.factors(weights), bias, SCRATCH)
        gradient = random.standard_normal(outputs.shape)
        found = by_weights(inputs, gradient, scheme, SCRATCH)
    np.testing.assert_allclose(outputs, plain(inputs, weights) + bias, atol=1e-9)
    np.testing.assert_allclose(found, plain_by_weights(inputs, gradient, size), atol=1e-9)


@pytest.mark.parametrize(
    ("rows", "at_once"), [(1, 1), (2, 2), (3, 2), (4, 4), (6, 6), (20, 4), (22, 6), (48, 6)]
)
def test_the_scheme_is_the_one_with_the_fewest_products(rows: int, at_once: int) -> None:
    assert scheme_for(3, rows, np.float32).rows == at_once
    assert scheme_for(5, rows, np.float32).rows == 1


def test_the_same_scheme_is_the_same_object() -> None:
    assert scheme_for(3, 4, np.float32) is scheme_for(3, 20, np.dtype("float32"))
    assert scheme_for(5, 4, np.float64) is scheme_for(5, 9, np.float64)


def test_no_rows_are_none() -> None:
    """A kernel higher than the picture has no place in it."""
    convolution = Convolution(2, 3, 3)
    assert convolution.forward(np.zeros((1, 2, 5, 2), np.float32)).shape == (1, 0, 3, 3)
    with pytest.raises(ValueError, match="negative"):
        convolution.forward(np.zeros((1, 1, 5, 2), np.float32))


@pytest.mark.parametrize("size", [1, 3])
def test_no_pictures_give_none(size: int) -> None:
    outputs = Convolution(2, 4, size).forward(np.zeros((0, 5, 6, 2), np.float32))
    assert outputs.shape == (0, 6 - size, 7 - size, 4)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.float16, np.float64])
def test_inputs_may_be_of_any_type(dtype: type, size: int) -> None:
    random = np.random.default_rng(6)
    convolution = Convolution(2, 4, size, random=random)
    inputs: Array = random.integers(0, 2, (2, 9, 6, 2)).astype(dtype)
    outputs = convolution.forward(inputs)
    assert outputs.dtype == np.float32
    expected = plain(inputs.astype(np.float64), convolution.parameters["weights"])
    np.testing.assert_allclose(outputs, expected, atol=1e-5)


def test_one_channel_may_be_an_axis_without_a_stride() -> None:
    random = np.random.default_rng(2)
    convolution = Convolution(1, 2, 3, random=random, dtype=np.float64)
    inputs = random.standard_normal((7, 8))[None, :, :, None]
    assert inputs.strides[-1] == 0
    expected = plain(inputs, convolution.parameters["weights"])
    np.testing.assert_allclose(convolution.forward(inputs), expected, atol=1e-9)


@pytest.mark.parametrize(("rows", "at_once"), [(2, 2), (20, 4), (48, 6)])
def test_in_float32_it_errs_no_more_than_a_few_roundings(rows: int, at_once: int) -> None:
    random = np.random.default_rng(3)
    inputs = random.standard_normal((2, rows + 2, 22, 32)).astype(np.float32)
    convolution = Convolution(32, 48, 3, random=random)
    assert scheme_for(3, rows, np.float32).rows == at_once
    expected = plain(inputs, convolution.parameters["weights"].astype(np.float64))
    outputs = convolution.forward(inputs, training=True)
    np.testing.assert_allclose(outputs, expected, atol=2e-5)
    gradient = random.standard_normal(outputs.shape).astype(np.float32)
    convolution.backward(gradient)
    expected = plain_by_weights(inputs.astype(np.float64), gradient.astype(np.float64), 3)
    np.testing.assert_allclose(
        convolution.gradients["weights"], expected, atol=1e-5 * expected.std()
    )


def deep(random: np.random.Generator) -> Network:
    """Convolutions, one of them within a Context."""
    inner = Context([Pad(1), Convolution(2, 2, 3, random=random)])
    return Network([Convolution(1, 2, 3, random=random), inner])


def test_a_frozen_network_answers_the_same_and_shares_the_weights() -> None:
    random = np.random.default_rng(4)
    network = deep(random)
    inputs = random.standard_normal((12, 14, 10, 1)).astype(np.float32)
    frozen = network.frozen()
    for threads in (1, 2, 1):
        np.testing.assert_array_equal(
            frozen.predict(inputs, threads=threads), network.predict(inputs, threads=threads)
        )
    for mine, its in zip(network.parameters(), frozen.parameters(), strict=True):
        assert its is mine


def test_a_frozen_network_keeps_what_it_multiplies_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each scheme, whatever the pictures' heights."""
    network, computed = deep(np.random.default_rng(4)), []
    of_weights = Scheme.factors

    def counting(scheme: Scheme, weights: Array) -> Array:
        computed.append(scheme)
        return of_weights(scheme, weights)

    monkeypatch.setattr(Scheme, "factors", counting)
    frozen = network.frozen()
    for height in (14, 14, 22, 30):
        frozen.forward(np.zeros((1, height, 10, 1), np.float32))
    # the outer layer's rows are 12, 20 and 28, the inner one's 6, 10 and 14: two schemes each
    assert len(computed) == 2 + 2
    computed.clear()
    for _ in range(2):
        network.forward(np.zeros((1, 14, 10, 1), np.float32))
    assert len(computed) == 4


def test_frozen_weights_do_not_learn() -> None:
    frozen = deep(np.random.default_rng(4)).frozen()
    with pytest.raises(AssertionError, match="frozen"):
        frozen.forward(np.zeros((1, 14, 10, 1), np.float32), training=True)


def test_a_copy_of_a_frozen_network_learns() -> None:
    """What was kept of the frozen weights is nothing to the copy's own."""
    random = np.random.default_rng(5)
    frozen = deep(random).frozen()
    inputs = random.standard_normal((1, 14, 10, 1)).astype(np.float32)
    before = frozen.forward(inputs)
    copy = frozen.copy()
    for parameter in copy.parameters():
        parameter *= 2
    plainly = deep(np.random.default_rng(5))
    for parameter in plainly.parameters():
        parameter *= 2
    np.testing.assert_array_equal(copy.forward(inputs), plainly.forward(inputs))
    np.testing.assert_array_equal(frozen.forward(inputs), before)
