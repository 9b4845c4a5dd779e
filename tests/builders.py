"""What tests are made of: a small county with two townships, one person a role, and features to write.

The county is a square of 0.2 degrees at 111.0–111.2 E, 36.3–36.5 N under code 141033; the western half is township
141033100, the eastern 141033101.
"""

from typing import Any

import geopandas as gpd
import psycopg
from shapely.geometry import MultiPolygon, Point, box

from layers.loading import load_rows
from layers.registry import layer_named

COUNTY, WEST, EAST = "141033", "141033100", "141033101"
PASSWORD = "a long test password 7"
PEOPLE: dict[str, dict[str, Any]] = {
    "admin": {"name": "管理员", "role": "admin", "scope": ""},
    "commander": {"name": "指挥长", "role": "commander", "scope": COUNTY},
    "duty": {"name": "值班员", "role": "duty", "scope": COUNTY},
    "bureau": {"name": "自然资源局", "role": "bureau", "scope": COUNTY, "bureau": "natural_resources"},
    "director": {"name": "导调", "role": "director", "scope": COUNTY},
    "viewer": {"name": "观看", "role": "viewer", "scope": COUNTY},
    "village": {"name": "监测人01", "role": "village", "scope": WEST},
    WEST: {"name": "西镇", "role": "township", "scope": WEST},
    EAST: {"name": "东镇", "role": "township", "scope": EAST},
}


def frame(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Rows with a `geometry` as a frame in CGCS2000."""
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs=4490)


def geohazard_row(code: str = "G1", lon: float = 111.05, lat: float = 36.4, **more: Any) -> dict[str, Any]:
    """A geohazard of the western township, as load_rows takes it."""
    return {
        "code": code,
        "name": f"隐患点{code}",
        "admin_code": WEST,
        "source": "exercise",
        "duty_person": "责任人01",
        "duty_phone": "0357-5550101",
        "geometry": Point(lon, lat),
        **more,
    }


def feature(layer: str = "shelters", lon: float = 111.05, lat: float = 36.4, **properties: Any) -> dict[str, Any]:
    """A GeoJSON point feature as a client posts it."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"code": "S1", "name": "一号避难所", "admin_code": WEST, "source": "测试", **properties},
    }


def load_small_county(owner_url: str) -> None:
    """The square county, its two townships, three villages and three geohazards."""
    west, east = box(111.0, 36.3, 111.1, 36.5), box(111.1, 36.3, 111.2, 36.5)
    place = {"source": "测试", "secrecy": "public"}
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "insert into app.counties (code, name, en, metric_epsg, centre_lon, centre_lat, exercise)"
            " values (%s, '试验县', 'Test County', 4546, 111.1, 36.4, true)",
            (COUNTY,),
        )
        load_rows(
            connection,
            layer_named("counties"),
            frame(
                {
                    "code": COUNTY,
                    "name": "试验县",
                    "admin_code": COUNTY,
                    **place,
                    "geometry": MultiPolygon([box(111.0, 36.3, 111.2, 36.5)]),
                }
            ),
            "tests",
        )
        load_rows(
            connection,
            layer_named("townships"),
            frame(
                {"code": WEST, "name": "西镇", "admin_code": WEST, **place, "geometry": MultiPolygon([west])},
                {"code": EAST, "name": "东镇", "admin_code": EAST, **place, "geometry": MultiPolygon([east])},
            ),
            "tests",
        )
        load_rows(
            connection,
            layer_named("villages"),
            frame(
                *(
                    {
                        "code": f"{WEST}{n:03d}",
                        "name": f"{n}号村",
                        "admin_code": WEST,
                        **place,
                        "geometry": Point(111.02 + n / 50, 36.35),
                    }
                    for n in (1, 2, 3)
                )
            ),
            "tests",
        )
        load_rows(
            connection,
            layer_named("geohazards"),
            frame(geohazard_row("G1"), geohazard_row("G2", 111.06), geohazard_row("G3", 111.15, admin_code=EAST)),
            "tests",
        )
