"""Stands for kms++'s Python module, which Debian hasn't got: picamera2 imports it for previews.

There are names only; what draws on a screen isn't there, for no test has one.
"""


class _Names(type):
    def __getattr__(cls, name: str) -> str:
        return name


class PixelFormat(metaclass=_Names):
    """Every format has its name."""
