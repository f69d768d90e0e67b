"""The errors of an image server.

ImageServerError
└── BackendError   a backend cannot paint an order
"""

from textcraft_bus.errors import BusError


class ImageServerError(BusError):
    """Anything an image server cannot do."""


class BackendError(ImageServerError):
    """A backend cannot paint this; `retryable` says whether another try may.

    `cost` is what the attempt cost, or may have cost, in USD, though there is no picture.
    """

    def __init__(self, reason: str, *, retryable: bool = True, cost: float = 0.0) -> None:
        super().__init__(reason)
        self.retryable = retryable
        self.cost = cost
