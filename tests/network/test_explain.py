"""Evidence adds up to the answer, and blanking it changes the answer."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from appliance.cli.explain import explain as command
from appliance.network import weights as weights_file
from appliance.network.book import BookRecipe, train_book
from appliance.network.datasets import Dataset
from appliance.network.explain import explain
from appliance.network.handwriting import draw_digits
from appliance.network.layers import Dense, Flatten
from appliance.network.network import Network
from appliance.network.weights import Weights


def test_a_linear_network_is_explained_by_weight_times_input() -> None:
    dense = Dense(784, 10, random=np.random.default_rng(0))
    network = Network([Flatten(), dense])
    glyph = np.random.default_rng(1).random((28, 28), np.float32)
    evidence = explain(network, glyph)
    logits = network.forward(glyph[None])[0]
    assert evidence.answer == logits.argmax()
    assert evidence.runner_up == np.argsort(logits)[-2]
    weights = dense.parameters["weights"].reshape(28, 28, 10)
    expected = weights[:, :, evidence.answer] * glyph
    np.testing.assert_allclose(evidence.for_answer, expected, atol=1e-6)
    expected = -weights[:, :, evidence.runner_up] * glyph
    np.testing.assert_allclose(evidence.against_runner_up, expected, atol=1e-6)


def test_evidence_adds_up_to_what_the_logits_have_more_than_a_blank_glyphs() -> None:
    """Of the shipped network's answers to drawn digits."""
    network = weights_file.load().network
    glyphs, _ = draw_digits(4, np.random.default_rng(1))
    for glyph in glyphs:
        evidence = explain(network, glyph)
        more, blank = network.forward(np.stack([glyph, np.zeros_like(glyph)]))
        more -= blank
        answer, runner_up = more[evidence.answer], more[evidence.runner_up]
        assert evidence.for_answer.sum() == pytest.approx(answer, rel=0.02, abs=0.05)
        assert evidence.together.sum() == pytest.approx(answer - runner_up, rel=0.02, abs=0.05)


def test_blanking_the_evidence_changes_more_answers_than_blanking_at_random(mnist: Dataset) -> None:
    book = BookRecipe(hidden=30)
    *_, (_, trained) = train_book(book, mnist[:4000], np.random.default_rng(0))
    network = trained.to_network()
    random = np.random.default_rng(0)
    changed = {"evidence": 0, "random": 0}
    for glyph in mnist.glyphs[5000:5040]:
        evidence = explain(network, glyph)
        ink = np.flatnonzero(glyph)
        ranked = ink[np.argsort(-evidence.together.ravel()[ink])]
        for name, order in (("evidence", ranked), ("random", random.permutation(ink))):
            blanked = glyph.copy()
            blanked.ravel()[order[:20]] = 0
            changed[name] += int(network.forward(blanked[None]).argmax() != evidence.answer)
    assert changed["evidence"] >= 15
    assert changed["random"] <= 5


@pytest.mark.parametrize(("sign", "digit"), [("A", False), ("4", True)])
def test_the_command_says_when_it_is_no_digit(tmp_path: Path, sign: str, digit: bool) -> None:
    picture = np.full((100, 100), 255, np.uint8)
    cv2.putText(picture, sign, (20, 80), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 0, 8)
    cv2.imwrite(str(tmp_path / "sign.png"), picture)
    arguments = [str(tmp_path / "sign.png"), "--out", str(tmp_path / "evidence.png")]
    done = CliRunner().invoke(command, arguments)
    assert ("no digit (" in done.output) != digit
    assert ("of the digits it is nearest to" in done.output) != digit
    assert ("; more than one digit? cut one out\n" in done.output) != digit
    answer = json.loads(CliRunner().invoke(command, [*arguments, "--json"]).output)
    assert (answer["not_a_digit"] < 0.5) == digit
    assert len(answer["probabilities"]) == 10
    assert sum(answer["probabilities"]) + answer["not_a_digit"] == pytest.approx(1, abs=1e-3)


def test_the_command_draws_a_heat_map(tmp_path: Path) -> None:
    dataset = Dataset(np.random.default_rng(0).random((50, 28, 28), np.float32), np.arange(50) % 10)
    *_, (_, trained) = train_book(BookRecipe(hidden=5), dataset, np.random.default_rng(0))
    weights_file.save(tmp_path / "w.npz", Weights(trained.to_network()))
    picture = np.full((28, 28), 255, np.uint8)
    cv2.line(picture, (14, 5), (14, 22), 0, 2)
    cv2.imwrite(str(tmp_path / "one.png"), picture)
    out = tmp_path / "evidence.png"
    arguments = [tmp_path / "one.png", "--weights", tmp_path / "w.npz", "--out", out]
    done = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    sheet = cv2.imread(str(out))
    assert sheet is not None
    red, blue = sheet[:, :, 2].astype(int), sheet[:, :, 0].astype(int)
    assert np.abs(red - blue).max() > 100  # some evidence is coloured
    assert sheet[-18:-4].min() < 100  # what the colours mean
    assert "runner-up" in done.output
