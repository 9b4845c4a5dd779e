"""The exercise ground: believable, coherent, and the same each time. The outlines here are hand-made."""

import math
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from layers.described import columns_of
from layers.fields import words_of
from layers.registry import LAYERS
from layers.validation import checked_properties, queries
from scenarios.ground import Ground, Township, make_ground, write_ground

METRIC = 4546
NOT_INVENTED = {"counties", "faults", "earthquakes"}
TOWNS = [
    Township("990001100", "甲镇", villages=6, people=9_000),
    Township("990001101", "乙镇", villages=4, people=4_000),
    Township("990001200", "丙乡", villages=3, people=2_000),
]
# About 15 × 14 km with a bay in its side, so that borders and roads cannot take the straight way.
OUTLINE = shapely.Polygon(
    [
        (111.0, 36.40),
        (111.04, 36.47),
        (111.12, 36.50),
        (111.17, 36.46),
        (111.13, 36.43),
        (111.17, 36.38),
        (111.08, 36.36),
    ]
)


def ground(seed: int = 3, size: Any = "county", **more: Any) -> Ground:
    return make_ground(
        OUTLINE, code="990001", name="试验县", townships=TOWNS, metric_epsg=METRIC, seed=seed, size=size, **more
    )


@pytest.fixture(scope="module")
def small() -> Ground:
    return ground()


def metric(frame: gpd.GeoDataFrame, column: str = "geometry") -> np.ndarray:
    return np.asarray(frame[column].to_crs(METRIC).to_numpy())


