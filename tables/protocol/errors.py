"""What goes wrong with a frame.

ProtocolError
└── FrameError          no message at all: the connection closes after the answer
    └── FrameTooLargeError  more bytes than a frame may have
"""

from typing import ClassVar


class ProtocolError(Exception):
    """A frame or request is refused; `code` is stable and listed in `codes`.

    `request_id` is the client's id where one could be read. `close_code` is None where the
    connection goes on.
    """

    close_code: ClassVar[int | None] = None

    def __init__(
        self, code: str, *, request_id: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.request_id = request_id
        self.field = field


class FrameError(ProtocolError):
    """Not a message: broken, oversized or hostile encoding."""

    close_code = 1008


class FrameTooLargeError(FrameError):
    """More bytes than a frame may have."""

    close_code = 1009

    def __init__(self) -> None:
        super().__init__("frame_too_large")
