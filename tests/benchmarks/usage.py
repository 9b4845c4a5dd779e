"""What processes spend, read from /proc: CPU milliseconds and memory. Linux only, as the server is."""

import os
from collections.abc import Iterator
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def family(root: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield root
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from family(int(child))


def cpu_ms(root: int) -> float:
    """User and system time of a process, its living descendants, and all it has waited for. Grows, never falls."""
    ticks = 0
    for pid in family(root):
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended just now; its parent has its time
        ticks += sum(int(after_name[at]) for at in (11, 12, 13, 14))  # utime, stime, cutime, cstime (proc(5))
    return ticks * TICK_MS


def memory_mb(root: int) -> dict[str, float]:
    """`peak`: the sum of each process's largest resident set; `shared`: the largest shared memory any of them maps."""
    peak, shared = 0.0, 0.0
    for pid in family(root):
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        sizes = {line.partition(":")[0]: line.split()[1] for line in lines if line.endswith("kB")}
        peak += int(sizes.get("VmHWM", 0)) / 1024
        shared = max(shared, int(sizes.get("RssShmem", 0)) / 1024)
    return {"peak": peak, "shared": shared}


class DatabaseUsage:
    """CPU of a PostgreSQL cluster: its postmaster, its backends, and the backends that have ended."""

    def __init__(self, postmaster: int) -> None:
        self.postmaster = postmaster
        self.connecting_ms = 0.0  # of CLIENTS fresh connections; the caller measures it

    def cpu_ms(self) -> float:
        return cpu_ms(self.postmaster)

    def memory_mb(self) -> dict[str, float]:
        return memory_mb(self.postmaster)
