"""Damage: exactly the share that is asked for, nothing else, and accuracy falls with it."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from appliance.cli import damage as damage_command
from appliance.cli import plots
from appliance.cli.damage import damage as command
from appliance.cli.sheets import Picture
from appliance.network import weights as weights_file
from appliance.network.book import BookRecipe, train_book
from appliance.network.damage import Silence, blank_input, measure_damage, remove_neurons
from appliance.network.datasets import Dataset
from appliance.network.network import Network, from_specs
from appliance.network.recipes import convolutional
from appliance.network.weights import Weights


@pytest.fixture(scope="module")
def bars() -> Dataset:
    """Ten classes: a bright bar in the row of the digit's own."""
    random = np.random.default_rng(0)
    glyphs = random.random((200, 28, 28), np.float32) * 0.1
    labels = np.arange(200) % 10
    for glyph, label in zip(glyphs, labels, strict=True):
        glyph[4 + 2 * label : 6 + 2 * label, 4:24] = 0.9
    return Dataset(glyphs, labels)


@pytest.fixture(scope="module")
def trained(bars: Dataset) -> Network:
    recipe = BookRecipe(hidden=40, rate=0.1, epochs=20)
    *_, (_, network) = train_book(recipe, bars, np.random.default_rng(0))
    return network.to_network()


def test_so_many_neurons_are_removed_in_each_layer() -> None:
    network = from_specs(convolutional((4, 8, 8, 8, 16), 11), np.random.default_rng(0)).folded()
    hurt = remove_neurons(network, 0.25, np.random.default_rng(1))
    dead = [int((~layer.alive).sum()) for layer in hurt.layers if isinstance(layer, Silence)]
    assert dead == [1, 2, 2, 2, 4]


def test_a_removed_neuron_is_one_without_outgoing_weights(trained: Network) -> None:
    glyphs = np.random.default_rng(0).random((5, 28, 28), np.float32)
    hurt = remove_neurons(trained, 0.5, np.random.default_rng(1))
    alive = next(layer.alive for layer in hurt.layers if isinstance(layer, Silence))
    expected = trained.copy()
    expected.layers[-1].parameters["weights"][~alive] = 0
    np.testing.assert_allclose(hurt.forward(glyphs), expected.forward(glyphs), atol=1e-6)


def test_the_network_itself_is_not_hurt(trained: Network) -> None:
    glyphs = np.random.default_rng(0).random((5, 28, 28), np.float32)
    before = trained.forward(glyphs)
    remove_neurons(trained, 0.9, np.random.default_rng(1))
    np.testing.assert_array_equal(trained.forward(glyphs), before)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_a_square_of_the_input_is_blanked(share: float) -> None:
    glyphs = np.ones((20, 28, 28), np.float32)
    blanked = blank_input(glyphs, share, np.random.default_rng(0))
    side = round(28 * share**0.5)
    assert ((blanked == 0).sum(axis=(1, 2)) == side * side).all()
    assert glyphs.min() == 1
    if 0 < share < 1:
        assert len({glyph.tobytes() for glyph in blanked}) > 5  # the squares lie elsewhere


@pytest.mark.parametrize("kind", ["neurons", "input"])
def test_accuracy_falls_with_damage(trained: Network, bars: Dataset, kind: str) -> None:
    random = np.random.default_rng(0)
    wounds = list(
        measure_damage(trained, bars, kind, random, shares=(0, 0.5, 1), repeats=3)  # type: ignore[arg-type]
    )
    assert [len(wound.accuracies) for wound in wounds] == [1, 3, 3]
    assert wounds[0].mean > 0.99
    assert wounds[0].mean > wounds[1].mean > wounds[2].mean
    assert wounds[2].mean == pytest.approx(0.1)


def test_the_command_writes_plot_and_table(tmp_path: Path, trained: Network, bars: Dataset) -> None:
    weights_file.save(tmp_path / "w.npz", Weights(trained))
    rows = [
        ",".join(str(v) for v in [label, *np.round(glyph.ravel() * 255).astype(int)])
        for glyph, label in zip(bars.glyphs[:50], bars.labels[:50], strict=True)
    ]
    (tmp_path / "bars.csv").write_text("\n".join(rows))
    out = tmp_path / "hurt.png"
    arguments = [tmp_path / "bars.csv", "--weights", tmp_path / "w.npz", "--out", out]
    done = CliRunner().invoke(command, [*map(str, arguments), "--repeats", "2"])
    assert done.exit_code == 0, done.output
    plot = cv2.imread(str(out))
    assert plot is not None
    assert plot.shape == (560, 900, 3)
    with (tmp_path / "hurt.csv").open() as file:
        table = list(csv.DictReader(file))
    assert {row["kind"] for row in table} == {"neurons", "input"}
    assert float(table[0]["mean"]) > 0.99
    lines = done.stdout.splitlines()
    assert len(lines) == len(table) + 1
    assert re.fullmatch(r" 90% input blanked: .* right, .* to .*", lines[-2])


@pytest.mark.parametrize(
    ("repeats", "explained"), [(1, ""), (3, "; shaded: from the worst to the best of 3")]
)
def test_the_plot_explains_what_is_shaded(
    trained: Network,
    bars: Dataset,
    repeats: int,
    explained: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What isn't damaged is measured once."""
    titles: list[str] = []

    def plot(title: str, *rest: Any) -> Picture:
        titles.append(title)
        return plots.plot(title, *rest)

    monkeypatch.setattr(damage_command, "plot", plot)
    chance = np.random.default_rng(0)
    wounds = list(measure_damage(trained, bars, "input", chance, shares=(0, 0.5), repeats=repeats))
    damage_command._plot(wounds, 20)
    assert titles == [f"Damage and what is still read, 20 glyphs{explained}"]


@pytest.mark.parametrize("command", ["damage", "evaluate"])
def test_blas_is_given_one_thread_before_numpy_is_loaded(command: str) -> None:
    """Several wait for each other at every small product, on a busy machine for ever so long."""
    script = f"""
import os, sys
class Watch:
    def find_spec(self, name, *_):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"))
sys.meta_path.insert(0, Watch())
import appliance.cli.{command}
"""
    unset = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=unset, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n"


def test_a_table_that_cant_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "hurt.csv").mkdir()
    taken = CliRunner().invoke(command, ["none.csv", "--out", str(tmp_path / "hurt.png")])
    assert taken.exit_code == 2
    assert "hurt.csv" in taken.output
    done = CliRunner().invoke(command, ["none.csv", "--out", "hurt.csv"])
    assert done.exit_code == 2
    assert "name the plot .png" in done.output
