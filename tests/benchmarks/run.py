"""`./anlan bench`: makes or reuses the ground, starts the servers, measures in turns, prints one table.

    ./anlan bench            a million households; at most 12 minutes, of which 2 for making them the first time
    ./anlan bench --quick    100,000 households and short rounds; 1 to 2 minutes, figures rough
    ./anlan bench --console  the console in Chromium on a whole province, which is made the first time; 2 to 6 minutes then

Exit code 0 also where a bar is missed: this is a report, and it says so. A kind of work that could not be measured is a
row that says why. Only this machine's own loopback is used.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from api.settings import var_folder
from layers.cluster import programs
from tests.benchmarks import measures, pgbench
from tests.benchmarks.analyses import ANALYSES
from tests.benchmarks.console import console_rows
from tests.benchmarks.ground import prepared
from tests.benchmarks.measures import FULL, QUICK, Bench, Size
from tests.benchmarks.progress import BenchFailed, say
from tests.benchmarks.province import prepared_province
from tests.benchmarks.report import Result, table, write
from tests.benchmarks.servers import make_user, our_api, tipg
from tests.benchmarks.tiles import round_of_tiles
from tests.benchmarks.usage import DatabaseUsage

MISSING_DATABASE = 4
TERMINATED = 128 + signal.SIGTERM
CONSOLE_ROUNDS = 3  # a browser takes seconds for what wrk does in milliseconds
QUIET_LOAD = 0.7  # runnable processes before the start above which somebody else is at work


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./anlan bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100,000 rows, short rounds")
    parser.add_argument("--console", action="store_true", help="the console in Chromium instead of the API")
    known = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that the servers are stopped on the way out
    server_url = os.environ.get("ANLAN_TEST_DATABASE_URL", "")
    if not server_url:
        sys.stderr.write("ANLAN_TEST_DATABASE_URL is not set: run ./anlan bench\n")
        return MISSING_DATABASE
    begun, load_before = datetime.now(UTC), os.getloadavg()[0]
    var = var_folder() / "bench"
    size = QUICK if known.quick else FULL
    results = console_measured(server_url, size, var) if known.console else measured(server_url, size, var)
    sys.stdout.write(table(results) + "\n")
    if load_before > QUIET_LOAD:
        sys.stdout.write(f"Load was {load_before:.1f} before the start: other work shared the {os.cpu_count()} cores, "
                         "so everything here is slower than it is alone.\n")  # fmt: skip
    path = var / f"{begun:%Y%m%dT%H%M%SZ}.json"
    write(results, path, {
        "begun": begun.isoformat(), "quick": known.quick, "console": known.console,
        "cores": os.cpu_count(), "load_before": load_before, "load_after": os.getloadavg()[0],
    })  # fmt: skip
    say(f"written to {path}")
    return 0


def measured(server_url: str, size: Size, var: Path) -> list[Result]:
    """All rows, in the order of the report."""
    ground = prepared(server_url, size.rows)
    make_user(ground)
    usage = DatabaseUsage(_postmaster(server_url))
    program = programs() / "pgbench"
    script = measures.tile_script(ground, round_of_tiles(ground.points, 8, 0))
    usage.connecting_ms = pgbench.connecting_ms(ground.app_url, script, usage, program)
    results: list[Result] = []
    with our_api(ground, var) as server:
        bench = Bench(ground, size, server, usage, program)
        results += _tried("tiles, uncached, z10–14", lambda: measures.uncached_tiles(bench))
        if results[0].ours:
            results += _tried("tiles, cached", lambda: measures.cached_tiles(bench, results[0]))
        results += _tried("GeoJSON", lambda: measures.items(bench))
        results += _tried("memory", lambda: measures.memory(bench))
    results += _tried("beside tipg", lambda: _beside_tipg(bench, {one.work: one for one in results}, var))
    results += _tried("import", lambda: measures.importing(server_url, bench))
    for work, rows in ANALYSES.items():
        results += _tried(work, rows)
    return results


def console_measured(server_url: str, size: Size, var: Path) -> list[Result]:
    """The console's rows: the same server, with a browser in front, on a whole province; in short, on the households."""
    ground = prepared(server_url, size.rows) if size is QUICK else prepared_province(server_url)
    make_user(ground)
    with our_api(ground, var) as server:
        return _tried("console", lambda: console_rows(ground, server, min(size.rounds, CONSOLE_ROUNDS)))


def _tried(work: str, measure: Callable[[], list[Result]]) -> list[Result]:
    """What a measurement gives, or one row that says why there is no figure."""
    say(work)
    try:
        return measure()
    except BenchFailed as reason:
        say(f"  not measured: {reason}")
        return [Result(work, note=str(reason))]


def _beside_tipg(bench: Bench, ours: dict[str, Result], var: Path) -> list[Result]:
    with tipg(bench.ground, var) as peer:
        return measures.tipg_tiles_and_items(bench, peer, ours)


def _postmaster(server_url: str) -> int:
    """The process id of the cluster behind a loopback URL, from its own postmaster.pid."""
    with psycopg.connect(server_url) as session:
        row = session.execute("select pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(str(row[0]).split()[0])


if __name__ == "__main__":
    sys.exit(main())
