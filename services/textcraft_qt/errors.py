"""The errors this package raises, as one small tree; knows nothing of who handles them.

QtHelperError
├── FontsMissingError     a bundled font file is absent or Qt refuses it
├── UnknownPlatformError  Qt has no platform of the name that was asked for
├── NoDisplayError        there is no screen server to open a window on
└── ModalDialogError      somebody tried to open a modal dialog
"""


class QtHelperError(RuntimeError):
    """Whatever this package raises by itself."""


class FontsMissingError(QtHelperError):
    """A bundled font file is absent or Qt refuses it; the text names the file."""


class UnknownPlatformError(QtHelperError):
    """QT_QPA_PLATFORM names none of the platforms Qt has on this machine; Qt would abort the whole process."""


class NoDisplayError(QtHelperError):
    """There is no screen server to open a window on; Qt would abort the whole process."""


class ModalDialogError(QtHelperError):
    """A modal dialog was asked for; it would stop every task of the program while it is open."""
