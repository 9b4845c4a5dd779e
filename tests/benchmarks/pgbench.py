"""The same SQL text run by pgbench: what the database alone can do, without any server in front of it.

Each client walks the same list of values as the HTTP clients do. pgbench has no arrays, so a list becomes a decision tree
of `case` expressions (ten comparisons for a thousand values: microseconds).
"""

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.progress import BenchFailed
from tests.benchmarks.usage import DatabaseUsage

CLIENTS = 4
LIMIT_S = 120


@dataclass(frozen=True)
class Run:
    """One round of load: answers a second, and CPU milliseconds an answer by whoever spent them."""

    per_s: float
    database_ms: float
    server_ms: float = 0.0
    mean_bytes: float = 0.0


def script_of(statement: str, lists: Mapping[str, Sequence[float | int]], fixed: Mapping[str, int] | None = None) -> str:
    """A pgbench script: `statement` (with %(name)s as psycopg takes it) over the lists of values, CLIENTS abreast."""
    length = len(next(iter(lists.values())))
    picks = "".join(f"\\set {name} {_tree(values, 0)}\n" for name, values in lists.items())
    constants = "".join(f"\\set {name} {value}\n" for name, value in (fixed or {}).items())
    text = re.sub(r"%\((\w+)\)s", r":\1", statement)
    return f"\\set turn :turn + {CLIENTS}\n\\set i (:turn + :client_id) % {length}\n{picks}{constants}{text};\n"


def _tree(values: Sequence[float | int], first: int) -> str:
    if len(values) == 1:
        return repr(values[0])
    half = len(values) // 2
    return f"case when :i < {first + half} then {_tree(values[:half], first)} else {_tree(values[half:], first + half)} end"


def run(dsn: str, script: str, answers: int, usage: DatabaseUsage, program: Path) -> Run:
    """`answers` statements over CLIENTS connections, prepared. Connecting and the first statement of each client, which
    sets the projections up, are left out of the rate (from pgbench's own log), and the CPU of connecting out of the CPU.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "script.sql").write_text(script)
        before = usage.cpu_ms()
        _execute(program, dsn, folder, answers)
        spent = usage.cpu_ms() - before
        ends = _ends(Path(folder))
    return Run(_rate(ends), (spent - usage.connecting_ms) / (len(ends) - CLIENTS))


def connecting_ms(dsn: str, script: str, usage: DatabaseUsage, program: Path) -> float:
    """What CLIENTS fresh connections cost in CPU beside their statements: one statement each, twice."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "script.sql").write_text(script)
        before = usage.cpu_ms()
        _execute(program, dsn, folder, CLIENTS)
        return usage.cpu_ms() - before


def _execute(program: Path, dsn: str, folder: str, answers: int) -> None:
    command = [
        str(program), "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=1", f"--transactions={answers // CLIENTS}",
        "--define=turn=0", "--file=script.sql", "--log", "--log-prefix=log", dsn,
    ]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=LIMIT_S)


def _ends(folder: Path) -> list[tuple[int, float]]:
    """(client, moment of its end in seconds) of every statement."""
    lines = [line.split() for log in folder.glob("log*") for line in log.read_text().splitlines()]
    return [(int(line[0]), int(line[4]) + int(line[5]) / 1e6) for line in lines]


def _rate(ends: list[tuple[int, float]]) -> float:
    """Statements a second from the moment every client has its first behind it until the first client is done."""
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for client, moment in ends:
        first[client] = min(moment, first.get(client, moment))
        last[client] = max(moment, last.get(client, moment))
    begun, done = max(first.values()), min(last.values())
    if done <= begun:
        raise BenchFailed("too few statements: a client of pgbench had ended before the last one began")
    counted = Counter(begun < moment <= done for _, moment in ends)
    return counted[True] / (done - begun)
