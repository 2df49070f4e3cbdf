"""Triggers: what says when to read."""

from appliance.registry import Registry

TRIGGERS = Registry(
    kind="trigger",
    group="digit_appliance.triggers",
    builtin={
        "manual": "appliance.triggers.manual:Manual",
        "interval": "appliance.triggers.interval:Interval",
        "stillness": "appliance.triggers.stillness:Stillness",
        "button": "appliance.triggers.button:Button",
    },
)
