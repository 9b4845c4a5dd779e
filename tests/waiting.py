"""Waiting for what another thread or process does: a condition with a limit, never a fixed time."""

import threading
import time
from collections.abc import Callable

LIMIT_S = 30.0
LOOK_EVERY_S = 0.02


def until(holds: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Returns when the condition holds. Raises AssertionError after `limit_s`."""
    never, give_up_at = threading.Event(), time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < give_up_at, f"still not so after {limit_s:g} s"
        never.wait(LOOK_EVERY_S)
