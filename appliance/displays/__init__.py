"""Displays: where a reading is shown."""

from appliance.registry import Registry

DISPLAYS = Registry(
    kind="display",
    group="digit_appliance.displays",
    builtin={
        "terminal": "appliance.displays.terminal:Terminal",
        "memory": "appliance.displays.memory:Memory",
        "leds": "appliance.displays.leds:Leds",
        "status_led": "appliance.displays.status_led:StatusLed",
        "oled": "appliance.displays.oled:Oled",
        "max7219": "appliance.displays.max7219:Max7219",
        "buzzer": "appliance.displays.buzzer:Buzzer",
        "speaker": "appliance.displays.speaker:Speaker",
        "seven_segment": "appliance.displays.seven_segment:SevenSegment",
    },
)
