"""Layers for whole pictures; their gradients are checked in test_gradients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.network.context import Context, DepthToSpace, Pad, SpaceToDepth
from appliance.network.layers import Layer, Spec
from appliance.network.network import Network, from_specs
from appliance.network.normalization import BatchNorm, norms_of
from appliance.network.weights import Weights, load, save

BLOCK: list[Spec] = [
    {"kind": "Pad", "margin": 1},
    {"kind": "Convolution", "channels": 4, "kernels": 4, "size": 3, "bias": False},
    {"kind": "BatchNorm", "channels": 4},
    {"kind": "ReLU"},
]
SPECS: list[Spec] = [
    {"kind": "SpaceToDepth", "block": 2},
    *BLOCK,
    {"kind": "Context", "layers": [*BLOCK, {"kind": "Context", "layers": BLOCK}]},
    {"kind": "Convolution", "channels": 4, "kernels": 8, "size": 1},
    {"kind": "DepthToSpace", "block": 2},
]
PICTURES = np.random.default_rng(2).random((3, 16, 24, 1), np.float32)


@pytest.fixture
def network() -> Network:
    """With statistics and parameters that are no layer's first ones."""
    random = np.random.default_rng(1)
    network = from_specs(SPECS, random)
    for parameter in network.parameters():
        parameter += 0.2 * random.standard_normal(parameter.shape, np.float32)
    for norm in norms_of(network.layers):
        norm.statistics["mean"] = random.standard_normal(4, np.float32)
        norm.statistics["variance"] = random.uniform(0.5, 2, 4).astype(np.float32)
    return network


def all_layers(layers: list[Layer]) -> list[Layer]:
    inner = [all_layers(layer.layers) for layer in layers if isinstance(layer, Context)]
    return [*layers, *(layer for some in inner for layer in some)]


@pytest.mark.parametrize("block", [1, 2, 4])
def test_depth_to_space_inverts_space_to_depth(block: int) -> None:
    deep = SpaceToDepth(block).forward(PICTURES)
    assert deep.shape == (3, 16 // block, 24 // block, block**2)
    np.testing.assert_array_equal(DepthToSpace(block).forward(deep), PICTURES)


def test_space_to_depth_takes_a_square_row_by_row() -> None:
    picture = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    assert SpaceToDepth(2).forward(picture)[0, 0, 1].tolist() == [2, 3, 6, 7]


def test_pad_lays_zeros_around() -> None:
    padded = Pad(2).forward(PICTURES)
    assert padded.shape == (3, 20, 28, 1)
    np.testing.assert_array_equal(padded[:, 2:-2, 2:-2], PICTURES)
    assert padded.sum() == pytest.approx(PICTURES.sum(), rel=1e-5)


def test_a_context_without_layers_adds_the_mean_of_each_square() -> None:
    picture = np.array([[1, 2, 0, 0], [3, 6, 0, 8]], np.float32)[None, ..., None]
    expected = [[4, 5, 2, 2], [6, 9, 2, 10]]
    assert Context([]).forward(picture)[0, ..., 0].tolist() == expected


def test_folding_leaves_the_outputs_and_no_batch_norm(network: Network) -> None:
    folded = network.folded()
    assert not any(isinstance(layer, BatchNorm) for layer in all_layers(folded.layers))
    assert len(norms_of(network.layers)) == 3, "the network itself stays as it was"
    np.testing.assert_allclose(folded.forward(PICTURES), network.forward(PICTURES), atol=1e-5)


@pytest.mark.parametrize("folded", [False, True])
def test_a_file_gives_the_same_outputs(network: Network, folded: bool, tmp_path: Path) -> None:
    kept = network.folded() if folded else network
    save(tmp_path / "w.npz", Weights(kept, classes=("ink", "core")))
    loaded = load(tmp_path / "w.npz")
    assert loaded.classes == ("ink", "core")
    assert loaded.network.specs() == kept.specs()
    np.testing.assert_array_equal(loaded.network.forward(PICTURES), kept.forward(PICTURES))


def test_a_file_for_pictures_of_two_channels_is_loaded(tmp_path: Path) -> None:
    convolution: Spec = {"kind": "Convolution", "channels": 8, "kernels": 2, "size": 1}
    network = from_specs([{"kind": "SpaceToDepth", "block": 2}, convolution])
    save(tmp_path / "w.npz", Weights(network, classes=("ink", "core")))
    outputs = load(tmp_path / "w.npz").network.forward(np.zeros((1, 4, 6, 2), np.float32))
    assert outputs.shape == (1, 2, 3, 2)


def test_a_copy_has_parameters_and_statistics_of_its_own(network: Network) -> None:
    before = network.forward(PICTURES)
    copy = network.copy()
    np.testing.assert_array_equal(copy.forward(PICTURES), before)
    for parameter in copy.parameters():
        parameter += 1
    for norm in norms_of(copy.layers):
        norm.statistics["mean"] += 1
    np.testing.assert_array_equal(network.forward(PICTURES), before)


def test_a_twin_shares_the_parameters(network: Network) -> None:
    twin = network.twin()
    pairs = list(zip(twin.parameters(), network.parameters(), strict=True))
    assert len(pairs) == 8
    assert all(ours is theirs for ours, theirs in pairs)
    twin.forward(PICTURES, training=True)
    twin.backward(np.ones((3, 16, 24, 2), np.float32))
    assert [g.shape for g in twin.gradients()] == [p.shape for p in network.parameters()]
