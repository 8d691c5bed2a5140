"""Bytes as they arrive, cut into lines."""

from __future__ import annotations

from ..protocol import MAX_LINE


class Lines:
    """Cuts what arrives into lines, in time that grows with the number of bytes only.

    It holds a line that is not complete and at most what came with the end of the last one. A
    line of more than `MAX_LINE` bytes is given out unfinished, so that it can be refused.
    """

    def __init__(self) -> None:
        self._begun = bytearray()
        self._fresh = b""

    @property
    def rest(self) -> bytes:
        """What has arrived and is not a line yet."""
        return bytes(self._begun) + self._fresh

    def feed(self, data: bytes) -> None:
        """Add what has arrived, when there is no whole line any more."""
        self._fresh += data

    def take(self) -> bytes | None:
        """The next line with its end, or None until more has arrived."""
        fresh = self._fresh
        end = fresh.find(b"\n") + 1
        if not end:
            self._begun += fresh
            self._fresh = b""
            return self._too_long() if len(self._begun) > MAX_LINE else None
        self._fresh = fresh[end:]
        if not self._begun:
            return fresh[:end]
        line = bytes(self._begun) + fresh[:end]
        self._begun.clear()
        return line

    def _too_long(self) -> bytes:
        line = bytes(self._begun)
        self._begun.clear()
        return line
