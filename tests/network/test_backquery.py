"""Backwards queries: the book's by hand, the ascent by what the network then says."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from appliance.cli.backquery import backquery as command
from appliance.cli.sheets import save_png
from appliance.errors import PictureError
from appliance.network import weights as weights_file
from appliance.network.backquery import ascend, backquery_book, logit, smooth
from appliance.network.book import BookNetwork, BookRecipe, scale_inputs, train_book
from appliance.network.datasets import Dataset
from appliance.network.network import from_specs
from appliance.network.recipes import convolutional
from appliance.network.weights import Weights


@pytest.fixture(scope="module")
def stripes() -> Dataset:
    """Ten classes: a bright bar in the row of the digit's own."""
    random = np.random.default_rng(0)
    glyphs = random.random((400, 28, 28), np.float32) * 0.1
    labels = np.arange(400) % 10
    for glyph, label in zip(glyphs, labels, strict=True):
        glyph[4 + 2 * label : 6 + 2 * label, 4:24] = 0.9
    return Dataset(glyphs, labels)


@pytest.fixture(scope="module")
def trained(stripes: Dataset) -> BookNetwork:
    *_, (_, network) = train_book(
        BookRecipe(hidden=40, rate=0.1, epochs=20), stripes, np.random.default_rng(0)
    )
    return network


def test_the_book_way_by_hand() -> None:
    """Two hidden nodes: targets through logit, weights, rescaling; then the same to the input."""
    input_hidden = np.zeros((2, 784))
    input_hidden[0, 3], input_hidden[1, 7] = 1.0, 2.0
    hidden_output = np.zeros((10, 2))
    hidden_output[4] = 1.0, -1.0
    picture = backquery_book(BookNetwork(input_hidden, hidden_output), 4).ravel()
    # hidden: rescaled to 0.99 and 0.01, whose logits are +-log(99); input 7 weighs double
    top = np.log(99)
    signals = np.array([top, -2 * top, 0.0])
    expected = 0.01 + (signals + 2 * top) / (3 * top) * 0.98
    np.testing.assert_allclose(picture[[3, 7, 0]], expected, atol=1e-6)


def test_logit_is_the_inverse_of_the_sigmoid() -> None:
    outputs = np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(1 / (1 + np.exp(-logit(outputs))), outputs, atol=1e-12)


def test_a_network_of_zeros_gives_grey() -> None:
    picture = backquery_book(BookNetwork(np.zeros((3, 784)), np.zeros((10, 3))), 0)
    np.testing.assert_allclose(picture, 0.5)


def test_the_book_network_knows_its_own_pictures(trained: BookNetwork) -> None:
    pictures = np.array([backquery_book(trained, digit) for digit in range(10)])
    answers = trained.query(scale_inputs(pictures)).argmax(axis=1)
    assert (answers == np.arange(10)).sum() >= 9
    for digit, picture in enumerate(pictures):
        rows = picture[:, 4:24].mean(axis=1)
        assert rows[4 + 2 * digit : 6 + 2 * digit].mean() > rows.mean()


def test_the_ascent_convinces_the_network(trained: BookNetwork) -> None:
    digits = np.array([0, 3, 9])
    network = trained.to_network()
    pictures = ascend(network, digits, range(60))
    assert pictures.shape == (3, 28, 28)
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    np.testing.assert_array_equal(network.forward(pictures).argmax(axis=1), digits)


def test_the_ascent_works_through_convolutions_and_changes_no_weights() -> None:
    network = from_specs(convolutional((4, 4, 4, 4, 8), 11), np.random.default_rng(0))
    before = [array.copy() for array in network.parameters()]
    digits = np.arange(10)
    grey = network.forward(np.full((10, 28, 28), 0.5, np.float32))
    risen = network.forward(ascend(network, digits, range(20)))
    assert (risen[digits, digits] > grey[digits, digits]).all()
    for array, kept in zip(network.parameters(), before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_smoothing_keeps_the_sum() -> None:
    picture = np.zeros((1, 28, 28))
    picture[0, 14, 14] = 16 * 16
    smoothed = smooth(picture)[0]
    assert smoothed[14, 14] == 36
    assert smoothed[12, 16] == 1
    assert smoothed.sum() == pytest.approx(256)


@pytest.mark.parametrize("digits", [[], ["--digit", "7"]])
def test_the_command_writes_a_sheet(
    tmp_path: Path, trained: BookNetwork, digits: list[str]
) -> None:
    weights_file.save(tmp_path / "w.npz", Weights(trained.to_network()))
    out = tmp_path / "sheet.png"
    done = CliRunner().invoke(
        command, ["--weights", str(tmp_path / "w.npz"), "--out", str(out), *digits]
    )
    assert done.exit_code == 0, done.output
    sheet = cv2.imread(str(out), cv2.IMREAD_GRAYSCALE)
    assert sheet is not None
    assert (sheet.shape[1] < 2 * sheet.shape[0]) == bool(digits)  # one square or two rows of five
    assert np.asarray(sheet).std() > 10
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".png"] == ["sheet.png"]


def test_a_folder_that_is_missing_is_said(tmp_path: Path, trained: BookNetwork) -> None:
    weights_file.save(tmp_path / "w.npz", Weights(trained.to_network()))
    out = tmp_path / "nowhere" / "sheet.png"
    done = CliRunner().invoke(command, ["--weights", str(tmp_path / "w.npz"), "--out", str(out)])
    assert done.exit_code == 2
    assert "there is no folder" in done.output


def test_a_folder_that_refuses_is_said(tmp_path: Path, trained: BookNetwork) -> None:
    weights_file.save(tmp_path / "w.npz", Weights(trained.to_network()))
    (tmp_path / "sheet.png").mkdir()
    out = tmp_path / "sheet.png"
    with pytest.raises(PictureError, match="can't be written"):
        save_png(out, np.zeros((4, 4), np.uint8))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.png", "w.npz"]
