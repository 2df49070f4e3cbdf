"""Every error that the appliance raises on purpose.

Each class also derives from the builtin that a caller would expect, and each message names the
thing, what is wrong with it and the remedy, so that the command line can print it as it is.
"""


class ApplianceError(Exception):
    """Base of the project's errors; its text is fit for a user."""


class PathError(ApplianceError, ValueError):
    """A text names no file or folder."""


class PictureError(ApplianceError, ValueError):
    """A picture file can't be read as a picture."""


class DatasetError(ApplianceError, ValueError):
    """A data set file is missing, damaged or of another kind."""


class WeightsError(ApplianceError, ValueError):
    """A weights file is missing, damaged, foreign or doesn't fit the network."""


class TrainingError(ApplianceError, ValueError):
    """Training can't start or go on with what it was given."""


class SettingsError(ApplianceError, ValueError):
    """The settings hold one or more faults; the message lists all of them."""


class CameraError(ApplianceError, OSError):
    """The camera gave no usable frame."""


class TriggerError(ApplianceError, OSError):
    """A trigger can't be used."""


class PinError(ApplianceError, OSError):
    """A pin of the header can't be used."""


class DisplayError(ApplianceError, OSError):
    """A display can't show anything."""


class JournalError(ApplianceError, OSError):
    """The journal can't be read or written."""


class ServiceError(ApplianceError, OSError):
    """The operating system refused what it was asked for."""
