"""The watcher: how many frames it reads, and what it answers when they disagree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.values import Frame, Reading
from appliance.watcher import MOST_FRAMES, Watcher, elect
from tests.fakes import a_reading, blank_frame


class ScriptedReader:
    """Answers frame after frame with the next reading."""

    def __init__(self, *readings: Reading) -> None:
        self._readings = iter(readings)
        self.count = 0

    def read(self, frame: Frame) -> Reading:
        self.count += 1
        return next(self._readings)


def frames() -> Iterator[Frame]:
    while True:
        yield blank_frame()


def read(text: str, confidence: float = 0.95) -> Reading:
    return a_reading(text, "read", None, confidence)


def unsure(text: str, reason: str = "3 or 8", confidence: float = 0.5) -> Reading:
    return a_reading(text, "unsure", reason, confidence)


NOTHING = Reading("nothing", (), "no ink")


class TestHowManyFrames:
    def test_two_that_agree_are_enough(self) -> None:
        reader = ScriptedReader(read("407"), read("407"))
        answer = Watcher(reader).read(frames())
        assert (answer.status, answer.text, reader.count) == ("read", "407", 2)

    def test_one_clear_frame_is_enough_for_somebody_who_waits(self) -> None:
        reader = ScriptedReader(read("407"))
        assert Watcher(reader).read(frames(), hurry=True).text == "407"
        assert reader.count == 1

    @pytest.mark.parametrize("first", [read("407", 0.7), unsure("407"), NOTHING])
    def test_more_are_read_when_the_first_is_not_clear(self, first: Reading) -> None:
        reader = ScriptedReader(first, read("407"), read("407"), read("407"))
        answer = Watcher(reader).read(frames(), hurry=True)
        assert (answer.status, answer.text) == ("read", "407")
        assert reader.count > 1

    def test_one_that_is_unsure_as_a_whole_is_not_enough_however_sure_its_digits(self) -> None:
        reader = ScriptedReader(*[unsure("4", "not a digit", 0.95)] * 5)
        Watcher(reader).read(frames(), hurry=True)
        assert reader.count > 1

    def test_another_one_decides_when_only_half_of_them_are_sure(self) -> None:
        reader = ScriptedReader(read("407"), unsure("407"), read("407"))
        answer = Watcher(reader).read(frames())
        assert (answer.status, answer.text, reader.count) == ("read", "407", 3)

    def test_never_more_than_the_most(self) -> None:
        reader = ScriptedReader(*(unsure(str(i)) for i in range(9)))
        Watcher(reader).read(frames())
        assert reader.count == MOST_FRAMES

    def test_an_answer_doesnt_take_longer_than_five_frames(self) -> None:
        reader = ScriptedReader(*(unsure(str(i)) for i in range(9)))
        Watcher(reader).read(frames())
        assert reader.count == 5

    @pytest.mark.parametrize(("confidence", "count"), [(0.85, 1), (0.84, 2)])
    def test_how_clear_a_frame_must_be_for_somebody_who_waits(
        self, confidence: float, count: int
    ) -> None:
        reader = ScriptedReader(*[read("407", confidence)] * 5)
        Watcher(reader).read(frames(), hurry=True)
        assert reader.count == count

    def test_guesses_weigh_so_little_that_four_of_them_must_agree(self) -> None:
        reader = ScriptedReader(*[unsure("3", confidence=0.5)] * 5)
        Watcher(reader).read(frames())
        assert reader.count == 4

    def test_two_frames_in_which_nothing_is_are_enough(self) -> None:
        reader = ScriptedReader(*[NOTHING] * 5)
        assert Watcher(reader).read(frames()).status == "nothing"
        assert reader.count == 2

    def test_frames_that_end_early_are_no_trouble(self) -> None:
        assert Watcher(ScriptedReader(unsure("3"))).read([blank_frame()]).status == "unsure"

    def test_without_any_frame_there_is_no_answer(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            Watcher(ScriptedReader()).read([])


class TestVote:
    def test_the_majority_wins(self) -> None:
        answer = elect([read("3"), read("8"), read("8"), read("8")])
        assert (answer.status, answer.text) == ("read", "8")

    def test_no_margin_is_unsure_and_names_the_digits(self) -> None:
        answer = elect([read("403"), read("408"), read("403", 0.9), read("408", 0.9)])
        assert (answer.status, answer.reason) == ("unsure", "3 or 8")

    def test_no_margin_between_texts_of_other_lengths_asks_to_hold_still(self) -> None:
        answer = elect([read("40"), read("408")])
        assert (answer.status, answer.reason) == ("unsure", "blurred")

    def test_guesses_alone_are_never_answered_as_read(self) -> None:
        answer = elect([unsure("3")] * MOST_FRAMES)
        assert (answer.status, answer.guess) == ("unsure", "3")

    def test_one_sure_frame_among_doubtful_ones_is_not_read(self) -> None:
        """Of many frames of a doubtful sheet one is sure by chance: it isn't to decide."""
        answer = elect([unsure("5"), read("5", 0.75), unsure("5", "not a digit")])
        assert (answer.status, answer.guess, answer.reason) == ("unsure", "5", "3 or 8")

    def test_one_glimpse_among_frames_of_nothing_is_not_read(self) -> None:
        assert elect([NOTHING, read("1", 0.7), NOTHING, NOTHING, NOTHING]).status == "nothing"

    def test_what_was_read_counts_as_such_however_doubtful_one_digit_of_it_was(self) -> None:
        """Three frames that were read lost to two in which nothing was seen."""
        answer = elect([read("404", 0.31), NOTHING, read("404", 0.31), NOTHING, read("404", 0.31)])
        assert (answer.status, answer.text) == ("read", "404")

    @pytest.mark.parametrize("reason", ["no ink", "not a digit"])
    def test_frames_that_miss_it_give_no_reason_to_doubt(self, reason: str) -> None:
        """A 4 was shown with the advice to hold up a sheet."""
        missed = Reading("nothing", (), reason)
        answer = elect([read("4"), missed, read("4"), missed, missed])
        assert (answer.status, answer.guess, answer.reason) == ("unsure", "4", "blurred")

    def test_of_two_that_were_read_the_more_confident_one_leads(self) -> None:
        assert elect([read("8", 0.85), read("3", 0.99)]).guess == "3"

    def test_frames_that_are_sure_outvote_a_doubtful_one_however_confident(self) -> None:
        answer = elect([unsure("7", confidence=0.99), read("7", 0.7), read("7", 0.7)])
        assert (answer.status, answer.text) == ("read", "7")

    def test_the_most_confident_of_the_winners_is_shown_with_all_their_time(self) -> None:
        a = Reading("read", read("7", 0.7).lines, None, 10.0, 5.0, "first")
        b = Reading("read", read("7", 0.99).lines, None, 12.0, 6.0, "second")
        answer = elect([a, b])
        assert answer.confidence == pytest.approx(0.99)
        assert (answer.time, answer.source, answer.milliseconds) == (5.0, "first", 22.0)
