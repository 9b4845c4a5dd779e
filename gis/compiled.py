"""Loops that only machine code runs fast enough, compiled at their first call and kept on disk.

Importing Numba costs half a second, which a program that computes no terrain should not pay: a function marked
`compiled` is plain Python until somebody calls it. It lets go of the interpreter while it runs, so a server goes on
answering. A compiled function cannot call another one.
"""

from collections.abc import Callable
from functools import cache, wraps


def compiled[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The same function, run by Numba in nopython mode. Arguments by position."""

    @cache
    def machine_code() -> Callable[P, R]:
        from numba import njit

        made: Callable[P, R]
        try:
            made = njit(cache=True, nogil=True)(function)
        except RuntimeError:  # neither the code's folder nor the user's can be written: compiled anew in each process
            made = njit(nogil=True)(function)
        return made

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return machine_code()(*args, **kwargs)

    return call
