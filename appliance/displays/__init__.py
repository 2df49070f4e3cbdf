"""Displays: where a reading is shown."""

from appliance.registry import Registry

DISPLAYS = Registry(
    kind="display",
    group="digit_appliance.displays",
    builtin={
        "terminal": "appliance.displays.terminal:Terminal",
        "memory": "appliance.displays.memory:Memory",
    },
)