def as_json(value: Any) -> Any:
    """A value as a GeoJSON property has it."""
    if value is pd.NaT:
        return None
    if isinstance(value, shapely.Geometry):
        return shapely.geometry.mapping(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or (isinstance(value, float) and math.isnan(value)) or value is np.nan else value


def rows_of(frame: gpd.GeoDataFrame, most: int = 400) -> list[dict[str, Any]]:
    part = frame.drop(columns="geometry").head(most)
    return [{name: as_json(value) for name, value in row.items()} for row in part.to_dict("records")]


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_ground(ground(seed=11, size="township"), tmp_path / name)
    written = sorted(p.relative_to(tmp_path / "first") for p in (tmp_path / "first").rglob("*") if p.is_file())
    assert len(written) == len(LAYERS) - len(NOT_INVENTED) + 1
    assert all((tmp_path / "first" / p).read_bytes() == (tmp_path / "second" / p).read_bytes() for p in written)


def test_another_seed_gives_another_ground(small: Ground) -> None:
    other = ground(seed=4)
    assert not np.array_equal(small.dem.height_m, other.dem.height_m, equal_nan=True)


def test_every_collection_but_the_real_ones_is_there_and_none_is_empty(small: Ground) -> None:
    assert set(small.layers) == set(LAYERS) - NOT_INVENTED
    assert not [name for name, frame in small.layers.items() if len(frame) == 0]


def test_every_row_says_it_is_exercise_and_codes_are_unique(small: Ground) -> None:
    for name, frame in small.layers.items():
        assert set(frame["source"]) == {"exercise"}, name
        assert frame["code"].is_unique, name


def test_every_shape_is_valid_and_of_the_kind_its_layer_stores(small: Ground) -> None:
    for name, frame in small.layers.items():
        assert frame.crs.to_epsg() == 4490, name
        assert bool(frame.geometry.is_valid.all()), name
        assert set(frame.geom_type) == {LAYERS[name].geometry}, name


@pytest.mark.parametrize("name", sorted(set(LAYERS) - NOT_INVENTED))
def test_every_row_passes_the_rules_a_person_would_be_held_to(small: Ground, name: str) -> None:
    for row in rows_of(small.layers[name]):
        checked_properties(LAYERS[name], row, partial=False, today=date(2026, 5, 1))


@pytest.mark.parametrize("name", sorted(set(LAYERS) - NOT_INVENTED))
def test_few_rows_raise_a_question_and_few_required_fields_are_empty(small: Ground, name: str) -> None:
    rows = rows_of(small.layers[name])
    asked = [queries(LAYERS[name], row) for row in rows]
    reasons = Counter(f"{q.get('field')} {q['en']}" for one in asked for q in one)
    assert sum(bool(one) for one in asked) <= max(2, 0.12 * len(rows)), reasons


def test_no_telephone_number_can_be_dialled(small: Ground) -> None:
    for name, frame in small.layers.items():
        for column in [c for c in frame.columns if c.endswith("phone")]:
            assert frame[column].dropna().str.fullmatch(r"0357-55\d{6}").all(), (name, column)


def test_townships_tile_the_outline_and_say_that_their_borders_are_invented(small: Ground) -> None:
    towns = small.layers["townships"]
    shapes = towns.geometry.to_numpy()
    assert abs(shapely.area(shapes).sum() / OUTLINE.area - 1) < 1e-6
    assert abs(shapely.union_all(shapes).area / OUTLINE.area - 1) < 1e-6
    assert list(towns["name"]) == ["甲镇", "乙镇", "丙乡"]
    assert towns["note"].str.contains("虚构").all()


def test_villages_come_in_the_number_asked_for_inside_their_township(small: Ground) -> None:
    villages, towns = small.layers["villages"], small.layers["townships"].set_index("code")
    town = villages["code"].str[:9]
    assert town.value_counts().to_dict() == {t.code: t.villages for t in TOWNS}
    assert all(towns.geometry[t].buffer(1e-4).covers(p) for t, p in zip(town, villages.geometry, strict=True))


def test_villages_stand_by_a_stream_and_a_little_above_it(small: Ground) -> None:
    points, rivers = metric(small.layers["villages"]), metric(small.layers["rivers"])
    away = shapely.distance(points, rivers[shapely.STRtree(rivers).nearest(points)])
    assert away.max() < 400
    dem = small.dem
    col, row = ~dem.affine @ (shapely.get_x(points), shapely.get_y(points))
    near = shapely.ops.nearest_points
    beds = [near(rivers[k], p)[0] for k, p in zip(shapely.STRtree(rivers).nearest(points), points, strict=True)]
    bed_col, bed_row = ~dem.affine @ (np.array([b.x for b in beds]), np.array([b.y for b in beds]))
    height = dem.height_m[row.astype(int), col.astype(int)] - dem.height_m[bed_row.astype(int), bed_col.astype(int)]
    assert height.max() < 40


def test_invented_villages_never_carry_a_real_name(small: Ground) -> None:
    names = frozenset(small.layers["villages"]["name"])
    assert not names & set(ground(real_names=names).layers["villages"]["name"])


def test_all_roads_hang_together_at_shared_vertices(small: Ground) -> None:
    lines = small.layers["roads"].geometry.to_numpy()
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)]).round(7)
    _, node = np.unique(ends, axis=0, return_inverse=True)
    a, b = node[: len(lines)], node[len(lines) :]
    size = int(node.max()) + 1
    count, _ = connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(size, size)), directed=False)
    assert count == 1


def test_every_village_is_near_a_road(small: Ground) -> None:
    roads, villages = metric(small.layers["roads"]), metric(small.layers["villages"])
    assert shapely.distance(villages, shapely.union_all(roads)).max() < 150


def test_crossings_lie_on_their_road(small: Ground) -> None:
    crossings, roads = small.layers["crossings"], small.layers["roads"].set_index("code")
    line = roads.geometry.to_crs(METRIC)[crossings["road"]].to_numpy()
    assert shapely.distance(metric(crossings), line).max() < 20


