"""How fast is a person's way of writing learnt, and does that harm others?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.corrections --mnist DIR [--people 140] [--seed 7]
        [--generated 200] [--unbounded] [FOLDER...]

Learning: each of some people writes one digit oddly, as one of MNIST's training images shows it of
which the classifier doesn't know the middle line any more, on drawn sheets, alone or beside another
digit. The first sheet that isn't read rightly is corrected; counted is what is read of the later
ones, before and after it. Then the same with every such sheet corrected.

So do the pictures of each group of FOLDERs, as if one person had written them.

Harm: what is read of other people's digits, in FOLDERs of labelled pictures (see `scripts/score`)
and drawn scenes, with corrections of those people, and with wrong ones, as a child would make them:
an ordinary digit that is said to be another.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance import memory
from appliance.decide import decide
from appliance.learning.ordinary import ordinary_digits
from appliance.learning.samples import is_legible
from appliance.memory import Memory
from appliance.network.classifier import Classifier
from appliance.network.datasets import Dataset, read_mnist
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter
from appliance.network.transcriber import Transcriber
from appliance.reader import Reader
from appliance.recall import recalled
from appliance.scenes import Difficulty, Samples, generate, held, writer
from appliance.trust import Opinion
from appliance.values import Correction, Frame, Status
from appliance.vision.eye import View
from appliance.vision.light import Light
from benchmarks.score import followed, generated, in_a_sentence, labels, opened

SHEETS = 9
"""Of each person."""

KINDS: tuple[Difficulty, ...] = ("easy", "medium", "easy")
"""Of their scenes, in turn."""

PEN = 0.12
"""Width of the line, in heights, in which a digit must be illegible to be odd."""

NOWHERE = -2.0
"""An APART that bounds nothing."""

DRAWN = 11
"""Seed of the drawn scenes."""

DRAWS = 12
"""Sets of corrections whose harm is averaged."""

SIZE = 1280, 960
LIT = Light(brightness=200, saturated=0, sharpness=50, contrast=100, size=SIZE)
"""Size and light that are given for each frame: reasons depend on them, not the status."""


@dataclass(frozen=True)
class Seen:
    """What the networks made of a frame, and its truth, lines run together."""

    opinion: Opinion
    digits: str

    def told(self, known: Memory) -> tuple[str, Status]:
        """The digits, lines run together, and how they are answered."""
        sight, chance = recalled(self.opinion, known.says)
        status, _ = decide(sight, chance, lambda: LIT, SIZE)
        return sight.text.replace("\n", ""), status

    def correctable(self, known: Memory) -> bool:
        """Whether it isn't read rightly, but the right number of digits is shown."""
        guess, status = self.told(known)
        right = status == "read" and guess == self.digits
        return status != "nothing" and len(guess) == len(self.digits) and not right

    def corrections(self, said: str | None = None) -> list[Correction]:
        """What a person says of its digits: the truth, or something else."""
        digits = self.opinion[0].digits
        told = zip(digits, said or self.digits, strict=True)
        return [Correction(digit.glyph, int(sign)) for digit, sign in told]


@dataclass(frozen=True)
class Person:
    """The sheets of one, and which digit is theirs."""

    digit: str
    sheets: list[Seen]


