"""Contour lines of a county's elevation model as vector tiles.

Lines are drawn on the pixels of a tile and eight around it, all from the same overview of the model, so that neighbouring
tiles draw the same line where they meet. PostGIS clips and encodes. Source of the method: marching squares with corner
masking, contourpy's serial generator.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from layers.database import Database
from layers.tiles import BUFFER, EXTENT
from maps.elevation_model import EQUATOR_M, open_model

GRID_PX = 256
MARGIN_PX = 8  # more than the tile's own buffer (4 px) and than the smallest ring that is drawn
SMALLEST_RING_PX = 6.0  # a closed line smaller than this is a speck, not a hill
INDEX_EVERY = 5  # every fifth line is drawn thicker and numbered (GB/T 20257.1 计曲线)
# Surveyed water lies exactly on whole metres, where a line would run through every cell of it. A millimetre above there is
# one shore; no model is good to a millimetre.
ABOVE_M = 0.001
# Levels in one tile: Everest from the sea at 20 m is 442. A model full of noise would draw millions of lines.
LEVELS_MOST = 500


class Interval(NamedTuple):
    """Metres between lines from a zoom on, and why."""

    from_zoom: int
    metres: int
    basis: str


# A web map at 36° N and 0.28 mm a pixel (OGC 17-083r4) shows about 1 : 452,000,000 / 2^zoom.
# Basic intervals in mountains: GB/T 20257.2 (1:5,000–1:10,000), GB/T 20257.3 (1:25,000–1:100,000), 20257.4 (1:250,000 on).
INTERVALS = (
    Interval(9, 200, "1:900,000; as 1:500,000 in mountains"),
    Interval(11, 100, "1:220,000: 100 m on 1:250,000 in mountains"),
    Interval(12, 40, "1:110,000: 40 m on 1:100,000 in mountains"),
    Interval(13, 20, "1:55,000: 20 m on 1:50,000 in mountains"),
    Interval(14, 10, "1:28,000 and larger: 10 m on 1:25,000; closer lines would draw the noise of a 30 m model (5–10 m)"),
)

ENCODE = f"""
select st_asmvt(t, 'contours', {EXTENT}, 'geom') from (
  select elevation_m, index, st_asmvtgeom(st_setsrid(st_geomfromwkb(line), 3857),
    st_tileenvelope(%(z)s, %(x)s, %(y)s), {EXTENT}, {BUFFER}, true) as geom
  from unnest(%(levels)s::integer[], %(indexed)s::boolean[], %(lines)s::bytea[]) as l (elevation_m, index, line)
) t where geom is not null
"""


class Contour(NamedTuple):
    """All lines of one height in a tile and its margin, in EPSG:3857 metres."""

    elevation_m: int
    is_index: bool
    lines: list[NDArray[np.float64]]


def interval_m(zoom: int) -> int | None:
    """Metres between lines on a zoom; None where no lines are drawn."""
    return next((step.metres for step in reversed(INTERVALS) if zoom >= step.from_zoom), None)


def contours(elevation_m: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64], step_m: int,
             smallest: float) -> Iterator[Contour]:
    """Lines of equal height, every `step_m` metres.

    elevation_m : (n, m), NaN in holes; lines end there. x (m,), y (n,) : coordinates of the cells' middles. smallest :
    closed lines not wider nor higher than this are left out.
    """
    if not np.isfinite(elevation_m).any():
        return
    first, last = (int(edge // step_m) for edge in (np.nanmin(elevation_m), np.nanmax(elevation_m)))
    drawn = contour_generator(x, y, np.ma.masked_invalid(elevation_m), corner_mask=True, line_type=LineType.Separate)
    for number in range(first, min(last, first + LEVELS_MOST) + 1):
        found: Any = drawn.lines(number * step_m + ABOVE_M)
        lines = [line for line in found if _is_shown(line, smallest)]
        if lines:
            yield Contour(number * step_m, number % INDEX_EVERY == 0, lines)


def _is_shown(line: NDArray[np.float64], smallest: float) -> bool:
    is_ring = bool((line[0] == line[-1]).all())
    return not is_ring or bool((np.ptp(line, axis=0) > smallest).any())


def contours_in_tile(dem: Path, modified_ns: int, z: int, x: int, y: int) -> list[Contour]:
    """The lines of a web map tile and its margin. Empty outside the model and on zooms without lines."""
    step_m = interval_m(z)
    if step_m is None:
        return []
    heights = open_model(dem, modified_ns).tile(z, x, y, size=GRID_PX, margin=MARGIN_PX)
    if heights is None:
        return []
    pixel = (np.arange(GRID_PX + 2 * MARGIN_PX) + 0.5 - MARGIN_PX) / GRID_PX
    east = ((x + pixel) / 2**z - 0.5) * EQUATOR_M
    north = (0.5 - (y + pixel) / 2**z) * EQUATOR_M
    return list(contours(heights, east, north, step_m, SMALLEST_RING_PX * EQUATOR_M / (GRID_PX * 2**z)))


async def encoded(database: Database, found: list[Contour], z: int, x: int, y: int) -> bytes:
    """Lines as a Mapbox vector tile, layer `contours` with `elevation_m` and `index`. Empty bytes without lines."""
    if not found:
        return b""
    shapes = [shapely.to_wkb(shapely.multilinestrings(list(map(shapely.linestrings, one.lines)))) for one in found]
    values = {"z": z, "x": x, "y": y, "levels": [one.elevation_m for one in found],
              "indexed": [one.is_index for one in found], "lines": shapes}
    async with database.reading() as connection:
        cursor = connection.cursor(binary=True)
        await cursor.execute(ENCODE, values, prepare=True)
        row = await cursor.fetchone()
    return bytes(row[0]) if row and row[0] is not None else b""
