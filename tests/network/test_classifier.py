"""The classifier as the reader uses it, and calibration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import PictureError, WeightsError
from appliance.network.calibration import (
    expected_calibration_error,
    fit_temperature,
    separation,
)
from appliance.network.classifier import Classifier
from appliance.network.datasets import read_mnist
from appliance.network.handwriting import draw_digits
from appliance.network.layers import Array, Dense, Flatten, Layer, ReLU, Reshape
from appliance.network.losses import softmax
from appliance.network.network import Network
from appliance.network.weights import Weights


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


def test_a_network_of_other_glyphs_is_refused() -> None:
    network = Network([Reshape(14, 14, 1), Flatten(), Dense(196, 10)])
    with pytest.raises(WeightsError, match="takes no glyphs of 28 x 28"):
        Classifier(Weights(network))


def test_nothing_gives_nothing(classifier: Classifier) -> None:
    assert classifier.classify(np.zeros((0, 28, 28), np.float32)) == []


def test_probabilities_sum_to_one(classifier: Classifier) -> None:
    glyphs = np.random.default_rng(0).random((5, 28, 28), np.float32)
    predictions = classifier.classify(glyphs)
    assert len(predictions) == 5
    for prediction in predictions:
        assert prediction.probabilities.shape == (10,)
        assert prediction.probabilities.sum() + prediction.not_a_digit == pytest.approx(1, abs=1e-5)


def test_a_glyph_alone_and_among_others_is_read_alike(classifier: Classifier) -> None:
    glyphs, _ = draw_digits(40, np.random.default_rng(0))
    together = classifier.probabilities(glyphs)
    alone = np.concatenate([classifier.probabilities(glyph[None]) for glyph in glyphs])
    np.testing.assert_allclose(alone, together, atol=1e-5)


def test_other_writing_than_mnists_is_read(classifier: Classifier) -> None:
    glyphs, labels = draw_digits(500, np.random.default_rng(7))
    answers = classifier.probabilities(glyphs)[:, :10].argmax(axis=1)
    assert (answers == labels).mean() > 0.95


def test_mnist(classifier: Classifier, shared: Path) -> None:
    test = read_mnist(shared / "mnist", "t10k")[:2000]
    probabilities = classifier.probabilities(test.glyphs)
    assert (probabilities[:, :10].argmax(axis=1) == test.labels).mean() >= 0.99
    assert (probabilities[:, 10] > 0.5).mean() < 0.003


def test_ten_classes_leave_no_doubt_whether_it_is_a_digit() -> None:
    network = Network([Flatten(), Dense(784, 10)])
    prediction = Classifier(Weights(network)).classify(np.ones((1, 28, 28), np.float32))[0]
    assert prediction.not_a_digit == 0
    np.testing.assert_allclose(prediction.probabilities, 0.1, rtol=1e-5)


@pytest.mark.parametrize(
    ("glyphs", "words"),
    [
        (np.full((1, 28, 28), np.nan, np.float32), "NaN"),
        (np.full((1, 28, 28), np.inf, np.float32), "infinite"),
        (np.zeros((28, 28), np.float32), "N, 28, 28"),
        (np.zeros((2, 27, 28), np.float32), "27"),
    ],
)
def test_what_is_no_glyph_is_refused(
    classifier: Classifier, glyphs: np.ndarray, words: str
) -> None:
    with pytest.raises(PictureError, match=words):
        classifier.classify(glyphs)


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"none\.npz"):
        Classifier.load(tmp_path / "none.npz")


def test_temperature_undoes_overconfidence() -> None:
    """Labels drawn from softmax(logits), then the logits made three times too sure."""
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (5000, 10))
    labels = np.array([random.choice(10, p=row) for row in softmax(logits)])
    assert fit_temperature(3 * logits, labels) == pytest.approx(3, rel=0.1)
    before = expected_calibration_error(softmax(3 * logits), labels)
    after = expected_calibration_error(softmax(3 * logits, 3), labels)
    assert after < 0.03 < before


def test_calibration_error_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.3, 0.7]])
    labels = np.array([0, 1, 1, 1])
    # right half of the time at 0.9, always at 0.7: (0.4 * 2 + 0.3 * 2) / 4
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.35)


def test_separation_by_hand() -> None:
    assert separation(np.array([3.0, 2.0]), np.array([1.0, 0.0])) == 1
    assert separation(np.array([1.0]), np.array([1.0, 2.0])) == 0.25


def test_import_loads_neither_scipy_nor_opencv() -> None:
    code = (
        "import sys, appliance.network.classifier, appliance.network.recipes;"
        "print([m for m in ('scipy', 'cv2', 'rich', 'click') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_features_are_what_the_last_layer_is_given() -> None:
    random = np.random.default_rng(0)
    hidden_one, last = Dense(784, 30, random=random), Dense(30, 10, random=random)
    layers: list[Layer] = [Flatten(), hidden_one, ReLU(), last]
    classifier = Classifier(Weights(Network(layers)))
    glyphs = random.random((3, 28, 28), np.float32)
    features = classifier.features(glyphs)
    hidden: Array = glyphs
    for layer in layers[:-1]:
        hidden = layer.forward(hidden)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(features * np.linalg.norm(hidden, axis=1)[:, None], hidden, 1e-4)


def test_features_of_nothing_are_nothing(classifier: Classifier) -> None:
    assert not classifier.features(np.zeros((0, 28, 28), np.float32)).size
    assert np.isfinite(classifier.features(np.zeros((1, 28, 28), np.float32))).all()
