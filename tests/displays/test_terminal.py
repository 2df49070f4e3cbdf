"""The terminal's drawings, character by character."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from appliance.displays.picture import braille, half_blocks, seven_segments, ten_leds
from appliance.displays.segments import SEGMENTS
from appliance.displays.terminal import Terminal, draw
from appliance.values import Reading, State
from tests.fakes import a_reading


def shown(reading: Reading, **console: object) -> str:
    stream = io.StringIO()
    Terminal(console=Console(file=stream, **console)).show(reading)  # type: ignore[arg-type]
    return stream.getvalue()


def test_seven_segments_of_all_digits() -> None:
    rows = [row.plain for row in seven_segments("0123456789-", "red", unlit=None)]
    assert rows == [
        " ━━━         ━━━   ━━━         ━━━   ━━━   ━━━   ━━━   ━━━        ",
        "┃   ┃     ┃     ┃     ┃ ┃   ┃ ┃     ┃         ┃ ┃   ┃ ┃   ┃       ",
        "             ━━━   ━━━   ━━━   ━━━   ━━━         ━━━   ━━━   ━━━  ",
        "┃   ┃     ┃ ┃         ┃     ┃     ┃ ┃   ┃     ┃ ┃   ┃     ┃       ",
        " ━━━         ━━━   ━━━         ━━━   ━━━         ━━━   ━━━        ",
    ]


def test_no_two_characters_look_the_same() -> None:
    assert len({frozenset(lit) for lit in SEGMENTS.values()}) == len(SEGMENTS)


def test_leds_show_the_probabilities() -> None:
    probabilities = np.zeros(10, np.float32)
    probabilities[3], probabilities[8] = 0.7, 0.3
    assert [row.plain for row in ten_leds(probabilities, "red")] == [
        "○ ○ ○ ● ○ ○ ○ ○ ◐ ○ ",
        "0 1 2 3 4 5 6 7 8 9 ",
    ]


def test_braille_sets_a_dot_for_each_bright_pixel() -> None:
    pixels = np.zeros((8, 4), np.float32)
    pixels[0, 0] = pixels[3, 1] = pixels[4, 2] = 1
    assert [row.plain for row in braille(pixels)] == ["⢁⠀", "⠀⠁"]


@given(st.integers(0, 2**32 - 1))
def test_braille_holds_as_many_dots_as_there_are_bright_pixels(seed: int) -> None:
    pixels = np.random.default_rng(seed).random((28, 28), np.float32)
    dots = sum((ord(c) - 0x2800).bit_count() for row in braille(pixels) for c in row.plain)
    assert dots == int((pixels >= 0.5).sum())


def test_half_blocks_carry_two_pixels_each() -> None:
    pixels = np.array([[0, 1], [0.5, 0.2]], np.float32)
    (row,) = half_blocks(pixels)
    colours = [span.style for span in row.spans]
    assert row.plain == "▀▀"
    assert [(c.color.name, c.bgcolor.name) for c in colours] == [  # type: ignore[union-attr]
        ("rgb(0,0,0)", "rgb(128,128,128)"),
        ("rgb(255,255,255)", "rgb(51,51,51)"),
    ]


@pytest.mark.parametrize(
    ("reading", "line"),
    [
        (a_reading("407"), "read 407 (90%, 7 ms)\n"),
        (a_reading("12\n34"), "read 12 / 34 (90%, 7 ms)\n"),
        (a_reading("3", "unsure", "3 or 8", 0.5), "unsure 3? (50%): 3 or 8\n"),
        (Reading("nothing", reason="too dark"), "nothing: too dark\n"),
    ],
)
def test_without_a_terminal_it_is_one_plain_line(reading: Reading, line: str) -> None:
    assert shown(reading) == line


def test_in_a_terminal_it_draws_digits_leds_glyphs_and_words() -> None:
    output = shown(a_reading("407"), force_terminal=True, width=80, color_system=None)
    assert "━━━" in output
    assert "● ○ ○ ○ ● ○ ○ ● ○ ○" in output
    assert any(0x2800 < ord(character) < 0x2900 for character in output)
    assert "read 407 (90%, 7 ms)" in output


def test_glyphs_are_grey_blocks_while_they_fit() -> None:
    blocks = sum("▀" in row.plain for row in draw(a_reading("40"), 78, colours=True))
    assert blocks == 14
    assert not any("▀" in row.plain for row in draw(a_reading("407"), 78, colours=True))


@pytest.mark.parametrize("digits", [1, 2, 5, 12, 30])
def test_nothing_is_wider_than_the_terminal(digits: int) -> None:
    rows = draw(a_reading("8" * digits), 78, colours=True)
    assert max(row.cell_len for row in rows) <= 78


def test_only_what_a_person_should_know_of_the_states_is_said() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    for state in State:
        terminal.state(
            state, {State.CAMERA_LOST: "unplugged", State.CORRECTING: "4"}.get(state, "")
        )
    assert stream.getvalue() == "is it a 4?\ncamera lost: unplugged\nshutting down\n"


def test_how_to_answer_stands_after_the_question() -> None:
    stream = io.StringIO()
    Terminal(stream, answers="Enter: the next").state(State.CORRECTING, "8")
    assert stream.getvalue() == "is it an 8? (Enter: the next)\n"


def test_in_a_terminal_a_doubt_comes_with_what_to_do() -> None:
    assert "Is it 3 or 8? Write it more" in shown(
        a_reading("3", "unsure", "3 or 8"), force_terminal=True, width=80
    )
    assert "Hold up a sheet" in shown(
        Reading("nothing", reason="no ink"), force_terminal=True, width=80
    )


@pytest.mark.parametrize(
    ("reading", "truth", "wrong"),
    [
        (a_reading("407"), "407", ""),
        (a_reading("401"), "407", "That is wrong: it was 407."),
        (a_reading("407"), "40\n7", "That is wrong: it was 40 / 7."),
        (a_reading("4"), "", "That is wrong: it was no digit."),
        (a_reading("401", "unsure", "1 or 7"), "407", ""),  # nothing was promised
    ],
)
def test_where_the_truth_is_known_a_wrong_answer_is_called_so(
    reading: Reading, truth: str, wrong: str
) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, no_color=True)
    Terminal(console=console, truth=lambda: truth).show(reading)
    assert ("That is wrong" in stream.getvalue()) == bool(wrong)
    assert wrong in stream.getvalue()


def test_caption_and_hint_stand_around_the_reading() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None)
    terminal = Terminal(console=console, hint="press Enter", caption=lambda: "held up: 407")
    terminal.show(a_reading("407"))
    output = stream.getvalue()
    assert output.index("held up: 407") < output.index("━━━") < output.index("press Enter")
