"""Each layer's gradient against finite differences, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.network.context import Context, DepthToSpace, Pad, SpaceToDepth
from appliance.network.convolution import Convolution
from appliance.network.layers import Array, Dense, Flatten, Layer, MaxPool, ReLU, Reshape, Sigmoid
from appliance.network.losses import (
    mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from appliance.network.network import Network
from appliance.network.normalization import BatchNorm

STEP = 1e-6


def slopes(function, array: Array) -> Array:  # type: ignore[no-untyped-def]
    """Central differences of `function()` by each number of `array`, changed in place."""
    result = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + STEP
        above = function()
        array[place] = kept - STEP
        below = function()
        array[place] = kept
        result[place] = (above - below) / (2 * STEP)
    return result


def nested() -> Context:
    """A Context of convolutions that holds another."""
    random, float64 = np.random.default_rng(8), np.float64
    inner = Context([Pad(1), Convolution(2, 2, 3, random=random, dtype=float64)])
    return Context([Pad(1), Convolution(2, 2, 3, random=random, dtype=float64), inner])


def cases() -> list[tuple[str, Layer, tuple[int, ...]]]:
    random = np.random.default_rng(1)
    float64 = np.float64
    return [
        ("dense", Dense(5, 3, random=random, dtype=float64), (4, 5)),
        ("dense without bias", Dense(5, 3, bias=False, random=random, dtype=float64), (4, 5)),
        ("convolution", Convolution(2, 3, 3, random=random, dtype=float64), (2, 6, 5, 2)),
        ("5x5", Convolution(1, 2, 5, bias=False, random=random, dtype=float64), (2, 7, 7, 1)),
        ("2x2", Convolution(2, 2, 2, random=random, dtype=float64), (2, 4, 3, 2)),
        ("1x1", Convolution(3, 4, 1, random=random, dtype=float64), (2, 3, 4, 3)),
        ("one row", Convolution(2, 3, 3, random=random, dtype=float64), (2, 3, 5, 2)),
        ("many rows", Convolution(1, 2, 3, random=random, dtype=float64), (2, 9, 4, 1)),
        ("max pool", MaxPool(), (2, 4, 6, 3)),
        ("max pool of odd size", MaxPool(), (2, 5, 7, 2)),
        ("flatten", Flatten(), (2, 3, 2, 2)),
        ("reshape", Reshape(3, 2, 1), (2, 6)),
        ("relu", ReLU(), (3, 7)),
        ("sigmoid", Sigmoid(), (3, 7)),
        ("batch norm", BatchNorm(3, dtype=float64), (4, 2, 2, 3)),
        ("pad", Pad(2), (2, 3, 4, 2)),
        ("space to depth", SpaceToDepth(2), (2, 4, 6, 3)),
        ("depth to space", DepthToSpace(2), (2, 2, 3, 8)),
        ("context", Context([ReLU()]), (2, 4, 6, 3)),
        ("context of batch norm", Context([BatchNorm(3, dtype=float64)]), (2, 4, 6, 3)),
        ("nested context", nested(), (2, 4, 8, 2)),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "layer", "shape"), cases(), ids=[case[0] for case in cases()])
def test_gradients_equal_finite_differences(
    name: str, layer: Layer, shape: tuple[int, ...]
) -> None:
    random = np.random.default_rng(2)
    inputs = random.standard_normal(shape)
    for parameter in layer.parameters.values():
        parameter += 0.1 * random.standard_normal(parameter.shape)
    direction = random.standard_normal(layer.forward(inputs, training=True).shape)

    def loss() -> float:
        return float(np.sum(layer.forward(inputs, training=True) * direction))

    loss()
    by_inputs = layer.backward(direction)
    by_parameters = {name: array.copy() for name, array in layer.gradients.items()}
    assert set(by_parameters) == set(layer.parameters)
    np.testing.assert_allclose(by_inputs, slopes(loss, inputs), atol=1e-7)
    for key, parameter in layer.parameters.items():
        np.testing.assert_allclose(by_parameters[key], slopes(loss, parameter), atol=1e-7)


def test_where_a_max_pools_inputs_are_equal_their_gradient_is_given_once() -> None:
    """Else a blank area would count several times."""
    random = np.random.default_rng(9)
    pool, pictures = MaxPool(), random.standard_normal((2, 10, 8, 3))
    pictures[:, 2:] = 0.25
    largest = pool.forward(pictures, training=True)
    direction = random.standard_normal(largest.shape)
    squares = pool.backward(direction).reshape(2, 5, 2, 4, 2, 3)
    given = squares != 0
    np.testing.assert_array_equal(given.sum(axis=(2, 4)), 1)
    chosen = (pictures.reshape(squares.shape) * given).sum(axis=(2, 4))
    np.testing.assert_allclose(chosen, largest)
    np.testing.assert_allclose(squares.sum(axis=(2, 4)), direction)


def test_dense_leaves_out_inputs_that_are_zero_in_the_whole_batch() -> None:
    """Batch after batch, with others left out, it computes what the plain products give."""
    random = np.random.default_rng(6)
    layer = Dense(6, 3, random=random, dtype=np.float64)
    weights = layer.parameters["weights"]
    for left_out in ([0, 4], [1, 2, 3], [], [0, 1, 2, 3, 4, 5], [5]):
        inputs, gradient = random.standard_normal((4, 6)), random.standard_normal((4, 3))
        inputs[:, left_out] = 0
        np.testing.assert_allclose(layer.forward(inputs, training=True), inputs @ weights)
        np.testing.assert_allclose(layer.backward(gradient), gradient @ weights.T)
        np.testing.assert_allclose(layer.gradients["weights"], inputs.T @ gradient)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_gradient(smoothing: float) -> None:
    logits = np.random.default_rng(3).standard_normal((4, 5))
    labels = np.array([0, 4, 2, 2])
    _, gradient = softmax_cross_entropy(logits, labels, smoothing)
    expected = slopes(lambda: softmax_cross_entropy(logits, labels, smoothing)[0], logits)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


def test_sigmoid_cross_entropy_gradient() -> None:
    random = np.random.default_rng(7)
    logits, targets = 3 * random.standard_normal((2, 3, 4)), random.random((2, 3, 4))
    loss, gradient = sigmoid_cross_entropy(logits, targets)
    says = 1 / (1 + np.exp(-logits))
    plain = -(targets * np.log(says) + (1 - targets) * np.log(1 - says))
    assert loss == pytest.approx(plain.mean())
    expected = slopes(lambda: sigmoid_cross_entropy(logits, targets)[0], logits)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


def test_sigmoid_cross_entropy_of_large_logits_overflows_nowhere() -> None:
    logits = np.array([-1000, 1000, -1000, 1000], np.float32)
    targets = np.array([0, 1, 1, 0], np.float32)
    loss, gradient = sigmoid_cross_entropy(logits, targets)
    assert loss == 500
    np.testing.assert_array_equal(gradient, np.array([0, 0, -0.25, 0.25], np.float32))
    assert gradient.dtype == np.float32


def test_mean_squared_error_gradient() -> None:
    random = np.random.default_rng(4)
    outputs, targets = random.standard_normal((2, 3, 4))
    _, gradient = mean_squared_error(outputs, targets)
    expected = slopes(lambda: mean_squared_error(outputs, targets)[0], outputs)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


def test_whole_network_gradient_by_inputs() -> None:
    random = np.random.default_rng(5)
    float64 = np.float64
    network = Network(
        [
            Reshape(8, 8, 1),
            Convolution(1, 3, random=random, dtype=float64),
            MaxPool(),
            BatchNorm(3, dtype=float64),
            ReLU(),
            Flatten(),
            Dense(27, 4, random=random, dtype=float64),
        ]
    )
    glyphs = random.random((3, 8, 8))
    labels = np.array([1, 0, 3])

    def loss() -> float:
        return softmax_cross_entropy(network.forward(glyphs, training=True), labels)[0]

    _, gradient = softmax_cross_entropy(network.forward(glyphs, training=True), labels)
    by_inputs = network.backward(gradient, to_inputs=True)
    np.testing.assert_allclose(by_inputs, slopes(loss, glyphs), atol=1e-7)
