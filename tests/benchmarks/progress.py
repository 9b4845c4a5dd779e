"""What a person sees while the measurements run, and why one could not be made."""

import sys
import time

BEGUN_S = time.monotonic()


class BenchFailed(Exception):
    """A measurement that has no figure: a program missing, an answer that was wrong. The report says why."""


def say(text: str) -> None:
    """One line on standard error with the time since the start; standard output carries the report alone."""
    sys.stderr.write(f"[{time.monotonic() - BEGUN_S:5.0f} s] {text}\n")
    sys.stderr.flush()
