"""What is measured, one function a kind of work. Each gives rows for the report and raises BenchFailed where it cannot."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg

from layers.loading import load_rows
from layers.store import Query, items_sql
from layers.tiles import tile_sql
from tests.benchmarks import pgbench, wrk
from tests.benchmarks.ground import PART_ROWS, Ground, boxes_of, drop_database, empty_database, frames
from tests.benchmarks.pgbench import Run
from tests.benchmarks.progress import say
from tests.benchmarks.report import Bar, Result
from tests.benchmarks.servers import Server, fetch, sign_in
from tests.benchmarks.tiles import round_of_tiles
from tests.benchmarks.usage import DatabaseUsage
from tests.benchmarks.wrk import Ask

TILE_RATIO = Bar(0.85, "design §8: same SQL, same cores, one worker set in front")
TILE_SERVER_MS = Bar(1.2, "design §8", most=True)
CACHED_RATIO = Bar(10.0, "design §8")
ITEMS_RATIO = Bar(0.85, "design §8")
IMPORT_ROWS_S = Bar(20_000.0, "design §8")
IMPORT_ROUNDS = 3

FEATURES = 1000  # of a page of GeoJSON
MATCHING = 990  # in each box: a page that is not full tells the total itself, a full one is followed by a count
ALONE_LEAST = 400  # statements of a pgbench round: it walks a short list again, having no cache that could answer
WARM_ROUND = 1000  # its tiles are none of a counted round's
TIPG_COLUMNS = "code,name,status,admin_code,source"  # what our tiles carry, so that both do the same work


@dataclass(frozen=True)
class Size:
    """How much is asked. A round of uncached tiles asks for `each` different ones per zoom."""

    rows: int
    rounds: int
    each: int
    cached: int
    pages: int
    import_rows: int


FULL = Size(rows=1_000_000, rounds=5, each=110, cached=6000, pages=400, import_rows=100_000)
QUICK = Size(rows=100_000, rounds=3, each=30, cached=1500, pages=100, import_rows=20_000)


@dataclass(frozen=True)
class Bench:
    """Everything a measurement needs."""

    ground: Ground
    size: Size
    server: Server
    database: DatabaseUsage
    pgbench: Path

    def load(self, server: Server, asks: Sequence[Ask], answers: int, *, signed_in: bool = True, status: int = 200) -> Run:
        spent = {"server": server.cpu_ms, "database": self.database.cpu_ms}
        authorization = sign_in(server) if signed_in else ""
        return wrk.run(server.url, asks, answers, spent, authorization=authorization, status=status)

    def alone(self, script: str, answers: int) -> Run:
        return pgbench.run(self.ground.app_url, script, answers, self.database, self.pgbench)


Tile = tuple[int, int, int]


def tile_path(layer: str, tile: Tile) -> str:
    z, x, y = tile
    return f"/ogc/collections/{layer}/tiles/WebMercatorQuad/{z}/{y}/{x}"


def forget_tiles(ground: Ground) -> None:
    """Raise the layer's version, as any write does: every tile the server keeps is stale from now on."""
    with psycopg.connect(ground.owner_url, autocommit=True) as session:
        session.execute(
            "with raised as (update app.layer_versions set version = version + 1 where layer = %s returning layer, version)"
            " select pg_notify('layers', layer || ':' || version) from raised",
            (ground.layer.name,),
        )
    time.sleep(0.3)  # the notice travels in milliseconds


