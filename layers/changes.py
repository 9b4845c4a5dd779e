"""What changed in all layers: the moments behind the as-of slider, and how many changes fell into each part of a period.

Read from the audit trail through app.layer_changes (sql/functions.sql). A load of more than a hundred rows is one moment
without an id, `rows` says how many. `at` is just after the change, so a layer read `as_of` it shows it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from layers.registry import LAYERS

BUCKETS: Final = 60  # as many as a slider of 1,000 px shows apart


@dataclass(frozen=True)
class Period:
    """Which changes: of a county ('' is all) between two moments; without `since`, from the first change on."""

    county: str = ""
    since: datetime | None = None
    until: datetime | None = None


MOMENTS: Final = """
select c.at, c.layer, c.feature_id as id, c.version, c.operation, c.username as by, coalesce(c.name, n.name) as name, c.rows
from (
  select * from app.layer_changes(%(county)s, %(since)s, %(until)s) where layer = any (%(layers)s)
  order by at desc, id desc limit %(limit)s
) c left join app.names n on n.layer = c.layer and n.id = c.feature_id
order by c.at desc, c.id desc
"""

COUNTS: Final = """
select least(width_bucket(extract(epoch from at), extract(epoch from %(since)s::timestamptz),
    extract(epoch from %(until)s::timestamptz), %(buckets)s), %(buckets)s) as bucket, sum(rows)::bigint
from app.layer_changes(%(county)s, %(since)s, %(until)s) where layer = any (%(layers)s) group by 1
"""


async def changes(connection: AsyncConnection[Any], period: Period, limit: int) -> dict[str, Any]:
    """`moments`, newest first, at most `limit`; `buckets` over the whole period, oldest first, also the empty ones."""
    until = period.until or datetime.now(UTC)
    since = period.since or await _first(connection) or until - timedelta(days=1)
    if since >= until:
        since = until - timedelta(seconds=BUCKETS)
    values = {"county": period.county, "since": since, "until": until, "layers": list(LAYERS), "limit": limit, "buckets": BUCKETS}
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(MOMENTS, values)
    moments = [row | {"zh": LAYERS[row["layer"]].zh, "en": LAYERS[row["layer"]].en} for row in await cursor.fetchall()]
    rows = await connection.execute(COUNTS, values)
    counts: dict[int, int] = dict(await rows.fetchall())
    width = (until - since) / BUCKETS
    buckets = [{"from": since + n * width, "to": since + (n + 1) * width, "count": counts.get(n + 1, 0)} for n in range(BUCKETS)]
    return {"moments": moments, "buckets": buckets}


async def _first(connection: AsyncConnection[Any]) -> datetime | None:
    rows = await connection.execute("select app.first_change()")
    row = await rows.fetchone()
    return row[0] if row else None
