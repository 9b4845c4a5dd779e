"""How many rows each layer has in one county, now or at a moment: the numbers beside the layers.

A county is told by `admin_code`, as its lists, charts and files are, so a number is the length of the list it opens.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from layers.history import rows_sql
from layers.registry import LAYERS

Connection = AsyncConnection[Any]


class Counted(NamedTuple):
    """Rows of a layer. `bbox` is west, south, east, north in degrees; None where it has no rows."""

    rows: int
    exercise_rows: int
    bbox: tuple[float, float, float, float] | None


async def counted(
    connection: Connection, layers: Iterable[str], county: str = "", as_of: datetime | None = None
) -> dict[str, Counted]:
    """Layer -> its rows under the code `county` (all when empty), in one statement."""
    parts = [_part(layer, as_of is not None) for layer in layers]
    if not parts:
        return {}
    rows = await connection.execute(" union all ".join(parts), {"county": f"{county}%", "as_of": as_of}, prepare=False)
    return {
        layer: Counted(count, played, None if west is None else (west, south, east, north))
        for layer, count, played, west, south, east, north in await rows.fetchall()
    }


def _part(layer: str, is_past: bool) -> str:
    columns = ("admin_code", "source", "geom")
    source = f"({rows_sql(LAYERS[layer], columns)})" if is_past else f"layers.{layer}"
    return (
        f"select '{layer}', rows, played, st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box) from ("
        f"select count(*) as rows, count(*) filter (where source = 'exercise') as played, st_extent(geom) as box"
        f" from {source} f where admin_code like %(county)s) c"
    )
