"""Neurons and links: learn logic, and equal the same network as matrices."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from click.testing import CliRunner

from appliance.cli.neurons import neurons
from appliance.network.datasets import Dataset
from appliance.network.neurons import BiasNeuron, Link, Network, Neuron, NeuronLayer

TABLES: dict[str, list[tuple[tuple[float, ...], float]]] = {
    "NOT": [((0,), 1), ((1,), 0)],
    "OR": [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 1)],
    "AND": [((0, 0), 0), ((0, 1), 0), ((1, 0), 0), ((1, 1), 1)],
    "XOR": [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)],
}


class Matrices:
    """The same network in float64 matrices; the bias is the last row of each."""

    def __init__(self, network: Network) -> None:
        self.rate = network.rate
        self.weights = [
            np.array([link.weight for link in links.links]).reshape(
                len(links.before.all_neurons), len(links.after.neurons)
            )
            for links in network.link_layers
        ]

    def learn(self, inputs: list[float], expected: list[float]) -> np.ndarray:
        outputs = [np.array(inputs)]
        for weights in self.weights:
            outputs.append(1 / (1 + np.exp(-(np.append(outputs[-1], 1.0) @ weights))))
        sensitivity = outputs[-1] - expected
        for layer in reversed(range(len(self.weights))):
            delta = sensitivity * outputs[layer + 1] * (1 - outputs[layer + 1])
            sensitivity = (self.weights[layer] @ delta)[:-1]
            self.weights[layer] -= self.rate * np.outer(np.append(outputs[layer], 1.0), delta)
        answer: np.ndarray = outputs[-1]
        return answer


@pytest.mark.parametrize("name", TABLES)
def test_it_learns_logic(name: str) -> None:
    table = TABLES[name]
    network = Network((len(table[0][0]), 3, 1), Random(0), rate=2.0)
    for _ in range(1000):
        for inputs, expected in table:
            network.learn(inputs, [expected])
    for inputs, expected in table:
        assert network.query(inputs)[0] == pytest.approx(expected, abs=0.2)


def test_it_equals_matrices_step_by_step() -> None:
    random = Random(3)
    network = Network((6, 5, 4, 3), random, rate=0.7)
    matrices = Matrices(network)
    for _ in range(200):
        inputs = [random.random() for _ in range(6)]
        expected = [random.random() for _ in range(3)]
        answer = network.learn(inputs, expected)
        np.testing.assert_allclose(answer, matrices.learn(inputs, expected), atol=1e-12, rtol=0)
        for links, weights in zip(network.link_layers, matrices.weights, strict=True):
            mine = [link.weight for link in links.links]
            np.testing.assert_allclose(mine, weights.ravel(), atol=1e-12, rtol=0)


def test_a_link_by_hand() -> None:
    before, after = Neuron(), Neuron()
    before.output = 0.5
    link = Link(before, after, weight=2.0)
    link.propagate()
    assert after.input == 1.0
    after.output, after.sensitivity = 0.75, 0.4
    assert after.derivative == 0.1875
    assert after.output_sensitivity == pytest.approx(0.075)
    link.backpropagate()
    assert before.sensitivity == pytest.approx(0.15)
    link.learn(rate=0.1)
    assert link.weight == pytest.approx(2.0 - 0.5 * 0.075 * 0.1)


def test_a_reset_does_not_forget_the_bias() -> None:
    layer = NeuronLayer(2)
    layer.reset()
    layer.activate()
    assert isinstance(layer.bias, BiasNeuron)
    assert layer.bias.output == 1.0
    assert layer.outputs == [0.5, 0.5]


def test_layers_begin_with_different_weights() -> None:
    network = Network((3, 3, 3), Random(1))
    first, second = ([link.weight for link in links.links] for links in network.link_layers)
    assert not set(first) & set(second)


def test_a_query_changes_nothing() -> None:
    network = Network((2, 3, 1), Random(1))
    before = [link.weight for links in network.link_layers for link in links.links]
    assert network.query((0, 1)) == network.query((0, 1))
    assert before == [link.weight for links in network.link_layers for link in links.links]


def test_the_wrong_number_of_inputs_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Network((2, 1), Random(1)).query([1.0])


def test_huge_inputs_do_not_overflow() -> None:
    network = Network((1, 1), Random(1))
    network.link_layers[0].links[0].weight = -1e6
    assert network.query([1.0]) == [0.0]


def test_it_begins_to_read_handwriting(mnist: Dataset) -> None:
    """Every third row and column, 400 images; benchmarks/neurons.py does the whole."""
    small = mnist.glyphs[:800, ::3, ::3].reshape(800, 100).tolist()
    network = Network((100, 10, 10), Random(0), rate=2.0)
    for _ in range(2):
        for pixels, label in zip(small[:400], mnist.labels, strict=False):
            network.learn(pixels, [float(digit == label) for digit in range(10)])
    answers = [int(np.argmax(network.query(pixels))) for pixels in small[400:]]
    assert np.mean(np.array(answers) == mnist.labels[400:800]) > 0.5


def test_the_command_says_every_number_in_words() -> None:
    done = CliRunner().invoke(neurons, ["--steps", "1", "--seed", "0"])
    assert done.exit_code == 0
    network = Network((2, 3, 1), Random(0), rate=2.0)
    answer = network.propagate((0, 0))[0]
    network.backpropagate([0])
    output = network.neuron_layers[-1].neurons[0]
    assert f"the answer is {answer:.4f}" in done.output
    assert f"= output sensitivity {output.output_sensitivity:.4f}" in done.output
    network.move_weights()
    moved = network.link_layers[-1].links[-1].weight
    assert f"= {moved:.4f}" in done.output
    assert "1 XOR 1 = 0.0" in done.output


def test_the_command_says_that_it_was_not_learnt() -> None:
    done = CliRunner().invoke(neurons, ["--passes", "1"])
    assert "It hasn't learnt it" in done.output
    assert "It hasn't learnt it" not in CliRunner().invoke(neurons, []).output


@pytest.mark.parametrize("rate", ["nan", "inf", "-inf", "-3", "0", "1e308"])
def test_a_rate_that_teaches_nothing_is_a_wrong_usage(rate: str) -> None:
    done = CliRunner().invoke(neurons, ["--rate", rate])
    assert done.exit_code == 2
    assert "must be above 0, and no more than" in done.output
