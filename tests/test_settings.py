"""The settings file: every fault at once, each with key, value and what was expected."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import settings
from appliance.cameras import CAMERAS
from appliance.errors import SettingsError
from appliance.registry import Registry
from appliance.settings import CHOICES, JournalSettings, document, load, parse

CHECKOUT = Path(__file__).parent.parent


def faults(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse(text, "config.toml")
    return str(caught.value).splitlines()


def test_nothing_given_means_the_defaults() -> None:
    found = parse("", "config.toml")
    assert found.camera.name == "synthetic"
    assert [trigger.name for trigger in found.triggers] == ["manual"]
    assert [display.name for display in found.displays] == ["terminal"]
    assert found.journal == JournalSettings()


def test_what_is_given_is_taken() -> None:
    found = parse(
        """
        [camera]
        use = "pictures"
        [camera.pictures]
        paths = ["a.jpg", "folder"]
        [triggers]
        use = ["manual", "interval"]
        [triggers.interval]
        seconds = 5
        [journal]
        keep_days = 2.5
        """,
        "config.toml",
    )
    assert found.camera.options == {"paths": ("a.jpg", "folder")}
    assert found.triggers[1].options == {"seconds": 5.0, "times": 0}
    assert found.journal.keep_days == 2.5


def test_every_fault_is_told_at_once_with_key_value_and_what_was_expected() -> None:
    lines = faults(
        """
        jornal = 1
        [camera]
        use = "sinthetic"
        [triggers]
        use = "manual"
        [triggers.interval]
        seconds = -1
        sekonds = 1
        [journal]
        keep_readings = "many"
        keep_days = true
        keep_reading = 5
        [log]
        level = "loud"
        """
    )
    assert lines[0] == "config.toml: 9 faults in the settings:"
    assert sorted(lines[1:]) == sorted(
        [
            "  jornal = 1: expected a known name; did you mean 'journal'?",
            "  camera.use = 'sinthetic': expected another; there is no camera 'sinthetic'; "
            "did you mean 'synthetic'?",
            "  triggers.use = 'manual': expected a list of one or more, each a text in quotes",
            "  triggers.interval.seconds = -1: expected a number, at least 0",
            "  triggers.interval.sekonds = 1: expected a known name; did you mean 'seconds'?",
            "  journal.keep_readings = 'many': expected a whole number from 1 to 1,000,000,000",
            "  journal.keep_days = True: expected a number, at least 0",
            "  journal.keep_reading = 5: expected a known name; did you mean 'keep_readings'?",
            "  log.level = 'loud': expected a text in quotes, one of debug, info, warning",
        ]
    )


UNFIT = """
[triggers]
use = ["button"]
[triggers.button]
hold = 0.3
[displays]
use = ["buzzer", "status_led", "status_led", "max7219", "oled"]
[displays.buzzer]
number = 27
[displays.leds]
numbers = [2, 3, 4]
dark_after = 99999999999
[displays.oled]
height = 50
[displays.seven_segment]
numbers = []
[camera.synthetic]
digits = "12a"
[journal]
keep_readings = 9223372036854775808
"""


def test_what_run_would_refuse_is_told_with_all_the_rest() -> None:
    """Counts of pins, a pin for two, a name twice, numbers too small and too large, no digits."""
    lines = faults(UNFIT)
    assert lines[0] == "config.toml: 9 faults in the settings:"
    assert sorted(lines[1:]) == sorted(
        [
            "  triggers.button.hold = 0.3: expected a number, at least 0.5",
            "  displays.use = ['buzzer', 'status_led', 'status_led', 'max7219', 'oled']: "
            "expected each name once",
            "  displays.leds.numbers = [2, 3, 4]: "
            "expected a list of 10 or 4, each a whole number from 0 to 27",
            "  displays.leds.dark_after = 99999999999: expected a number from 0 to 1,000,000,000",
            "  displays.oled.height = 50: expected a whole number, one of 64, 32",
            "  camera.synthetic.digits = '12a': "
            "expected what fits scenes = \"easy\"; '12a' can't be written on a scene; "
            "give digits only, lines of them separated by a newline",
            "  displays.seven_segment.numbers = []: "
            "expected a list of 7, each a whole number from 0 to 27",
            "  journal.keep_readings = 9223372036854775808: "
            "expected a whole number from 1 to 1,000,000,000",
            "  GPIO27 is used twice: by displays.buzzer (passive buzzer over 100 ohm) "
            "and by displays.status_led (status LED): expected a pin for each",
        ]
    )


def test_pins_that_cant_be_taken_dont_clash_as_their_defaults() -> None:
    """The default of the LEDs would clash with the button."""
    text = "[triggers]\nuse = ['button']\n[triggers.button]\nnumber = 5\n"
    lines = faults(text + "[displays]\nuse = ['leds']\n[displays.leds]\nnumbers = [2, 3]\n")
    assert lines[0] == "config.toml: 1 fault in the settings:"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_numbers_must_be_finite(value: str) -> None:
    assert "expected a number, at least 0" in faults(f"[journal]\nkeep_days = {value}")[1]


def test_true_is_no_number_and_a_number_not_true() -> None:
    assert faults("[triggers.interval]\nseconds = true\ntimes = true")[1:] == [
        "  triggers.interval.seconds = True: expected a number, at least 0",
        "  triggers.interval.times = True: expected a whole number, at least 0",
    ]
    assert faults("[displays.leds]\nnumbers = [true, 2, 3, 4]")[1:] == [
        "  displays.leds.numbers = [True, 2, 3, 4]: "
        "expected a list of 10 or 4, each a whole number from 0 to 27",
    ]
    assert faults("[learning]\nuse = 1")[1:] == ["  learning.use = 1: expected true or false"]


def test_a_whole_number_may_stand_for_another_and_a_broken_one_not_for_a_whole_one() -> None:
    assert parse("[journal]\nkeep_days = 2", "config.toml").journal.keep_days == 2.0
    assert "expected a whole number" in faults("[triggers.interval]\ntimes = 2.0")[1]


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_that_no_computer_holds_is_told(sign: str) -> None:
    lines = faults(f"[journal]\nkeep_days = {sign}{'9' * 401}")
    assert "expected a number, at least 0" in lines[-1]


def test_a_number_of_thousands_of_digits_is_told() -> None:
    assert faults(f"[journal]\nkeep_days = {'9' * 5000}") == [
        "config.toml: a number in it has thousands of digits; write a smaller one"
    ]
    assert faults(f"[journal]\nkeep_days = 0x{'f' * 5000}")[1] == (
        "  journal.keep_days = a number of thousands of digits: expected a number, at least 0"
    )


@pytest.mark.parametrize("text", ["", "4", "40\\n7"])
def test_digits_may_stand_in_lines(text: str) -> None:
    settings = parse(f'[camera.synthetic]\ndigits = "{text}"', "config.toml")
    assert settings.camera.options["digits"] == text.replace("\\n", "\n")


@pytest.mark.parametrize("text", ["12a", "-5", " ", "4\\n", "\u0664"])
def test_what_isnt_digits_is_told(text: str) -> None:
    assert "camera.synthetic.digits" in faults(f'[camera.synthetic]\ndigits = "{text}"')[1]


def test_digits_on_scenes_that_have_none_are_told_with_both_keys() -> None:
    assert faults('[camera.synthetic]\ndigits = "4"\nscenes = "negative"')[1] == (
        "  camera.synthetic.digits = '4': expected what fits scenes = \"negative\"; "
        "a scene of kind negative has no digits; give none"
    )


@pytest.mark.parametrize("section", ["camera", "journal", "displays"])
def test_a_section_that_is_a_value_is_told(section: str) -> None:
    assert f"expected a section [{section}]" in faults(f"{section} = 3")[1]


@pytest.mark.parametrize("path", ["~nobody-is-called-so/j", "a\\u0000b"])
def test_a_path_that_is_none_is_told(path: str) -> None:
    text = f'[journal]\npath = "{path}"\n[camera.pictures]\npaths = ["{path}"]'
    found = [line.split(" = ")[0].strip() for line in faults(text)[1:]]
    assert found == ["journal.path", "camera.pictures.paths"]


def test_nothing_names_no_picture() -> None:
    assert "camera.pictures.paths" in faults('[camera.pictures]\npaths = [""]')[1]


def test_an_empty_choice_is_shown_as_it_is_written() -> None:
    assert 'one of "", lgpio' in faults('[gpio]\nfactory = "best"')[1]


def test_broken_toml_names_the_line() -> None:
    (line,) = faults("[camera\nuse = 1")
    assert line.startswith("config.toml: not valid TOML: ")
    assert "line 1" in line


class TestFile:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match=r"no\.toml: can't be read: No such file"):
            load(tmp_path / "no.toml")

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="can't be read: Is a directory"):
            load(tmp_path)

    def test_not_text(self, tmp_path: Path) -> None:
        file = tmp_path / "config.toml"
        file.write_bytes(b"[log]\nlevel = '\xff'")
        with pytest.raises(SettingsError, match="byte 15 isn't UTF-8"):
            load(file)

    def test_a_byte_order_mark_is_passed_over(self, tmp_path: Path) -> None:
        file = tmp_path / "config.toml"
        file.write_text("[camera]\nuse = 'synthetic'\n", encoding="utf-8-sig")
        assert load(file).camera.name == "synthetic"

    def test_default_place_may_be_empty(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "DEFAULT_FILE", tmp_path / "none.toml")
        assert load().camera.name == "synthetic"


VALUES = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "manual", "terminal"]),
    lambda inner: st.lists(inner, max_size=2),
)
KEYS = st.sampled_from(["use", "paths", "seed", "keep_days", "level", "path", "manual", "x y"])
SECTIONS = st.sampled_from(
    ["camera", "camera.pictures", "triggers", "displays.terminal", "journal", "log", "nonsense"]
)


@given(st.dictionaries(SECTIONS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=4))
def test_whatever_stands_there_is_settings_or_one_error(
    table: dict[str, dict[str, object]],
) -> None:
    lines = []
    for section, keys in table.items():
        lines.append(f"[{section}]")
        lines += [f'"{key}" = {str(value).lower()}' for key, value in keys.items()]
    text = "\n".join(lines).replace("'", '"')
    try:
        parse(text, "config.toml")
    except SettingsError as error:
        assert str(error).startswith("config.toml: ")


class TestDocument:
    def test_its_keys_uncommented_are_the_defaults(self) -> None:
        lines = [
            line[1:] if line.startswith("#") and not line.startswith("# ") else line
            for line in document().splitlines()
        ]
        assert parse("\n".join(lines), "document") == parse("", "defaults")

    def test_it_names_every_adapter_and_key(self) -> None:
        text = document()
        for words in ("[camera.pictures]", "#paths = []", "[journal]", "#keep_days = 90.0"):
            assert words in text

    def test_the_copy_in_docs_is_the_one_that_the_code_makes(self) -> None:
        copy = CHECKOUT / "docs" / "config.toml"
        assert copy.read_text() == document(), "run: digit-appliance settings > docs/config.toml"


class TestRegistry:
    def test_an_entry_point_adds_an_adapter(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "tripod.py").write_text("class Tripod:\n    pass\n")
        package = tmp_path / "tripod-1.dist-info"
        package.mkdir()
        (package / "METADATA").write_text("Metadata-Version: 2.1\nName: tripod\nVersion: 1\n")
        (package / "entry_points.txt").write_text(
            "[digit_appliance.cameras]\ntripod = tripod:Tripod\ngone = tripod:Gone\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        assert CAMERAS.names[-2:] == ["gone", "tripod"]
        assert CAMERAS.load("tripod").__name__ == "Tripod"
        with pytest.raises(SettingsError, match=r"camera 'gone' \(tripod:Gone\) can't be imported"):
            CAMERAS.load("gone")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("raise RuntimeError('no board here')", "can't be imported: no board here"),
            ("raise TimeoutError", "can't be imported: TimeoutError"),
            (
                "from __future__ import annotations\n"
                "class Tripod:\n    def __init__(self, clock: Clock) -> None: ...\n",
                "Tripod's settings can't be told: name 'Clock' is not defined",
            ),
        ],
    )
    def test_one_of_others_that_fails_is_a_fault_of_the_settings(
        self, text: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "a_broken_tripod.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "a_broken_tripod", raising=False)
        cameras = {**CAMERAS.builtin, "tripod": "a_broken_tripod:Tripod"}
        registry = replace(CAMERAS, builtin=cameras)
        monkeypatch.setitem(CHOICES, "camera", (CHOICES["camera"][0], registry))
        with pytest.raises(SettingsError, match=re.escape(told)):
            parse('[camera]\nuse = "tripod"\n', "test")

    def test_a_library_that_is_missing_is_told(self) -> None:
        registry = Registry("display", "none", {"broken": "a_library_that_is_missing:Display"})
        with pytest.raises(SettingsError, match="No module named 'a_library_that_is_missing'"):
            registry.load("broken")

    def test_an_unknown_name_lists_what_there_is(self) -> None:
        with pytest.raises(SettingsError, match="there are synthetic, pictures"):
            CAMERAS.load("xyz")
