"""HTTP load by wrk: CLIENTS connections walk a list of addresses and stop after so many answers.

wrk knows only durations, so its Lua script counts answers and ends the program, and takes the time itself (wrk's own clock
runs until the duration is over). An answer with another status than expected is counted: a fast wrong answer is no result.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.pgbench import CLIENTS, LIMIT_S, Run
from tests.benchmarks.progress import BenchFailed

# The clock starts when every connection has its first answer, as pgbench's does.
SCRIPT = """
local AUTHORIZATION, STATUS, CLIENTS, ANSWERS = {authorization}, {status}, {clients}, {answers}
local ffi = require("ffi")
ffi.cdef("typedef struct {{long s; long ns;}} moment; int clock_gettime(int, moment *);")
local function now_s()
  local at = ffi.new("moment")
  ffi.C.clock_gettime(1, at)
  return tonumber(at.s) + tonumber(at.ns) / 1e9
end
local todo, next_at, answered, wrong, bytes, begun = {{}}, 0, 0, 0, 0, nil
for line in io.lines("requests.txt") do
  local path, etag = line:match("^(%S+) ?(.*)$")
  local headers = {{Authorization = AUTHORIZATION}}
  if etag ~= "" then headers["If-None-Match"] = etag end
  todo[#todo + 1] = wrk.format("GET", path, headers)
end
function request()
  next_at = next_at % #todo + 1
  return todo[next_at]
end
function response(status, headers, body)
  answered = answered + 1
  bytes = bytes + #body
  if status ~= STATUS then wrong = wrong + 1 end
  if answered == CLIENTS then begun = now_s() end
  if answered == ANSWERS then
    io.write(string.format('RESULT {{"s": %.6f, "bytes": %d, "wrong": %d, "status": %d}}\\n', now_s() - begun, bytes, wrong, status))
    io.flush()
    os.exit(0)
  end
end
"""


@dataclass(frozen=True)
class Ask:
    """One request: a path with its query, and the ETag the client already has ('' for none)."""

    path: str
    etag: str = ""


def run(
    base_url: str,
    asks: Sequence[Ask],
    answers: int,
    spent_ms: Mapping[str, Callable[[], float]],
    *,
    authorization: str = "",
    status: int = 200,
) -> Run:
    """`answers` requests, in the list's order and over again when it is shorter.

    spent_ms : `server` and `database`, each telling the CPU milliseconds spent so far.
    Raises BenchFailed when wrk is missing, nothing answered, or an answer had another status.
    """
    if shutil.which("wrk") is None:
        raise BenchFailed("wrk is not installed (Debian: apt install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        lines = "".join(f"{ask.path} {ask.etag}".strip() + "\n" for ask in asks)
        (Path(folder) / "requests.txt").write_text(lines)
        script = SCRIPT.format(
            authorization=json.dumps(authorization), status=status, clients=CLIENTS, answers=answers
        )
        (Path(folder) / "walk.lua").write_text(script)
        before = {name: read() for name, read in spent_ms.items()}
        told = _execute(folder, base_url)
        cost = {name: (read() - before[name]) / answers for name, read in spent_ms.items()}
    if told["wrong"]:
        raise BenchFailed(f"{told['wrong']} of {answers} answers were not {status}, the last one {told['status']}")
    per_s = (answers - CLIENTS) / told["s"]
    return Run(per_s, cost.get("database", 0.0), cost.get("server", 0.0), told["bytes"] / answers)


def _execute(folder: str, base_url: str) -> dict[str, float]:
    command = ["wrk", "--threads=1", f"--connections={CLIENTS}", f"--duration={LIMIT_S}s", "--timeout=20s",
               "--script=walk.lua", base_url]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            return dict(json.loads(line.removeprefix("RESULT ")))
    last = (done.stderr.strip() or done.stdout.strip() or "no answer").splitlines()[-1]
    raise BenchFailed(f"{base_url} did not answer: {last}")