def test_every_danger_zone_holds_a_house_or_a_road_and_its_counts_are_true(small: Ground) -> None:
    points = small.layers["geohazards"]
    zones, houses = metric(points, "danger_zone"), small.layers["households"]
    which, house = shapely.STRtree(metric(houses)).query(zones, predicate="contains")
    found = np.bincount(which, minlength=len(zones))
    people = np.bincount(which, houses["people"].to_numpy()[house], len(zones))
    on_road = shapely.intersects(zones, shapely.union_all(metric(small.layers["roads"])))
    assert np.all((found > 0) | on_road)
    assert np.array_equal(found, points["threat_households"])
    assert np.array_equal(people, points["threat_people"])


def test_danger_points_stand_above_what_they_threaten(small: Ground) -> None:
    assert (small.layers["geohazards"]["height_m"] >= 6).all()


def test_shelters_lie_outside_every_danger_zone(small: Ground) -> None:
    danger = [*metric(small.layers["geohazards"], "danger_zone"), *metric(small.layers["flash_flood_zones"])]
    assert not shapely.intersects(metric(small.layers["shelters"]), shapely.union_all(danger)).any()


def test_every_reference_names_a_row_that_exists(small: Ground) -> None:
    for name, frame in small.layers.items():
        for field, info in LAYERS[name].row.model_fields.items():
            words = words_of(info)
            if words.ref and field in frame and not words.geometry:
                given = {v for v in frame[field] if isinstance(v, str)}
                assert given <= set(small.layers[words.ref]["code"]), (name, field)


def test_water_runs_downhill_and_out_in_the_west(small: Ground) -> None:
    rivers = small.layers["rivers"]
    ends = rivers[rivers["flows_into"].isna()]
    assert rivers["flows_into"].notna().mean() > 0.9
    largest = ends.loc[ends["catchment_km2"].idxmax()]
    assert largest.geometry.coords[-1][0] < OUTLINE.centroid.x - 0.05


def test_real_mines_are_kept_as_they_came_and_none_is_invented() -> None:
    real = gpd.GeoDataFrame(
        {"code": ["M1"], "name": ["真实煤矿"], "source": ["公开登记"]},
        geometry=[shapely.Point(111.11, 36.44)],
        crs=4490,
    )
    made = ground(real={"mines": real})
    assert list(made.layers["mines"]["source"]) == ["公开登记"]
    assert set(made.layers["spoil_heaps"]["mine"]) == {"M1"}


def test_the_highest_ground_lies_in_the_north_east_and_the_range_is_the_countys(small: Ground) -> None:
    height = small.dem.height_m
    row, col = np.unravel_index(np.nanargmax(height), height.shape)
    assert row < height.shape[0] / 2
    assert col > height.shape[1] / 2
    assert np.nanmin(height) == pytest.approx(790, abs=1)
    assert np.nanmax(height) == pytest.approx(1946, abs=1)


def test_a_township_is_small_and_belongs_to_the_first_township() -> None:
    made = ground(size="township")
    assert list(made.layers["townships"]["code"]) == ["990001100"]
    assert 100 < sum(len(frame) for frame in made.layers.values()) < 10_000


def test_what_is_written_reads_back_with_its_second_shapes(small: Ground, tmp_path: Path) -> None:
    write_ground(small, tmp_path)
    back = gpd.read_parquet(tmp_path / "layers" / "geohazards.parquet")
    assert isinstance(back["danger_zone"].iloc[0], shapely.MultiPolygon)
    assert list(back["code"]) == list(small.layers["geohazards"]["code"])
    assert isinstance(gpd.read_parquet(tmp_path / "layers" / "rescue_teams.parquet")["equipment"].iloc[0], str)
    with rasterio.open(tmp_path / "dem.tif") as dem:
        assert dem.crs.to_epsg() == METRIC
        assert dem.block_shapes[0][1] < dem.width or dem.width <= 512
        held = dem.read(1, masked=True)
        assert 780 <= held.min() < held.max() <= 1_960


def test_columns_are_those_of_the_definitions(small: Ground) -> None:
    for name, frame in small.layers.items():
        assert set(frame.columns) - {"geometry"} <= set(columns_of(LAYERS[name])), name
