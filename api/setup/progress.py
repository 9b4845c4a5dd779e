"""What a person at the terminal sees: each step, what it does, how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str = "") -> None:
    """One line, at once, also into a pipe."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Step:
    """A running step. `note` adds what was found, shown behind the time."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


@contextmanager
def step(zh: str, en: str) -> Iterator[Step]:
    """`• 中文 English … 1.2 s`. A failure ends the line with ✗ and goes on to the caller."""
    sys.stderr.write(f"• {zh} {en} … ")
    sys.stderr.flush()
    started_s = time.monotonic()
    running = Step()
    try:
        yield running
    except BaseException:
        say("✗")
        raise
    notes = "".join(f" ({text})" for text in running.notes)
    say(f"{time.monotonic() - started_s:.1f} s{notes}")