def uncached_tiles(bench: Bench) -> list[Result]:
    """Tiles nobody has asked for, against the same SQL text run by pgbench, in turns."""
    layer, size = bench.ground.layer, bench.size
    warm = [Ask(tile_path(layer.name, tile)) for tile in round_of_tiles(bench.ground.points, size.each, WARM_ROUND)]
    bench.load(bench.server, warm, len(warm))  # each pooled connection plans its first five statements anew
    ours: list[Run] = []
    alone: list[Run] = []
    for number in range(size.rounds):
        tiles = round_of_tiles(bench.ground.points, size.each, number)
        forget_tiles(bench.ground)
        ours.append(bench.load(bench.server, [Ask(tile_path(layer.name, tile)) for tile in tiles], len(tiles)))
        alone.append(bench.alone(tile_script(bench.ground, tiles), len(tiles) * -(-ALONE_LEAST // len(tiles))))
        say(f"  tiles, round {number + 1}: ours {_shown(ours[-1])}; pgbench {_shown(alone[-1])}")
    server_ms = median(run.server_ms for run in ours)
    return [
        _against("tiles, uncached, z10–14", "pgbench, same SQL", ours, alone, TILE_RATIO, "tiles/s"),
        Result("  server CPU per tile", f"{server_ms:.2f} ms", bar=TILE_SERVER_MS, value=server_ms),
        Result(
            "  database CPU per tile",
            f"{median(run.database_ms for run in ours):.2f} ms",
            "pgbench",
            f"{median(run.database_ms for run in alone):.2f} ms",
            ratio=median(run.database_ms for run in ours) / median(run.database_ms for run in alone),
        ),
    ]


def tile_script(ground: Ground, tiles: Sequence[Tile]) -> str:
    z, x, y = zip(*tiles, strict=True)
    return pgbench.script_of(tile_sql(ground.layer, thinned=False, past=False), {"z": z, "x": x, "y": y})


def cached_tiles(bench: Bench, uncached: Result) -> list[Result]:
    """The same tiles over and over: from memory, and as 304 to a client that has them."""
    layer = bench.ground.layer.name
    asks = [Ask(tile_path(layer, tile)) for tile in round_of_tiles(bench.ground.points, bench.size.each // 2, 0)]
    bench.load(bench.server, asks, len(asks) * 6)  # every worker has them all
    runs = [bench.load(bench.server, asks, bench.size.cached) for _ in range(bench.size.rounds)]
    authorization = {"Authorization": sign_in(bench.server)}
    known = [Ask(ask.path, fetch(bench.server.url + ask.path, authorization)[1]["etag"]) for ask in asks]
    unchanged = [bench.load(bench.server, known, bench.size.cached, status=304) for _ in range(bench.size.rounds)]
    say(f"  cached: {_shown(runs[-1])}; 304: {_shown(unchanged[-1])}")
    return [
        _times("tiles, cached", runs, uncached),
        _times("tiles, 304 Not Modified", unchanged, uncached),
    ]


def _times(work: str, runs: list[Run], uncached: Result) -> Result:
    per_s = median(run.per_s for run in runs)
    ratio = per_s / uncached.value
    note = f"{median(run.server_ms for run in runs):.2f} ms server CPU"
    return Result(work, f"{per_s:,.0f} /s", "ours, uncached", uncached.ours, ratio, CACHED_RATIO, ratio, note)


def items(bench: Bench) -> list[Result]:
    """Pages of about a thousand features, against the fastest JSON PostgreSQL makes: our own statement, by pgbench."""
    layer, size = bench.ground.layer, bench.size
    boxes = boxes_of(bench.ground.points, MATCHING, size.pages)
    query = Query(bbox=(0.0, 0.0, 0.0, 0.0), limit=FEATURES)
    statement, values = items_sql(layer, query)
    lists = {f"{side}0": boxes[:, at].tolist() for at, side in enumerate("wsen")}
    script = pgbench.script_of(statement, lists, {name: values[name] for name in ("limit", "offset")})
    asks = [Ask(items_path(layer.name, box)) for box in boxes]
    ours: list[Run] = []
    alone: list[Run] = []
    for number in range(size.rounds):
        ours.append(bench.load(bench.server, asks, size.pages))
        alone.append(bench.alone(script, size.pages * -(-ALONE_LEAST // size.pages)))
        say(f"  items, round {number + 1}: ours {_shown(ours[-1])}; pgbench {_shown(alone[-1])}")
    note = f"{median(r.server_ms for r in ours):.2f} ms server CPU, {ours[0].mean_bytes / 1000:.0f} kB"
    return [_against(f"GeoJSON, {FEATURES:,} features", "pgbench, same SQL", ours, alone, ITEMS_RATIO, "pages/s", note)]


def items_path(layer: str, box: Sequence[float]) -> str:
    return f"/ogc/collections/{layer}/items?bbox={','.join(f'{side:.7f}' for side in box)}&limit={FEATURES}"


def tipg_tiles_and_items(bench: Bench, peer: Server, ours: dict[str, Result]) -> list[Result]:
    """The peer's tiles (same columns) and pages on the same table. It keeps no tiles."""
    name = f"layers.{bench.ground.layer.name}"
    tiles = round_of_tiles(bench.ground.points, bench.size.each // 2, 0)
    boxes = boxes_of(bench.ground.points, MATCHING, bench.size.pages // 4)
    tile_asks = [
        Ask(f"/collections/{name}/tiles/WebMercatorQuad/{z}/{x}/{y}?properties={TIPG_COLUMNS}") for z, x, y in tiles
    ]
    box_asks = [Ask(f"/collections/{name}/items?bbox={','.join(map(str, box))}&limit={FEATURES}") for box in boxes]
    return [
        _beside(work, bench, peer, asks, ours[work])
        for work, asks in (("tiles, uncached, z10–14", tile_asks), (f"GeoJSON, {FEATURES:,} features", box_asks))
    ]


def _beside(work: str, bench: Bench, peer: Server, asks: list[Ask], ours: Result) -> Result:
    bench.load(peer, asks, 40, signed_in=False)  # its connections and prepared statements
    runs = [bench.load(peer, asks, len(asks), signed_in=False) for _ in range(2)]
    per_s = median(run.per_s for run in runs)
    say(f"  tipg, {work}: {_shown(runs[-1])}")
    note = f"tipg: {median(r.server_ms for r in runs):.1f} ms server CPU, {runs[0].mean_bytes / 1000:.0f} kB"
    return Result(f"{work}, beside tipg", ours.ours, "tipg", f"{per_s:,.1f} /s", ours.value / per_s, note=note, value=per_s)


def importing(server_url: str, bench: Bench) -> list[Result]:
    """Rows staged, checked, given history, indexed and committed, through load_rows into an empty layer; in turns with
    COPY of what came out of it into tables with the same columns, checks and indexes, without triggers: the limit."""
    name, layer, rows = "bench_import", bench.ground.layer, bench.size.import_rows
    frame = next(frames(PART_ROWS, with_phones=True)).iloc[:rows]
    ours, bare = [], []
    for _ in range(IMPORT_ROUNDS):
        drop_database(server_url, name)
        owner_url = empty_database(server_url, name, bench.ground.keys)
        begun = time.perf_counter()
        with psycopg.connect(owner_url) as session:
            load_rows(session, layer, frame, "bench")
        ours.append(rows / (time.perf_counter() - begun))
        bare.append(rows / _bare_copy_s(owner_url, (f"layers.{layer.name}", f"layers.{layer.name}_restricted", "app.names")))
    drop_database(server_url, name)
    share = median(mine / limit for mine, limit in zip(ours, bare, strict=True))
    return [Result(f"import of {rows:,} households", f"{median(ours):,.0f} rows/s", "bare COPY", f"{median(bare):,.0f} rows/s",
                   bar=IMPORT_ROWS_S, value=median(ours),
                   note=f"with phones in the restricted table; {share:.2f} of a bare COPY into the same tables")]  # fmt: skip


def _bare_copy_s(owner_url: str, tables: Sequence[str]) -> float:
    """Seconds to COPY the rows of these tables into empty ones of the same make, and to commit."""
    with psycopg.connect(owner_url) as session:
        written = {}
        for number, table in enumerate(tables):
            session.execute(f"create table bare_{number} (like {table} including all)")
            with session.cursor().copy(f"copy {table} to stdout") as copy:
                written[f"bare_{number}"] = b"".join(copy)
        session.commit()
        begun = time.perf_counter()
        for table, text in written.items():
            with session.cursor().copy(f"copy {table} from stdin") as copy:
                copy.write(text)
        session.commit()
        return time.perf_counter() - begun


def memory(bench: Bench) -> list[Result]:
    server, database = bench.server.memory_mb(), bench.database.memory_mb()
    return [
        Result("memory, API", f"{server['peak']:,.0f} MB", note="sum of each process's peak"),
        Result("memory, PostgreSQL shared", f"{database['shared']:,.0f} MB", note="largest shared memory of a backend"),
    ]


def _against(
    work: str, peer: str, ours: list[Run], alone: list[Run], bar: Bar, unit: str, note: str = ""
) -> Result:
    ratio = median(mine.per_s / its.per_s for mine, its in zip(ours, alone, strict=True))
    per_s, peers = median(run.per_s for run in ours), median(run.per_s for run in alone)
    note = note or f"{ours[0].mean_bytes / 1000:.0f} kB mean"
    return Result(work, f"{per_s:,.1f} {unit}", peer, f"{peers:,.1f} /s", ratio, bar, per_s, note)


def _shown(run: Run) -> str:
    return f"{run.per_s:,.1f}/s (server {run.server_ms:.2f} ms, database {run.database_ms:.2f} ms)"
