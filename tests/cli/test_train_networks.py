"""`train-spotter`, `-recogniser`, `-transcriber`: from drawn scenes to weights that load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.cli.main import main
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import CHANNELS, Spotter
from appliance.network.transcriber import Transcriber
from appliance.network.weights import shipped_path

Captured = pytest.CaptureFixture[str]
Shapes = list[tuple[int, ...]]
SMALL = ("--scenes", "8", "--seed", "3", "--epochs", "1")


@dataclass(frozen=True)
class Network:
    """A network with its command, `train-<name>`.

    answers: shapes of its answers to something; shapes: those that they must have.
    measure: what its command says that it has measured.
    held_out: of how many examples; None: of some.
    other: another network's file.
    """

    name: str
    load: Callable[[Path], Any]
    answers: Callable[[Any], Shapes]
    shapes: Shapes
    measure: str
    held_out: int | None
    other: str

    @property
    def file(self) -> str:
        return f"{self.name}.npz"

    def run(self, *arguments: str) -> int | str | None:
        with pytest.raises(SystemExit) as done:
            main((f"train-{self.name}", *arguments))
        return done.value.code


def spotted(spotter: Spotter) -> Shapes:
    return [spotter.spot(np.zeros((6, 8, CHANNELS), np.float32)).shape]


def recognised(recogniser: Recogniser) -> Shapes:
    says, where = recogniser.recognise(np.zeros((3, 48, 48), np.uint8))
    return [says.shape, where.shape]


def transcribed(transcriber: Transcriber) -> Shapes:
    return [transcriber.transcribe(np.zeros((36, 132), np.uint8)).shape]


NETWORKS = [
    Network(
        "spotter", Spotter.load, spotted, [(12, 16, 2)], "middles found: ", 1, "recogniser.npz"
    ),
    Network(
        "recogniser",
        Recogniser.load,
        recognised,
        [(3, 11), (3, 4)],
        "windows told: ",
        None,
        "spotter.npz",
    ),
    Network(
        "transcriber",
        Transcriber.load,
        transcribed,
        [(25, 11)],
        "lines read: ",
        None,
        "spotter.npz",
    ),
]
each_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)


@each_network
def test_a_network_is_trained_that_loads(network: Network, tmp_path: Path, capfd: Captured) -> None:
    out = tmp_path / network.file
    assert network.run(*SMALL, "--out", str(out)) == 0, capfd.readouterr().err
    loaded = network.load(out)
    assert network.answers(loaded) == network.shapes
    about = loaded.weights.about
    assert about["data"] == "8 drawn scenes"
    assert (about["seed"], about["epochs"]) == (3, 1)
    assert about["held_out"] > 0
    assert network.held_out in (None, about["held_out"])
    said = capfd.readouterr().out
    assert f"{out}: " in said
    assert network.measure in said


@each_network
def test_a_shipped_network_is_trained_on(network: Network, tmp_path: Path, capfd: Captured) -> None:
    out, shipped = tmp_path / network.file, shipped_path(network.file)
    status = network.run(*SMALL, "--start", str(shipped), "--out", str(out))
    assert status == 0, capfd.readouterr().err
    before, after = network.load(shipped).weights, network.load(out).weights
    assert after.about["start"] == network.file
    assert after.network.specs() == before.network.specs()


@each_network
def test_help_has_an_example(network: Network, capfd: Captured) -> None:
    assert network.run("--help") == 0
    said = " ".join(capfd.readouterr().out.split())
    assert f"Example: digit-appliance train-{network.name}" in said


@each_network
@pytest.mark.parametrize(
    "arguments",
    [(), ("--out", "x.npz", "--scenes", "1"), ("--out", "x.npz", "--threads", "0")],
)
def test_wrong_usage(network: Network, arguments: tuple[str, ...], capfd: Captured) -> None:
    assert network.run(*arguments) == 2
    assert "Error: " in capfd.readouterr().err


@each_network
def test_another_networks_weights_are_told_before_anything_is_drawn(
    network: Network, tmp_path: Path, capfd: Captured
) -> None:
    start, out = shipped_path(network.other), tmp_path / "x.npz"
    assert network.run("--scenes", "100000", "--start", str(start), "--out", str(out)) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert f"{network.name}'s weights" in line
