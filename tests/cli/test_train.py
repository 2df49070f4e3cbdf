"""`train`, run as a user runs it, on a tiny data set."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.cli.main import main
from appliance.cli.train import follow
from appliance.errors import TrainingError
from appliance.network.classification import Classification
from appliance.network.datasets import Dataset
from appliance.network.handwriting import draw_digits
from appliance.network.layers import Dense, Sigmoid
from appliance.network.network import from_specs
from appliance.network.optimizers import Adam
from appliance.network.recipes import fully_connected
from appliance.network.training import Plan, Trainer
from appliance.network.training import Progress as Standing
from appliance.network.weights import load
from tests.network.test_sweep import write_mnist


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like MNIST's, with 240 + 60 digits drawn by strokes."""
    folder = tmp_path_factory.mktemp("data")
    glyphs, labels = draw_digits(300, np.random.default_rng(0))
    pixels = np.round(glyphs * 255).astype(np.uint8)
    for part, chosen in (("train", slice(240)), ("t10k", slice(240, None))):
        images = pixels[chosen]
        header = struct.pack(">4I", 2051, len(images), 28, 28)
        path = folder / f"{part}-images-idx3-ubyte.gz"
        path.write_bytes(gzip.compress(header + images.tobytes()))
        numbers = labels[chosen].astype(np.uint8)
        path = folder / f"{part}-labels-idx1-ubyte"
        path.write_bytes(struct.pack(">2I", 2049, len(numbers)) + numbers.tobytes())
    return folder


def command(*arguments: str | Path) -> list[str]:
    code = "from appliance.cli import main; main()"
    return [sys.executable, "-c", code, "train", *map(str, arguments)]


def train(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False)


def test_train_writes_weights_that_say_how_they_came_to_be(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "w.npz"
    options = ("--recipe", "quick", "--epochs", "2", "--seed", "3", "--json", "--out", out)
    done = train("--data", data, *options)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    about = load(out).about
    assert about["recipe"] == "quick"
    assert about["seed"] == 3
    assert about["epochs"] == 2
    assert about["held_out"] == 40
    assert "240 training images" in about["data"]
    assert answer == {"weights": str(out), **about}
    assert 0 <= about["test_accuracy"] <= 1
    assert "epoch 2/2" in done.stderr


def test_training_on_says_how_right_the_first_weights_were(data: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    options = ("--data", data, "--recipe", "quick", "--epochs", "2")
    assert train(*options, "--out", first).returncode == 0
    done = train(*options, "--start", first, "--out", second)
    assert done.returncode == 0, done.stderr
    about = load(second).about
    assert about["start_accuracy"] == load(first).about["held_out_accuracy"]
    assert f"that of --start: {about['start_accuracy']:.2%}" in done.stdout


def test_the_books_recipe(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "w.npz"
    done = train("--data", data, "--recipe", "book-zero", "--epochs", "1", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "test accuracy" in done.stdout
    kinds = [type(layer) for layer in load(out).network.layers]
    assert kinds[1:] == [Dense, Sigmoid, Dense]


def test_interrupt_keeps_the_best_so_far(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "w.npz"
    options = ("--recipe", "quick", "--epochs", "100000", "--out", out)
    with subprocess.Popen(
        command("--data", data, *options),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # a test run in the background ignores the signal, and its children would too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        assert process.stderr
        assert "epoch 1/100000" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "keeping the best weights so far" in errors
    assert load(out).about["epochs"] < 100000
    assert [item.name for item in tmp_path.iterdir()] == ["w.npz"]


def test_interrupt_before_the_first_epoch_keeps_nothing_and_says_so(
    data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Trainer) -> Iterator[None]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "run", interrupted)
    with pytest.raises(SystemExit) as done:
        main(["train", "--data", str(data), "--recipe", "quick", "--out", str(tmp_path / "w.npz")])
    assert done.value.code == 130
    assert "nothing is kept" in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


def unteachable() -> Trainer:
    """A trainer whose held-out glyphs are a digit that isn't taught."""
    glyphs = np.random.default_rng(0).random((20, 28, 28), np.float32)
    training, held_out = Dataset(glyphs, np.arange(20) % 2), Dataset(glyphs, np.full(20, 9))
    plan = Plan(epochs=2, batch_size=5, averaging=0.0)
    return Trainer(
        from_specs(fully_connected((8,), 10)), Adam(), plan, Classification(training, held_out)
    )


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), TrainingError("it diverged")])
def test_an_epoch_that_gets_nothing_right_is_kept_too(
    stop: BaseException, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = unteachable()
    steps = trainer.run()

    def stopped() -> Iterator[Standing]:
        for step in steps:
            yield step
            if step.accuracy is not None:
                raise stop

    monkeypatch.setattr(trainer, "run", stopped)
    assert follow(trainer) == 1
    assert trainer.best_accuracy == 0
    errors = capfd.readouterr().err
    assert f"{str(stop) or 'stopped'}; keeping the best weights so far" in errors
    assert "held-out accuracy of what is kept 0.00%" in errors


def test_divergence_in_the_first_epoch_keeps_nothing_and_says_only_that(
    data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.network.training.DIVERGED", 0.0)
    with pytest.raises(SystemExit) as done:
        main(["train", "--data", str(data), "--recipe", "quick", "--out", str(tmp_path / "w.npz")])
    assert done.value.code == 1
    errors = capfd.readouterr().err
    assert "nothing is kept" in errors
    assert "diverged in epoch 1" in errors
    assert "so far" not in errors
    assert not list(tmp_path.iterdir())


def test_interrupt_in_the_test_keeps_the_weights(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("appliance.cli.train.accuracy_of", interrupted)
    out = tmp_path / "w.npz"
    with pytest.raises(SystemExit) as done:
        main(["train", "--data", str(data), "--recipe", "book-zero", "--out", str(out)])
    assert done.value.code == 130
    assert load(out).about["epochs"] == 1


def test_a_pipe_is_written_once(data: Path, tmp_path: Path) -> None:
    """With the accuracy; who reads it has gone after the first weights."""
    pipe, out = tmp_path / "pipe", tmp_path / "w.npz"
    os.mkfifo(pipe)
    with out.open("wb") as file, subprocess.Popen(["cat", str(pipe)], stdout=file):
        arguments = command("--data", data, "--recipe", "book-zero", "--out", pipe)
        subprocess.run(arguments, check=True, capture_output=True, timeout=60)
    assert "test_accuracy" in load(out).about


@pytest.mark.parametrize(
    ("lost", "left", "status"),
    [
        ("t10k-labels-idx1-ubyte", "", 1),
        ("t10k-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz.part", 0),
    ],
)
def test_test_images_that_are_not_all_there_cost_no_weights(
    data: Path, tmp_path: Path, lost: str, left: str, status: int
) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    (copy / lost).unlink()
    if left:
        (copy / left).touch()
    out = tmp_path / "w.npz"
    done = train("--data", copy, "--recipe", "book-zero", "--out", out)
    assert done.returncode == status
    assert (f"there is no {lost}" in done.stderr) == bool(status)
    assert "test_accuracy" not in load(out).about


def test_a_folder_that_isnt_there_is_told_with_how_to_fill_it(tmp_path: Path) -> None:
    done = train("--data", tmp_path / "none", "--out", tmp_path / "w.npz")
    assert done.returncode == 1
    assert f"scripts/fetch-mnist {tmp_path}/none" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("damage", "status", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-99]), 1, "damaged gzip"),
        (lambda path: path.unlink(), 1, "there is no train-images-idx3-ubyte.gz"),
    ],
)
def test_bad_data_is_one_sentence(  # type: ignore[no-untyped-def]
    data: Path, tmp_path: Path, damage, status: int, words: str
) -> None:
    for path in data.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    damage(tmp_path / "train-images-idx3-ubyte.gz")
    done = train("--data", tmp_path, "--recipe", "quick", "--out", tmp_path / "w.npz")
    assert done.returncode == status
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "w.npz").exists()


