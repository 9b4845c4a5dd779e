"""OpenStreetMap → layers, from a small hand-written extract and from the whole of Andorra."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from gis.errors import UnreadableFile
from gis.geometry import length_m
from layers.elevation import elevation_m
from layers.osm import Extract, Found, read_osm
from layers.pack_files import checked_values
from layers.registry import layer_named
from tests.shared_data import shared


def tags(**given: str) -> str:
    return "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in given.items())


def node(number: int, lon: float, lat: float, **given: str) -> str:
    return f'<node id="{number}" lon="{lon}" lat="{lat}" version="1">{tags(**given)}</node>'


def way(number: int, refs: list[int], **given: str) -> str:
    members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" version="1">{members}{tags(**given)}</way>'


def border(number: int, ways: list[int], **given: str) -> str:
    members = "".join(f'<member type="way" ref="{ref}" role="outer"/>' for ref in ways)
    return f'<relation id="{number}" version="1">{members}{tags(type="boundary", boundary="administrative", **given)}</relation>'


# A square county of two townships around a west-east road; node numbers are column + 10 × row of a grid of 0.01°.
GRID = "".join(node(10 * row + column, 111 + column / 100, 36 + row / 100) for row in range(5) for column in range(5))
BORDERS = (
    way(101, [0, 2]) + way(102, [2, 42]) + way(103, [42, 40]) + way(104, [40, 0]) + way(105, [2, 4, 44, 42])
    + border(1001, [101, 105, 103, 104], admin_level="6", name="试验县")
    + border(1003, [101, 102, 103, 104], admin_level="8", name="西镇")
    + border(1002, [105, 102], admin_level="8", name="东镇")
)  # fmt: skip


def extract(folder: Path, *parts: str) -> Extract:
    path = folder / "small.osm"
    kinds = {
        kind: "".join(part for part in parts if part.startswith(f"<{kind}")) for kind in ("node", "way", "relation")
    }
    path.write_text(
        f'<osm version="0.6">{GRID}{kinds["node"]}{kinds["way"]}{kinds["relation"]}</osm>', encoding="utf-8"
    )
    return read_osm(path, county_tags={"admin_level": "6"}, township_level="8")


def only(rows: list[Found]) -> dict:
    (row,) = rows
    return dict(row.values)


def test_outlines_come_from_the_tagged_relations_and_townships_in_the_order_of_their_ids(tmp_path):
    path = tmp_path / "borders.osm"
    path.write_text(f'<osm version="0.6">{GRID}{BORDERS}</osm>', encoding="utf-8")
    found = read_osm(path, county_tags={"admin_level": "6"}, township_level="8")
    assert found.county is not None
    assert found.county.equals(shapely.MultiPolygon([shapely.box(111, 36, 111.04, 36.04)]))
    assert [town.values["name"] for town in found.townships] == ["东镇", "西镇"]


def test_a_neighbours_township_is_left_out(tmp_path):
    far = node(901, 112, 36) + node(902, 112.1, 36) + node(903, 112.1, 36.1)
    path = tmp_path / "borders.osm"
    ring = way(106, [901, 902, 903, 901])
    relations = BORDERS.replace("<relation", ring + "<relation", 1) + border(1004, [106], admin_level="8", name="邻镇")
    path.write_text(f'<osm version="0.6">{GRID}{far}{relations}</osm>', encoding="utf-8")
    found = read_osm(path, county_tags={"admin_level": "6"}, township_level="8")
    assert "邻镇" not in [town.values["name"] for town in found.townships]


def test_a_road_keeps_rank_surface_limits_and_direction(tmp_path):
    found = extract(tmp_path, way(7, [20, 21, 22], highway="secondary", ref="X 401", name="沟底路", surface="asphalt",
                                  maxheight="4.5 m", maxweight="20", width="6", lanes="2", maxspeed="40", oneway="-1"))  # fmt: skip
    assert only(found.rows["roads"]) == {
        "code": "osm-w7", "name": "X 401 沟底路", "rank": "county", "status": "open", "road_code": "X401",
        "surface": "asphalt", "width_m": 6.0, "lanes": 2, "oneway": "backward", "limit_height_m": 4.5,
        "limit_load_t": 20.0, "speed_kph": 40.0, "tunnel": False, "note": "highway=secondary",
    }  # fmt: skip


@pytest.mark.parametrize("highway", ["footway", "path", "steps", "cycleway", "construction", "raceway", "pedestrian"])
def test_what_no_vehicle_may_use_is_no_road(tmp_path, highway):
    assert extract(tmp_path, way(7, [20, 21], highway=highway)).rows["roads"] == []


def test_limits_that_are_no_numbers_or_beyond_belief_stay_empty(tmp_path):
    road = only(extract(tmp_path, way(7, [20, 21], highway="track", maxheight="default", maxweight="99999", width="2;3",
                                      maxspeed="none", lanes="1.5")).rows["roads"])  # fmt: skip
    assert not {"limit_height_m", "limit_load_t", "width_m", "speed_kph", "lanes"} & road.keys()
    assert road["name"] == "便道 w7"


def test_feet_inches_and_miles_become_metres_and_kilometres(tmp_path):
    road = only(
        extract(
            tmp_path, way(7, [20, 21], highway="track", maxheight="13'6\"".replace('"', "&quot;"), maxspeed="30 mph")
        ).rows["roads"]
    )
    assert road["limit_height_m"] == 4.11  # 13.5 × 0.3048
    assert road["speed_kph"] == 48.3


def test_a_road_closed_to_vehicles_is_under_control_with_its_reason(tmp_path):
    road = only(extract(tmp_path, way(7, [20, 21], highway="track", motor_vehicle="no")).rows["roads"])
    assert (road["status"], road["state_reason"]) == ("controlled", "motor_vehicle=no")


def test_a_tunnel_says_how_long_it_is(tmp_path):
    road = only(extract(tmp_path, way(7, [20, 21], highway="primary", tunnel="yes")).rows["roads"])
    assert road["tunnel"] is True
    assert road["tunnel_length_m"] == pytest.approx(902, abs=2)  # 0.01° × cos 36.02° × 111.3 km


def test_a_roundabout_is_driven_one_way(tmp_path):
    road = only(extract(tmp_path, way(7, [20, 21, 31, 20], highway="tertiary", junction="roundabout")).rows["roads"])
    assert road["oneway"] == "forward"


def test_a_bridge_stands_at_the_middle_of_its_way_and_knows_road_and_river(tmp_path):
    found = extract(tmp_path, node(900, 111.015, 36.01), node(901, 111.015, 36.03),
                    way(7, [21, 22], highway="secondary", bridge="yes", maxweight="10"),
                    way(8, [900, 901], waterway="river", name="试验河"))  # fmt: skip
    bridge = only(found.rows["crossings"])
    assert bridge["kind"] == "bridge"
    assert (bridge["road"], bridge["river"], bridge["limit_load_t"]) == ("osm-w7", "osm-w8", 10.0)
    assert found.rows["crossings"][0].shape.distance(shapely.Point(111.015, 36.02)) < 1e-9


def test_a_ford_counts_once_and_only_on_a_road_for_vehicles(tmp_path):
    fords = node(901, 111.015, 36.02, ford="yes") + node(902, 111.016, 36.03, ford="yes")
    found = extract(tmp_path, fords, way(7, [20, 901], highway="track"), way(8, [901, 22], highway="track"),
                    way(9, [30, 902], highway="path"))  # fmt: skip
    ford = only(found.rows["crossings"])
    assert (ford["code"], ford["kind"], ford["road"]) == ("osm-n901", "ford", "osm-w7")


def test_rivers_keep_their_kind_and_say_when_they_run_dry(tmp_path):
    found = extract(tmp_path, way(7, [20, 21], waterway="stream", intermittent="yes"), way(8, [30, 31], waterway="river"),
                    way(9, [10, 11], waterway="dam"))  # fmt: skip
    assert [(r.values["river_order"], r.values["status"]) for r in found.rows["rivers"]] == [
        ("tributary", "seasonal"),
        ("main", "perennial"),
    ]


def test_a_place_drawn_as_point_and_as_area_is_one_village(tmp_path):
    found = extract(tmp_path, node(901, 111.01, 36.01, place="village", name="试验村", population="1 234"),
                    way(7, [0, 2, 22, 20, 0], place="village", name="试验村"),
                    way(8, [22, 24, 44, 42, 22], place="hamlet", name="试验庄"),
                    node(902, 111.03, 36.01, place="locality", name="无人处"))  # fmt: skip
    assert [(r.values["code"], r.values["kind"]) for r in found.rows["villages"]] == [
        ("osm-n901", "village"),
        ("osm-w8", "hamlet"),
    ]
    assert found.rows["villages"][0].values["resident_people"] == 1234


def test_buildings_become_points_inside_them(tmp_path):
    found = extract(tmp_path, way(7, [0, 1, 11, 10, 0], building="yes", amenity="school", name="试验小学"))
    assert shapely.box(111, 36, 111.01, 36.01).contains(found.rows["schools"][0].shape)


@pytest.mark.parametrize(
    ("given", "layer"),
    [
        ({"amenity": "kindergarten"}, "schools"),
        ({"amenity": "clinic", "emergency": "yes", "beds": "20"}, "hospitals"),
        ({"amenity": "fire_station"}, "rescue_teams"),
        ({"tourism": "alpine_hut", "capacity": "30"}, "shelters"),
        ({"tourism": "wilderness_hut", "amenity": "shelter"}, "shelters"),
        ({"amenity": "shelter", "shelter_type": "weather_shelter"}, "shelters"),
        ({"emergency": "assembly_point"}, "shelters"),
    ],
)
def test_each_kind_of_site_goes_to_one_layer_and_fits_its_definition(tmp_path, given, layer):
    found = extract(tmp_path, node(901, 111.01, 36.01, **given))
    values = only(found.rows[layer])
    assert sum(len(rows) for rows in found.rows.values()) == 1
    assert checked_values(layer_named(layer), values | {"source": "OSM"}, "osm-n901")["code"] == "osm-n901"


def test_a_bus_shelter_is_no_shelter(tmp_path):
    found = extract(tmp_path, node(901, 111.01, 36.01, amenity="shelter", shelter_type="public_transport"))
    assert found.rows["shelters"] == []


def test_a_way_whose_nodes_are_not_in_the_extract_is_left_out_and_counted(tmp_path):
    found = extract(tmp_path, way(7, [20, 999_999], highway="track"))
    assert found.rows["roads"] == []
    assert found.left_out == 1


def test_a_file_that_is_no_osm_file_is_refused(tmp_path):
    (tmp_path / "bad.osm.pbf").write_bytes(b"not a protocol buffer")
    with pytest.raises(UnreadableFile, match=r"bad\.osm\.pbf"):
        read_osm(tmp_path / "bad.osm.pbf", county_tags={}, township_level=None)
    with pytest.raises(UnreadableFile, match="not there"):
        read_osm(tmp_path / "none.osm.pbf", county_tags={}, township_level=None)


# --- Andorra ---


@pytest.fixture(scope="module")
def andorra() -> Extract:
    path = shared("osm_andorra/andorra-250119.osm.pbf")
    return read_osm(path, county_tags={"ISO3166-1": "AD", "admin_level": "2"}, township_level="7")


def test_andorra_has_881_km_of_roads_and_tracks_for_vehicles(andorra):
    # 880.7 km were counted independently with osmium and haversine lengths.
    assert sum(length_m(row.shape) for row in andorra.rows["roads"]) / 1000 == pytest.approx(880.7, rel=0.002)


def test_andorra_has_its_known_sites(andorra):
    kinds = Counter(row.values["note"].split(" ")[0] for row in andorra.rows["shelters"])
    assert kinds["tourism=wilderness_hut"] == 29
    assert len(andorra.rows["rescue_teams"]) == 4
    assert sum(row.values["note"] == "amenity=hospital" for row in andorra.rows["hospitals"]) == 10
    assert sum(row.values["note"] == "amenity=school" for row in andorra.rows["schools"]) == 26


def test_all_codes_of_a_layer_differ(andorra):
    for rows in andorra.rows.values():
        assert len({row.values["code"] for row in rows}) == len(rows)


# --- heights ---


@pytest.fixture
def dem(tmp_path) -> Path:
    """Four by three cells of 0.1° from 111° E 36.3° N; one hole."""
    cells = np.array([[10, 20, 30, 40], [50, -32768, 70, 80], [90, 100, 110, 120]], dtype=np.int16)
    path = tmp_path / "dem.tif"
    with rasterio.open(path, "w", driver="GTiff", height=3, width=4, count=1, dtype="int16", crs="EPSG:4326", nodata=-32768,
                       transform=rasterio.transform.from_origin(111, 36.3, 0.1, 0.1)) as made:  # fmt: skip
        made.write(cells, 1)
    return path


def test_a_point_has_the_height_of_its_cell_and_holes_and_outside_have_none(dem):
    lon, lat = np.array([111.05, 111.35, 111.15, 110.0]), np.array([36.25, 36.05, 36.15, 36.25])
    np.testing.assert_array_equal(elevation_m(dem, lon, lat), [10, 120, np.nan, np.nan])


def test_points_all_outside_and_no_points_at_all_have_no_heights(dem):
    assert np.isnan(elevation_m(dem, np.array([100.0]), np.array([30.0]))).all()
    assert elevation_m(dem, np.array([]), np.array([])).size == 0


def test_a_file_that_is_no_raster_is_refused(tmp_path):
    (tmp_path / "dem.tif").write_text("not a raster")
    with pytest.raises(UnreadableFile, match=r"dem\.tif"):
        elevation_m(tmp_path / "dem.tif", np.array([111.0]), np.array([36.0]))
