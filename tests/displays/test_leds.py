"""LEDs and segments by what their pins are driven to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from appliance.displays.leds import Leds
from appliance.displays.options import GAMMA
from appliance.displays.segments import SEGMENTS
from appliance.displays.sequence import GAP, PAUSE, SHOWN
from appliance.displays.seven_segment import SevenSegment
from appliance.errors import PinError, SettingsError
from appliance.service.pins import Pins
from appliance.service.wires import clashes
from appliance.values import Reading, State
from tests.fake_pins import FakeAlarm, levels
from tests.fakes import a_reading

TEN = (5, 6, 12, 13, 16, 19, 20, 21, 25, 26)
FOUR = (5, 6, 12, 13)
SEVEN = (4, 22, 23, 24, 25, 20, 21)

NOTHING = Reading("nothing", reason="no ink")


def lit(pins: Pins) -> list[int]:
    return [number for number, level in enumerate(levels(pins, TEN)) if level]


class TestTenLeds:
    @pytest.mark.parametrize("digit", range(10))
    def test_the_digits_led_alone_is_lit(self, pins: Pins, digit: int) -> None:
        with closing(Leds(pins, numbers=TEN, alarm=FakeAlarm())) as leds:
            leds.show(a_reading(str(digit)))
            assert levels(pins, TEN) == [float(number == digit) for number in range(10)]

    def test_several_digits_follow_each_other_with_gaps_and_begin_again(self, pins: Pins) -> None:
        alarm = FakeAlarm()
        with closing(Leds(pins, numbers=TEN, alarm=alarm)) as leds:
            leds.show(a_reading("4\n47"))
            seen = [lit(pins)]
            for seconds in (SHOWN, GAP, SHOWN, GAP, SHOWN, GAP, PAUSE):
                alarm.advance(seconds)
                seen.append(lit(pins))
            assert seen == [[4], [], [4], [], [7], [], [], [4]]

    def test_what_an_unsure_reading_may_mean_is_dim(self, pins: Pins) -> None:
        with closing(Leds(pins, numbers=TEN, alarm=FakeAlarm())) as leds:
            reading = a_reading("3", "unsure", "3 or 9", 0.5)
            leds.show(reading)
            other = reading.digits[0].prediction.runner_up
            assert lit(pins) == sorted([3, other])
            assert max(levels(pins, TEN)) == pytest.approx(0.5**GAMMA)

    def test_no_led_claims_what_was_not_read(self, pins: Pins) -> None:
        with closing(Leds(pins, numbers=TEN, alarm=FakeAlarm())) as leds:
            leds.show(a_reading("5"))
            leds.show(NOTHING)
            assert lit(pins) == []

    def test_several_unsure_digits_are_no_one_of_them_and_not_nothing(self, pins: Pins) -> None:
        with closing(Leds(pins, numbers=TEN, alarm=FakeAlarm())) as leds:
            leds.show(a_reading("31", "unsure", "blurred"))
            assert levels(pins, TEN) == pytest.approx([0.5**GAMMA] * 10)

    def test_brightness_is_as_the_eye_sees_it(self, pins: Pins) -> None:
        with closing(Leds(pins, numbers=TEN, brightness=0.25, alarm=FakeAlarm())) as leds:
            leds.show(a_reading("2"))
            assert levels(pins, TEN)[2] == pytest.approx(0.25**GAMMA)

    @pytest.mark.parametrize("gamma", [1.0, 2.8])
    def test_gamma_is_a_setting(self, pins: Pins, gamma: float) -> None:
        with closing(Leds(pins, numbers=TEN, gamma=gamma, alarm=FakeAlarm())) as leds:
            leds.show(a_reading("4", "unsure", "4 or 9", confidence=0.5))
            assert max(levels(pins, TEN)) == pytest.approx(0.5**gamma)

    def test_it_goes_dark_after_a_while_and_lights_again(self, pins: Pins) -> None:
        alarm = FakeAlarm()
        with closing(Leds(pins, numbers=TEN, dark_after=20, alarm=alarm)) as leds:
            leds.show(a_reading("2"))
            alarm.advance(19.9)
            assert lit(pins) == [2]
            alarm.advance(0.2)
            assert lit(pins) == []
            leds.show(a_reading("6"))
            assert lit(pins) == [6]

    def test_states(self, pins: Pins) -> None:
        with closing(Leds(pins, numbers=TEN, alarm=FakeAlarm())) as leds:
            leds.show(a_reading("5"))
            leds.state(State.READY)
            assert lit(pins) == [5]
            leds.state(State.LOOKING)
            assert lit(pins) == []

    def test_each_question_follows_a_moment_of_dark_each_step_at_once(self, pins: Pins) -> None:
        alarm = FakeAlarm()
        with closing(Leds(pins, numbers=TEN, alarm=alarm)) as leds:
            leds.show(a_reading("11"))
            for detail, before, after in (
                ("1 1/2", [], [1]),
                ("2 1/2", [2], [2]),
                ("1 2/2", [], [1]),  # the same digit, or the next higher one: another question
                ("2 2/2", [2], [2]),
            ):
                leds.state(State.CORRECTING, detail)
                assert lit(pins) == before
                alarm.advance(GAP)
                assert lit(pins) == after
            for _ in range(2):
                leds.show(a_reading("2"))
                leds.state(State.CORRECTING, "2 1/1")
                assert lit(pins) == []
                alarm.advance(GAP)
                assert lit(pins) == [2]

    def test_several_digits_go_dark_at_the_end_of_the_round_in_which_their_time_is_over(
        self, pins: Pins
    ) -> None:
        alarm, a_round = FakeAlarm(), 2 * (SHOWN + GAP) + PAUSE
        with closing(Leds(pins, numbers=TEN, dark_after=1.6 * a_round, alarm=alarm)) as leds:
            leds.show(a_reading("47"))
            seen = []
            for _ in range(4):
                seen.append(lit(pins))
                alarm.advance(a_round + 0.01)
            assert seen == [[4], [4], [], []]

    def test_it_may_stay_lit_for_as_long_as_nothing_else_is_shown(self, pins: Pins) -> None:
        alarm, a_round = FakeAlarm(), 2 * (SHOWN + GAP) + PAUSE
        with closing(Leds(pins, numbers=TEN, dark_after=0, alarm=alarm)) as leds:
            leds.show(a_reading("47"))
            alarm.advance(999 * a_round + 0.01)
            assert lit(pins) == [4]
            leds.show(a_reading("5"))
            alarm.advance(999 * a_round)
            assert lit(pins) == [5]

    def test_a_question_that_nobody_answers_goes_dark_too(self, pins: Pins) -> None:
        alarm = FakeAlarm()
        with closing(Leds(pins, numbers=TEN, dark_after=5, alarm=alarm)) as leds:
            leds.state(State.CORRECTING, "2 1/1")
            alarm.advance(GAP + 4.9)
            assert lit(pins) == [2]
            alarm.advance(0.2)
            assert lit(pins) == []

    def test_whatever_is_lit_can_be_seen(self, pins: Pins) -> None:
        """gpiozero's lgpio pins cut off what is less than a hundredth of the time."""
        with closing(Leds(pins, numbers=TEN, brightness=0.1, alarm=FakeAlarm())) as leds:
            leds.show(a_reading("7"))
            assert [int(100 * level) for level in levels(pins, TEN)] == [0] * 7 + [1, 0, 0]

    def test_closing_twice_leaves_it_dark_and_the_pins_free(self, pins: Pins) -> None:
        leds = Leds(pins, numbers=TEN, alarm=FakeAlarm())
        leds.show(a_reading("5"))
        leds.close()
        leds.close()
        assert lit(pins) == []
        Leds(pins, numbers=TEN).close()


