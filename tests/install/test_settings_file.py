"""What the installer reads in the settings file of an owner, and writes into it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.install.parts import Parts

SETTINGS = "/etc/digit-appliance/config.toml"
GENERATED = """[displays]
# Where readings are shown. Names: terminal, leds.
#use = ["terminal"]

[displays.oled]
height = 32
"""
WRITTEN = {
    "as the installer does": '[displays]\nuse = ["oled", "buzzer"]\n',
    "over several lines": '[displays]\nuse = [\n  "oled",  # the small one\n  "buzzer",\n]\n',
    "with a comment": '[displays]\nuse = ["oled", "buzzer"]  # [the] "small" one\n',
    "a comment at the header": '[displays]  # mine\nuse = ["oled", "buzzer"]\n',
    "blanks in the header": '[ displays ]\n  use=["oled", "buzzer"]\n',
    "by Windows": '[displays]\r\nuse = ["oled", "buzzer"]\r\n[log]\r\n',
    "after others": '[displays]\n#use = ["leds"]\n[log]\n[displays.oled]\nheight = 32\n',
    "without an end": '[displays]\nuse = ["oled", "buzzer"]',
}
REFUSED = {
    "dotted": 'displays.use = ["oled"]\n',
    "dotted, with another": 'displays.oled.height = 32\ndisplays.use = ["oled"]\n',
    "in one line": 'displays = { use = ["oled"] }\n',
    "in quotes": '["displays"]\nuse = ["oled"]\n',
    "the key in quotes": '[displays]\n"use" = ["oled"]\n',
    "a header in a text": 'displays.use = ["oled"]\nx = """\n[displays]\n"""\n',
}


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


def write(parts: Parts, text: str) -> Path:
    file = parts.path(SETTINGS)
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_names_are_read_and_changed_however_they_are_written(parts: Parts, text: str) -> None:
    file, before = write(parts, text), tomllib.loads(text)
    expected = before["displays"].get("use", [])
    assert parts.says("in_settings displays").split() == expected
    parts.says(f"settings_file set {file} displays leds,oled >{file}.new")
    changed = Path(f"{file}.new").read_bytes().decode()
    displays = {**before["displays"], "use": ["leds", "oled"]}
    assert tomllib.loads(changed) == {**before, "displays": displays}
    assert changed.count("\r\n") == text.count("\r\n")


def test_a_byte_order_mark_is_passed_over(parts: Parts) -> None:
    file = write(parts, '\ufeff[displays]\nuse = ["oled"]\n')
    parts.says("check_readable")
    assert parts.says("in_settings displays") == "oled\n"
    assert parts.says(f"settings_file set {file} displays leds") == '[displays]\nuse = ["leds"]\n'


def test_a_comment_of_the_owner_stays(parts: Parts) -> None:
    comment = '# use = ["leds"] was for the old box\n'
    file = write(parts, f"[displays]\n{comment}")
    changed = parts.says(f"settings_file set {file} displays oled")
    assert changed == f'[displays]\nuse = ["oled"]\n{comment}'


@pytest.mark.parametrize("text", [GENERATED, "[log]\n", ""])
def test_what_is_missing_is_added(parts: Parts, text: str) -> None:
    file = write(parts, text)
    assert parts.says("in_settings displays; in_settings camera") == ""
    changed = parts.says(f"settings_file set {file} displays leds")
    assert changed.replace('use = ["leds"]', '#use = ["terminal"]') == (
        text if text == GENERATED else f'{text}\n[displays]\n#use = ["terminal"]\n'
    )
    camera = parts.says(f"settings_file set {file} camera webcam")
    assert tomllib.loads(camera)["camera"] == {"use": "webcam"}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_it_cant_change_is_told_before_anything_is_done(parts: Parts, text: str) -> None:
    file = write(parts, text)
    assert parts.says("in_settings displays") == "oled\n"
    parts.says("read_arguments --display oled; check_readable; check_changeable")
    done = parts.run("read_arguments --display leds,oled; check_readable; check_changeable")
    assert done.returncode == 1
    assert done.stderr == (
        f"The installer can't change displays.use in {file} as it is written there. "
        "Write this under a line [displays] and leave the option away:\n"
        '  use = ["leds", "oled"]\n'
    )
    assert file.read_text() == text


@pytest.mark.parametrize("text", ["[displays\n", "use = 1\nuse = 2\n"])
def test_what_cant_be_read_is_told_before_anything_is_done(parts: Parts, text: str) -> None:
    file = write(parts, text)
    done = parts.run("check_readable")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{file} can't be read: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("names", ["leds, oled", " leds ,\toled "])
def test_blanks_between_names_dont_matter(parts: Parts, names: str) -> None:
    assert parts.says(f"read_arguments --display '{names}'; chosen displays") == "leds\noled\n"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("leds,", "In 'leds,' a name is missing; there are: terminal,"),
        (",leds", "In ',leds' a name is missing;"),
        ("leds,,oled", "In 'leds,,oled' a name is missing;"),
        (" ", "In ' ' a name is missing;"),
        ("leds,oled,leds", "leds is named twice."),
    ],
)
def test_missing_and_repeated_names_are_told(parts: Parts, names: str, said: str) -> None:
    done = parts.run(f"read_arguments --display '{names}'; echo it goes on")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)


def test_a_service_isnt_given_the_enter_key(parts: Parts) -> None:
    done = parts.run("read_arguments --trigger button,manual; echo it goes on")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "A service has no Enter key for manual; there are: interval, stillness, button.\n"
    )


@pytest.mark.parametrize("text", ['[triggers]\nuse = ["manual"]\n', "[triggers]\n"])
def test_settings_that_leave_a_service_only_the_enter_key_are_told(parts: Parts, text: str) -> None:
    write(parts, text)
    done = parts.run("check_triggers; echo it goes on")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("Choose with --trigger: interval, stillness, button.\n")
    parts.says("read_arguments --trigger button; check_triggers")


@pytest.mark.parametrize(
    "text",
    ['[triggers]\nuse = ["button"]\n', '[triggers]\nuse = ["button", "manual"]\n', None],
)
def test_other_settings_and_none_are_fine(parts: Parts, text: str | None) -> None:
    if text is not None:
        write(parts, text)
    assert parts.says("check_readable; check_changeable; check_triggers; echo it goes on") == (
        "it goes on\n"
    )
