"""The book's network: one update by hand, blocks equal to single steps, rotation like scipy's."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import TrainingError
from appliance.network.book import (
    BookNetwork,
    BookRecipe,
    make_targets,
    scale_inputs,
    to_glyphs,
    train_book,
)
from appliance.network.datasets import Dataset
from appliance.network.layers import Dense, Flatten, Sigmoid
from appliance.network.network import Network
from appliance.network.rotation import Rotation


def make_dataset(count: int, seed: int = 0) -> Dataset:
    random = np.random.default_rng(seed)
    glyphs = np.zeros((count, 28, 28), np.float32)
    glyphs[:, 7:21, 7:21] = random.random((count, 14, 14), np.float32)
    return Dataset(glyphs, random.integers(0, 10, count))


def test_one_update_by_hand() -> None:
    """One hidden node, all weights 0: hidden 0.5, outputs 0.5, errors 0.49 and -0.49."""
    network = BookNetwork(np.zeros((1, 784)), np.zeros((10, 1)))
    network.train(np.full(784, 0.5), np.array([0.99] + [0.01] * 9), rate=1.0)
    expected = np.full((10, 1), -0.49 * 0.25 * 0.5)
    expected[0] *= -1
    np.testing.assert_allclose(network.hidden_output, expected, atol=1e-15)
    np.testing.assert_array_equal(network.input_hidden, 0)  # no error came back through weights 0
    before = network.hidden_output.copy()
    network.train(np.full(784, 0.5), np.array([0.99] + [0.01] * 9), rate=1.0)
    outputs = 1 / (1 + np.exp(-before[:, 0] * 0.5))
    errors = np.array([0.99] + [0.01] * 9) - outputs
    step = (before[:, 0] @ errors) * 0.25 * 0.5
    np.testing.assert_allclose(network.input_hidden, np.full((1, 784), step), atol=1e-15)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 40), hidden=st.integers(1, 30), rate=st.floats(0.01, 0.6))
def test_a_block_equals_single_steps(count: int, hidden: int, rate: float) -> None:
    dataset = make_dataset(count, seed=count)
    inputs = scale_inputs(dataset.glyphs).astype(np.float64)
    targets = make_targets(dataset.labels).astype(np.float64)
    single = BookNetwork.drawn(hidden, np.random.default_rng(1), np.float64)
    block = BookNetwork(single.input_hidden.copy(), single.hidden_output.copy())
    for one, target in zip(inputs, targets, strict=True):
        single.train(one, target, rate)
    block.train_block(inputs, targets.copy(), rate)
    np.testing.assert_allclose(block.input_hidden, single.input_hidden, atol=1e-12)
    np.testing.assert_allclose(block.hidden_output, single.hidden_output, atol=1e-12)


def test_rotated_copies_are_learned_after_each_example() -> None:
    dataset = make_dataset(30)
    recipe = BookRecipe(hidden=7, rate=0.2, epochs=2, rotation=10.0)
    *_, (epoch, trained) = train_book(recipe, dataset, np.random.default_rng(3))
    expected = BookNetwork.drawn(7, np.random.default_rng(3), np.float64)
    for _ in range(2):
        for glyph, target in zip(dataset.glyphs, make_targets(dataset.labels), strict=True):
            picture = glyph.astype(np.float64) * 0.99 + 0.01
            for angle in (0, 10, -10):
                turned = scipy.ndimage.rotate(picture, angle, cval=0.01, order=1, reshape=False)
                expected.train(turned.ravel(), target, 0.2)
    assert epoch == 2
    np.testing.assert_allclose(trained.input_hidden, expected.input_hidden, atol=1e-4)
    np.testing.assert_allclose(trained.hidden_output, expected.hidden_output, atol=1e-4)


@pytest.mark.parametrize("degrees", [10.0, -10.0, 37.0])
def test_rotation_equals_scipy_for_pictures_with_an_empty_rim(degrees: float) -> None:
    pictures = np.zeros((3, 28, 28), np.float32)
    pictures[:, 7:21, 7:21] = np.random.default_rng(0).random((3, 14, 14))
    turned = Rotation(degrees)(pictures.reshape(3, 784))
    for picture, result in zip(pictures, turned, strict=True):
        expected = scipy.ndimage.rotate(picture, degrees, order=1, reshape=False)
        np.testing.assert_allclose(result.reshape(28, 28), expected, atol=1e-6)


def test_rotation_fills_with_the_background() -> None:
    turned = Rotation(45)(np.full((1, 784), 0.7, np.float32), background=0.01).reshape(28, 28)
    assert turned[0, 0] == pytest.approx(0.01)
    assert turned[14, 14] == pytest.approx(0.7)


def test_inputs_and_targets_are_the_books() -> None:
    inputs = scale_inputs(np.array([np.zeros((28, 28)), np.ones((28, 28))], np.float32))
    np.testing.assert_allclose(inputs[0], 0.01)
    np.testing.assert_allclose(inputs[1], 1.0, rtol=1e-6)
    targets = make_targets(np.array([3]))
    assert targets[0, 3] == np.float32(0.99)
    assert targets.sum() == pytest.approx(0.99 + 9 * 0.01)


def test_initial_weights_have_the_receiving_layers_deviation() -> None:
    network = BookNetwork.drawn(100, np.random.default_rng(0))
    assert network.input_hidden.std() == pytest.approx(0.1, rel=0.02)
    assert network.hidden_output.std() == pytest.approx(10**-0.5, rel=0.1)
    assert network.input_hidden.dtype == np.float32


def test_plain_layers_answer_the_same() -> None:
    book = BookNetwork.drawn(20, np.random.default_rng(5))
    glyphs = make_dataset(8).glyphs
    logits = book.to_network().forward(glyphs)
    outputs = 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(outputs, book.query(scale_inputs(glyphs)), atol=1e-5)
    again = BookNetwork.from_network(book.to_network())
    np.testing.assert_allclose(again.input_hidden, book.input_hidden, rtol=1e-6)
    np.testing.assert_array_equal(again.hidden_output, book.hidden_output)


def test_another_network_is_refused() -> None:
    with pytest.raises(TrainingError, match="Dense"):
        BookNetwork.from_network(Network([Dense(784, 10)]))


@pytest.mark.parametrize(("inputs", "outputs"), [(784, 11), (783, 10)])
def test_a_network_of_other_nodes_is_refused(inputs: int, outputs: int) -> None:
    network = Network([Flatten(), Dense(inputs, 20), Sigmoid(), Dense(20, outputs, bias=False)])
    with pytest.raises(TrainingError, match="other nodes, or biases"):
        BookNetwork.from_network(network)


@pytest.mark.parametrize("layer", [1, 3])
def test_a_network_of_other_biases_is_refused(layer: int) -> None:
    network = BookNetwork.drawn(20, np.random.default_rng(5)).to_network()
    count = network.layers[layer].parameters["weights"].shape[1]
    network.layers[layer].parameters["bias"] = np.full(count, 5, np.float32)
    with pytest.raises(TrainingError, match="other nodes, or biases"):
        BookNetwork.from_network(network)


def test_inputs_go_back_to_glyphs() -> None:
    glyphs = make_dataset(8).glyphs
    np.testing.assert_allclose(to_glyphs(scale_inputs(glyphs)), glyphs, atol=1e-6)


def test_divergence_is_said() -> None:
    """Once: numpy's warnings on the way are errors here."""
    dataset = make_dataset(200)
    with pytest.raises(TrainingError, match="diverged in epoch 1"):
        list(train_book(BookRecipe(hidden=5, rate=float("inf")), dataset, np.random.default_rng(0)))


def test_it_learns_handwriting(mnist: Dataset) -> None:
    training, held_out = mnist[:6000], mnist[6000:8000]
    *_, (_, network) = train_book(BookRecipe(hidden=50), training, np.random.default_rng(0))
    answers = network.query(scale_inputs(held_out.glyphs)).argmax(axis=1)
    assert np.mean(answers == held_out.labels) > 0.87