@pytest.mark.parametrize("digit", range(10))
def test_four_leds_show_it_in_binary_and_a_zero_isnt_dark(pins: Pins, digit: int) -> None:
    with closing(Leds(pins, numbers=FOUR, alarm=FakeAlarm())) as leds:
        leds.show(a_reading(str(digit)))
        shown = sum(int(level) << bit for bit, level in enumerate(levels(pins, FOUR)))
        assert shown == (digit or 10)


@pytest.mark.parametrize(
    "reading", [a_reading("1", "unsure", "1 or 2"), a_reading("31", "unsure", "blurred")]
)
def test_four_leds_show_no_digit_for_what_is_unsure(pins: Pins, reading: Reading) -> None:
    with closing(Leds(pins, numbers=FOUR, alarm=FakeAlarm())) as leds:
        leds.show(reading)
        assert levels(pins, FOUR) == pytest.approx([0.5**GAMMA] * 4)
        leds.show(NOTHING)
        assert levels(pins, FOUR) == [0.0] * 4


class TestSevenSegment:
    @pytest.mark.parametrize("common", ["cathode", "anode"])
    @pytest.mark.parametrize(
        ("reading", "character"),
        [
            *((a_reading(str(digit)), str(digit)) for digit in range(10)),
            (a_reading("3", "unsure", "3 or 8"), "-"),
            (NOTHING, "_"),
        ],
    )
    def test_segments(self, pins: Pins, common: str, reading: Reading, character: str) -> None:
        display = SevenSegment(pins, common=common, alarm=FakeAlarm())
        with closing(display):
            display.show(reading)
            lit = 1.0 if common == "cathode" else 0.0
            expected = [lit if name in SEGMENTS[character] else 1 - lit for name in "abcdefg"]
            assert levels(pins, SEVEN) == expected

    def test_brightness_is_as_the_eye_sees_it(self, pins: Pins) -> None:
        with closing(SevenSegment(pins, brightness=0.25, alarm=FakeAlarm())) as display:
            display.show(a_reading("8"))
            assert levels(pins, SEVEN) == pytest.approx([0.25**GAMMA] * 7)

    def test_several_digits_follow_each_other(self, pins: Pins) -> None:
        alarm = FakeAlarm()
        with closing(SevenSegment(pins, alarm=alarm, dark_after=5)) as display:
            display.show(a_reading("18"))
            seen = []
            for seconds in (0, SHOWN, GAP, SHOWN, GAP + PAUSE, 60):
                alarm.advance(seconds)
                seen.append(int(sum(levels(pins, SEVEN))))
            assert seen == [2, 0, 7, 0, 2, 0]

    def test_states(self, pins: Pins) -> None:
        alarm = FakeAlarm()
        with closing(SevenSegment(pins, alarm=alarm)) as display:
            display.state(State.CORRECTING, "8")
            assert sum(levels(pins, SEVEN)) == 0
            alarm.advance(GAP)
            assert sum(levels(pins, SEVEN)) == 7
            display.state(State.LOOKING)
            assert sum(levels(pins, SEVEN)) == 0


