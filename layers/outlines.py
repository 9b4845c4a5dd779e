"""The outlines of a county's townships, thinned for a small map."""

from typing import Any, Final

from psycopg import AsyncConnection

THINNED_DEG: Final = 0.0005  # about 50 m, a pixel of a county on a screen
DECIMALS: Final = 5


async def townships_of(connection: AsyncConnection[Any], county: str) -> dict[str, Any]:
    """A GeoJSON FeatureCollection with `name`, lon/lat; empty where the county has none."""
    rows = await connection.execute(
        "select json_build_object('type', 'Feature', 'properties', json_build_object('name', name),"
        " 'geometry', st_asgeojson(st_simplifypreservetopology(geom, %s), %s)::json)"
        " from layers.townships where admin_code like %s || '%%' and geom is not null order by admin_code",
        (THINNED_DEG, DECIMALS, county),
    )
    return {"type": "FeatureCollection", "features": [feature for (feature,) in await rows.fetchall()]}
