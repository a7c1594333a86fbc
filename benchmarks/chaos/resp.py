"""Just enough of Redis's protocol to see which commands pass by. Changes nothing."""

from __future__ import annotations

Command = list[bytes]


class CommandReader:
    """Cuts a stream of bytes from a client into commands: the bytes as they came, and their words."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, chunk: bytes) -> list[tuple[bytes, Command]]:
        self.rest += chunk
        found = []
        place = 0
        while (read := _command(self.rest, place)) is not None:
            words, end = read
            found.append((self.rest[place:end], words))
            place = end
        self.rest = self.rest[place:]
        return found


def _command(text: bytes, place: int) -> tuple[Command, int] | None:
    head = _line(text, place)
    if head is None:
        return None
    line, place = head
    if not line.startswith(b"*"):  # an inline command
        return line.split(), place
    words = []
    for _ in range(int(line[1:])):
        length = _line(text, place)
        if length is None:
            return None
        size, start = int(length[0][1:]), length[1]
        if len(text) < start + size + 2:
            return None
        words.append(text[start : start + size])
        place = start + size + 2
    return words, place


def _line(text: bytes, place: int) -> tuple[bytes, int] | None:
    end = text.find(b"\r\n", place)
    return None if end < 0 else (text[place:end], end + 2)