@pytest.mark.parametrize("make", [Leds, SevenSegment])
class TestBoth:
    @pytest.mark.parametrize("state", [s for s in State if s is not State.CORRECTING])
    def test_an_answer_stands_until_something_else_is_looked_at_or_it_ends(
        self, pins: Pins, make: Callable[..., Leds | SevenSegment], state: State
    ) -> None:
        numbers = TEN if make is Leds else SEVEN
        with closing(make(pins, alarm=FakeAlarm())) as display:
            display.show(a_reading("5"))
            display.state(state)
            stands = state in (State.STARTING, State.READY)
            assert (sum(levels(pins, numbers)) > 0) == stands

    def test_nothing_more_is_shown_once_it_is_closed(
        self, pins: Pins, make: Callable[..., Leds | SevenSegment]
    ) -> None:
        alarm = FakeAlarm()
        display = make(pins, alarm=alarm)
        display.show(a_reading("47"))
        display.close()
        with closing(make(pins, alarm=FakeAlarm())):  # the pins were given back
            alarm.advance(60)
            assert sum(levels(pins, TEN if make is Leds else SEVEN)) == 0


@pytest.mark.parametrize(("make", "count"), [(Leds, 9), (Leds, 0), (SevenSegment, 8)])
def test_a_wrong_number_of_pins_is_told(
    pins: Pins, make: Callable[..., object], count: int
) -> None:
    with pytest.raises(SettingsError, match=f"numbers has {count} pins; it takes"):
        make(pins, numbers=tuple(range(count)))


def test_a_pin_of_another_is_told(pins: Pins) -> None:
    with (
        closing(SevenSegment(pins)),
        pytest.raises(PinError, match=r"GPIO25.*can't be used"),
    ):
        Leds(pins, numbers=TEN)


def test_wires_name_both_users_of_a_pin() -> None:
    found = clashes(
        {
            "leds": Leds.wires(numbers=TEN, brightness=1),
            "seven_segment": SevenSegment.wires(numbers=SEVEN, common="anode"),
        }
    )
    assert found[0] == (
        "GPIO25 is used twice: by leds (LED for 8) and by seven_segment (segment e over 330 ohm)"
    )
    assert len(found) == 3