@pytest.mark.parametrize(
    ("labels", "recipe", "words"),
    [
        ([1, 2, 3, 4, 5], "sprint", "too small to train on and to judge by: it has 5 glyphs"),
        ([1] * 12, "sprint", "training glyphs are a 1; training needs at least two"),
        ([1] * 12, "book-first", "training glyphs are a 1; training needs at least two"),
    ],
)
def test_data_that_teaches_nothing_is_refused(
    tmp_path: Path, labels: list[int], recipe: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    glyphs, _ = draw_digits(len(labels), np.random.default_rng(0))
    write_mnist(tmp_path, Dataset(glyphs, np.array(labels)))
    with pytest.raises(SystemExit) as done:
        main(["train", "--data", str(tmp_path), "--recipe", recipe, "--out", str(tmp_path / "w")])
    assert done.value.code == 1
    [line] = capfd.readouterr().err.splitlines()
    assert words in line
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    "options",
    [("--epochs", "0"), ("--recipe", "soup"), ("--seed", "-1"), ("--out", "/nowhere/at/all.npz")],
)
def test_wrong_usage(data: Path, tmp_path: Path, options: tuple[str, str]) -> None:
    done = train("--data", data, "--out", tmp_path / "w.npz", *options)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("recipe", ["quick", "book-first"])
def test_crops_are_refused_where_ten_digits_are_all_that_is_learnt(
    data: Path, tmp_path: Path, recipe: str
) -> None:
    options = ("--recipe", recipe, "--crops", "crops.npz", "--out", tmp_path / "w.npz")
    done = train("--data", data, *options)
    assert done.returncode == 2
    assert "--recipe default" in done.stderr
    assert not (tmp_path / "w.npz").exists()


@pytest.mark.parametrize("option", [("--start", "w.npz"), ("--threads", "2")])
def test_the_books_recipes_refuse_what_they_would_ignore(
    data: Path, tmp_path: Path, option: tuple[str, str]
) -> None:
    done = train("--data", data, "--recipe", "book-zero", *option, "--out", tmp_path / "w.npz")
    assert done.returncode == 2
    assert option[0] in done.stderr
    assert not (tmp_path / "w.npz").exists()
