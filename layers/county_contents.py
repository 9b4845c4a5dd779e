"""What is loaded of each county: rows by layer, how many of them exercise data, and what is still wanted.

A pack says the same before it is loaded (counties.what_is_missing); here the database is asked, so rows imported or drawn
since count too.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from layers.registry import LAYERS

FIRST_NEEDED = (
    "flash_flood_zones", "geohazards", "mines", "shelters", "villages", "households", "rescue_teams", "depots", "stations",
    "schools", "hospitals", "rivers", "crossings",
)  # fmt: skip
"""What an emergency map needs first, in the order to ask the county for it (domain §9, "first data to ask for")."""

COUNTS = " union all ".join(
    f"select '{name}', left(admin_code, 6), count(*), count(*) filter (where source = 'exercise')"
    f" from layers.{name} group by 2" for name in LAYERS
)
PLACES = ("counties", "townships", "roads")  # wanted before any object that stands in them


@dataclass(frozen=True)
class Held:
    """Rows of one layer in one county."""

    layer: str
    rows: int
    exercise_rows: int

    @property
    def real_rows(self) -> int:
        return self.rows - self.exercise_rows


@dataclass(frozen=True)
class Wanted:
    """What a county still lacks. `invented` where only exercise data fill the gap."""

    key: str
    zh: str
    en: str
    invented: bool


async def contents(connection: AsyncConnection[Any]) -> dict[str, list[Held]]:
    """County code -> its layers with rows, in drawing order. One statement over all layers."""
    rows = await (await connection.execute(COUNTS)).fetchall()
    held: dict[str, list[Held]] = {}
    for layer, county, count, played in rows:
        held.setdefault(county, []).append(Held(layer, count, played))
    return held


def wanted(held: list[Held], *, has_dem: bool, dem_is_invented: bool) -> list[Wanted]:
    """What to ask the county for next, most needed first: layers without one real row, and the elevation model."""
    by_layer = {one.layer: one for one in held}
    names = [name for name in (*PLACES, *FIRST_NEEDED) if name in LAYERS]
    missing = [Wanted(name, LAYERS[name].zh, LAYERS[name].en, invented=name in by_layer) for name in names
               if name not in by_layer or by_layer[name].real_rows == 0]  # fmt: skip
    if not has_dem or dem_is_invented:
        place = sum(one.key in PLACES for one in missing)
        missing.insert(place, Wanted("dem", "高程(DEM)", "elevation (DEM)", invented=dem_is_invented))
    return missing
