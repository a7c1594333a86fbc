"""What is synced is read from lines of strace, also from those of calls that others interrupt."""

from __future__ import annotations

from benchmarks.chaos.synced import Synced

LOG = "7</data/appendonlydir/appendonly.aof.1.incr.aof>"
LINES = (
    f'10  1.0 write({LOG}, ""..., 50) = 50 <0.000061>',
    '10  1.1 write(8<socket:[893634]>, ""..., 5) = 5 <0.000022>',
    f"11  1.2 fdatasync({LOG}) = 0 <0.009169>",
    f"11  2.2 fdatasync({LOG} <unfinished ...>",
    f'10  2.3 write({LOG}, ""..., 30 <unfinished ...>',
    "11  2.4 <... fdatasync resumed>)             = 0 <0.200000>",
    "10  2.5 <... write resumed>)                 = 30 <0.000100>",
    f"11  3.2 fdatasync({LOG} <unfinished ...>",
    "11  3.3 +++ killed by SIGKILL +++",
)


def _after(*lines: str) -> tuple[int, int]:
    told = Synced(100, 100)
    for line in lines:
        told.read(line)
    return told.written, told.synced


def test_only_a_sync_that_has_finished_counts() -> None:
    """With what had been written when it began; other files do not."""
    assert _after(*LINES[:2]) == (150, 100)
    assert _after(*LINES[:3]) == (150, 150)
    assert _after(*LINES) == (180, 150)


def test_a_sync_that_fails_counts_for_nothing() -> None:
    """The disk may be broken."""
    assert _after(LINES[0], f"11  1.2 fdatasync({LOG}) = -1 EIO (Input/output error) <0.009169>") == (150, 100)


def test_a_broken_end_is_cut_off_at_the_start() -> None:
    """By Redis, while it reads the log."""
    assert _after('10  0.1 truncate(""..., 90) = 0 <0.000061>', LINES[0]) == (140, 90)