class Eye(Reader):
    """A reader without any memory that keeps what it sees."""

    seen: Opinion

    def see(self, pixels: NDArray[np.uint8], digits: str) -> Seen:
        """What the networks make of a frame."""
        self.read(Frame(pixels))
        return Seen(self.seen, digits)

    def _opinion(self, seen: View) -> Opinion:
        self.seen = super()._opinion(seen)
        return self.seen


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Learning from corrections, and its harm.")
    parser.add_argument("folder", nargs="*", type=Path)
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--people", type=int, default=140)
    parser.add_argument("--generated", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--unbounded", action="store_true", help="as if nobody wrote ordinarily")
    options = parser.parse_args()
    with patch.object(memory, "APART", NOWHERE if options.unbounded else memory.APART):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Let people write and correct, and count."""
    classifier, mnist = Classifier.load(), read_mnist(options.mnist)
    eye = Eye(classifier, Spotter.load(), Recogniser.load(), Transcriber.load())
    known = Memory(classifier.features, ordinary_digits)
    random = np.random.default_rng(options.seed)
    odd = [
        person(eye, mnist, place, [options.seed, number])
        for number, place in enumerate(
            followed(odd_ones(mnist, classifier, options.people, random), "odd", options.people)
        )
    ]
    plain = [
        person(eye, mnist, int(place), [options.seed, options.people + number])
        for number, place in enumerate(
            followed(
                random.choice(len(mnist.labels), options.people // 2, replace=False), "ordinary"
            )
        )
    ]
    once(odd, known)
    always("people", odd, known)
    right = [one for p in odd if (one := first(p, known)[1])]
    wrong = [one for p in plain[::2] if (one := contrary(p, random))]
    others = {"people of ordinary hand": [seen for p in plain[1::2] for seen in p.sheets]}
    samples = {
        folder.resolve().name: list(starmap(opened, ((folder, r) for r in labels(folder, None))))
        for folder in options.folder
    } | {"drawn scenes": list(generated(options.generated, DRAWN, None))}
    for name, some in samples.items():
        others[name] = [eye.see(s.pixels, s.digits) for s in followed(some, name)]
        for group in dict.fromkeys(sample.group for sample in some):
            pairs = zip(some, others[name], strict=True)
            one = Person("", [seen for sample, seen in pairs if sample.group == group])
            always(f"{name}, {group}", [one], known)
    for name, seen in others.items():
        harm(name, seen, right, wrong, known)


def odd_ones(
    mnist: Dataset, classifier: Classifier, count: int, random: Generator
) -> Iterator[int]:
    """Images that another pen makes illegible."""
    for place in random.permutation(len(mnist.labels)).tolist():
        digit = int(mnist.labels[place])
        alone = Samples(mnist.glyphs[place][None], np.array([digit]))
        strokes = alone.write(np.random.default_rng(place), digit, PEN)
        if strokes and not is_legible(classifier, strokes, digit):
            count -= 1
            yield place
        if not count:
            return


def person(eye: Eye, mnist: Dataset, place: int, seed: Sequence[int]) -> Person:
    """Somebody who writes a digit as an image shows it, the others as nobody else does."""
    digit = str(mnist.labels[place])
    samples = Samples(mnist.glyphs[place][None], mnist.labels[place][None])
    hand = replace(writer.new_writer(np.random.default_rng(seed)), samples=samples)
    sheets = []
    for number in range(SHEETS):
        random = np.random.default_rng([*seed, number])
        other = str(random.choice([sign for sign in "0123456789" if sign != digit]))
        text = (digit, digit + other, other + digit)[number % 3]
        with (
            patch.object(held, "new_writer", lambda *_: hand),
            patch.object(writer, "BORROWED", 1.0),
        ):
            scene = generate(random, KINDS[number % 3], digits=text, samples=samples)
        sheets.append(eye.see(scene.frame, text))
    return Person(digit, sheets)


def first(one: Person, known: Memory) -> tuple[int, Correction | None]:
    """The first sheet that somebody corrects, and what of it; len(sheets) when none is."""
    known.learn([])
    for number, seen in enumerate(one.sheets):
        if seen.correctable(known):
            return number, seen.corrections()[seen.digits.index(one.digit)]
    return len(one.sheets), None


def contrary(one: Person, random: Generator) -> Correction | None:
    """A wrong correction of somebody's first sheet, of their digit alone."""
    seen = one.sheets[0]
    if len(seen.opinion[0].digits) != 1:
        return None
    said = (int(one.digit) + int(random.integers(1, 10))) % 10
    return seen.corrections(str(said))[0]


def counted(seen: Sequence[Seen], known: Memory) -> NDArray[np.float64]:
    """How many are read exactly (those without digits: not read), and wrongly as `read`."""
    count = np.zeros(2)
    for one in seen:
        text, status = one.told(known)
        sure = status == "read"
        right = sure and text == one.digits
        count += [right if one.digits else not sure, sure and not right]
    return count


def once(people: Sequence[Person], known: Memory) -> None:
    """One correction of each: what is read later, without it and with it."""
    before, after, sheets, told = np.zeros(2), np.zeros(2), 0, 0
    for one in people:
        number, correction = first(one, known)
        later = one.sheets[number + 1 :]
        if correction is None or not later:
            continue
        before += counted(later, known)
        known.learn([correction])
        after += counted(later, known)
        sheets, told = sheets + len(later), told + 1
    print(f"one correction of each of {told} people; {sheets} later sheets, exact / wrong as read:")
    print(f"  without it {words(before, sheets)}, with it {words(after, sheets)}")


def always(name: str, people: Sequence[Person], known: Memory) -> None:
    """Every sheet corrected that has to be: what is read while it goes on."""
    before, after = np.zeros(2), np.zeros(2)
    for one in people:
        known.learn([])
        before += counted(one.sheets, known)
        told: list[Correction] = []
        for seen in one.sheets:
            known.learn(told)
            after += counted([seen], known)
            if seen.correctable(known):
                told += seen.corrections()
    sheets = sum(len(one.sheets) for one in people)
    print(f"{name}: each of {sheets} sheets corrected where it has to be:")
    print(f"  without {words(before, sheets)}, with {words(after, sheets)}")


def words(count: NDArray[np.float64], sheets: int) -> str:
    """Counts in percent."""
    exact, wrong = 100 * count / max(sheets, 1)
    return f"{exact:.1f} / {wrong:.1f} %"


def harm(
    name: str,
    seen: Sequence[Seen],
    right: Sequence[Correction],
    wrong: Sequence[Correction],
    known: Memory,
) -> None:
    """What is read of others with so many corrections, averaged over DRAWS of them."""
    print(f"{name}: {len(seen)} pictures, exact and wrong as read")
    for kind, pool, count in (
        ("no", right, 0), ("right", right, 1), ("right", right, 10), ("right", right, 100),
        ("wrong", wrong, 1), ("wrong", wrong, 3),
    ):  # fmt: skip
        sums, least = np.zeros(2), len(seen)
        for draw in range(DRAWS):
            chosen = np.random.default_rng(draw).permutation(len(pool))[:count]
            known.learn([pool[index] for index in chosen])
            some = counted(seen, known)
            sums, least = sums + some, min(least, int(some[0]))
        exact, wrongly = sums / DRAWS
        print(f"  {min(count, len(pool)):>4} {kind:5}  {exact:8.1f} {wrongly:6.1f}  worst {least}")


if __name__ == "__main__":
    with in_a_sentence("corrections"):
        main()
