"""Cameras: where frames come from."""

from appliance.registry import Registry

CAMERAS = Registry(
    kind="camera",
    group="digit_appliance.cameras",
    builtin={
        "synthetic": "appliance.cameras.synthetic:Synthetic",
        "pictures": "appliance.cameras.pictures:Pictures",
        "picamera": "appliance.cameras.picamera:Picamera",
        "webcam": "appliance.cameras.webcam:Webcam",
    },
)
