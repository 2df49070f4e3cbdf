"""One update worked by hand, and whole networks against another library."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.network.layers import Dense, ReLU
from appliance.network.losses import softmax, softmax_cross_entropy
from appliance.network.network import Network
from appliance.network.optimizers import SGD, Adam, Optimizer


def test_one_update_by_hand() -> None:
    """Inputs (1, 2), two hidden ReLUs, two outputs; rate 0.5. All numbers worked on paper.

    hidden signals: 1*0.5 + 2*0.25 + 0 = 1, and 1*-1 + 2*0 + 0.5 = -0.5, so hidden = (1, 0)
    logits: (1*ln 3, 0); softmax: (3/4, 1/4); label 1: loss = ln 4
    gradient by the logits: (3/4, 1/4 - 1) = (3/4, -3/4)
    second weights: hidden' x that: ((3/4, -3/4), (0, 0))
    by hidden: (3/4 * ln 3, ...), through the ReLU (3/4 ln 3, 0); by first weights times (1, 2)
    """
    first, second = Dense(2, 2, dtype=np.float64), Dense(2, 2, dtype=np.float64)
    first.parameters["weights"][:] = [[0.5, -1], [0.25, 0]]
    first.parameters["bias"][:] = [0, 0.5]
    second.parameters["weights"][:] = [[np.log(3), 0], [7, 9]]
    network = Network([first, ReLU(), second])
    loss, gradient = softmax_cross_entropy(
        network.forward(np.array([[1.0, 2.0]]), training=True), np.array([1])
    )
    network.backward(gradient)
    SGD(momentum=0).step(network.parameters(), network.gradients(), 0.5)
    slope = 0.75 * np.log(3)
    assert loss == pytest.approx(np.log(4))
    np.testing.assert_allclose(
        first.parameters["weights"], [[0.5 - 0.5 * slope, -1], [0.25 - slope, 0]]
    )
    np.testing.assert_allclose(first.parameters["bias"], [-0.5 * slope, 0.5])
    np.testing.assert_allclose(second.parameters["weights"], [[np.log(3) - 0.375, 0.375], [7, 9]])
    np.testing.assert_allclose(second.parameters["bias"], [-0.375, 0.375])


def test_momentum_by_hand() -> None:
    weight = np.array([1.0])
    optimizer = SGD(momentum=0.5)
    optimizer.step([weight], [np.array([2.0])], 0.1)  # velocity -0.2
    assert weight[0] == pytest.approx(0.8)
    optimizer.step([weight], [np.array([1.0])], 0.1)  # velocity -0.1 - 0.1
    assert weight[0] == pytest.approx(0.6)


def test_plain_descent_by_hand() -> None:
    weight = np.array([1.0])
    optimizer = SGD(momentum=0, weight_decay=0.5)
    optimizer.step([weight], [np.array([2.0])], 0.1)  # by 0.1 * (2 + 0.5 * 1)
    assert weight[0] == pytest.approx(0.75)
    optimizer.step([weight], [np.array([0.0])], 0.1)  # by 0.1 * 0.5 * 0.75
    assert weight[0] == pytest.approx(0.7125)


def test_nesterov_by_hand() -> None:
    weight = np.array([1.0])
    SGD(momentum=0.5, nesterov=True).step([weight], [np.array([2.0])], 0.1)
    assert weight[0] == pytest.approx(1 - 0.5 * 0.2 - 0.2)


def test_adam_by_hand() -> None:
    """The first step is the rate, whatever the gradient's size: mean / root of mean square."""
    weights = np.array([1.0, 1.0])
    optimizer = Adam(epsilon=0)
    optimizer.step([weights], [np.array([5.0, -0.001])], 0.1)
    np.testing.assert_allclose(weights, [0.9, 1.1])
    optimizer.step([weights], [np.array([5.0, 0.001])], 0.1)
    second = 0.1 * (0.9 * 0.1 * -1 + 0.1) / (1 - 0.81)  # mean (-0.00009 + 0.0001) / 0.19 over 0.001
    np.testing.assert_allclose(weights, [0.8, 1.1 - second])


def test_weight_decay_shrinks() -> None:
    weights = np.array([2.0])
    Adam(weight_decay=0.5).step([weights], [np.array([0.0])], 0.1)
    assert weights[0] == pytest.approx(2 - 0.1 * 0.5 * 2)


@pytest.mark.parametrize(
    "optimizer", [Adam(), SGD(0.9), SGD(0.9, nesterov=True)], ids=["adam", "momentum", "nesterov"]
)
def test_what_has_no_gradient_any_more_never_gets_subnormal(optimizer: Optimizer) -> None:
    """Arithmetic with numbers below 1e-38 made training of half-dead networks 1.6 times as long."""
    weights = np.ones((2, 2), np.float32)
    with np.errstate(under="raise"):
        optimizer.step([weights], [np.full((2, 2), 0.01, np.float32)], 1e-3)
        for _ in range(1500):
            optimizer.step([weights], [np.zeros((2, 2), np.float32)], 1e-3)
    assert np.all(weights < 1)


def test_softmax_stands_large_logits() -> None:
    np.testing.assert_allclose(softmax(np.array([[1e4, 0.0], [-1e4, 0.0]])), [[1, 0], [0, 1]])


def test_against_scikit_learn() -> None:
    """The same weights, data and optimizer give the same loss, step by step."""
    neural = pytest.importorskip(
        "sklearn.neural_network", reason="scikit-learn isn't installed; it is no dependency"
    )
    random = np.random.default_rng(0)
    inputs, labels = random.random((40, 12)), random.integers(0, 3, 40)
    other = neural.MLPClassifier(
        (8,), solver="sgd", learning_rate_init=0.2, momentum=0.9, nesterovs_momentum=True,
        alpha=0.0, batch_size=40, shuffle=False, random_state=0,
    )  # fmt: skip
    other.partial_fit(inputs, labels, classes=[0, 1, 2])
    layers = [Dense(12, 8, dtype=np.float64), ReLU(), Dense(8, 3, dtype=np.float64)]
    network, optimizer = Network(layers), SGD(0.9, nesterov=True)
    start = neural.MLPClassifier(
        (8,), solver="sgd", learning_rate_init=1e-300, batch_size=40, alpha=0.0, random_state=0
    )
    start.partial_fit(inputs, labels, classes=[0, 1, 2])
    for layer, weights, bias in zip(layers[::2], start.coefs_, start.intercepts_, strict=True):
        layer.parameters["weights"][:], layer.parameters["bias"][:] = weights, bias
    for step in range(5):
        if step:
            other.partial_fit(inputs, labels)
        loss, gradient = softmax_cross_entropy(network.forward(inputs, training=True), labels)
        assert loss == pytest.approx(other.loss_, rel=1e-9)
        network.backward(gradient)
        optimizer.step(network.parameters(), network.gradients(), 0.2)
    np.testing.assert_allclose(layers[0].parameters["weights"], other.coefs_[0], atol=1e-10)
