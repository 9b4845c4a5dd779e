"""Sizes of cells on the ellipsoid, places in cells and parts of a grid."""

import numpy as np
import pytest
from affine import Affine
from pyproj import Geod

from gis.cells import cell_at, cell_sizes, grid_north_deg, lonlat_of, part_around, position_in
from gis.errors import NoAnswer, ValueOutOfRange
from gis.geometry import CGCS2000_ELLIPSOID
from gis.grid import Grid

ARC_SECOND = 1 / 3600


def degrees(rows: int = 6, columns: int = 8, top: float = 36.5) -> Grid:
    return Grid(np.zeros((rows, columns)), Affine(ARC_SECOND, 0, 111.0, 0, -ARC_SECOND, top), "EPSG:4490")


@pytest.mark.parametrize("top", [0.001, 18.0, 36.5, 53.5, -41.0])
def test_cells_of_degrees_are_as_wide_and_high_as_geodesics_say(top: float) -> None:
    grid = degrees(top=top)
    sizes = cell_sizes(grid)
    middle = top - 2.5 * ARC_SECOND
    _, _, width = CGCS2000_ELLIPSOID.inv(111.0, middle, 111.0 + ARC_SECOND, middle)
    _, _, height = CGCS2000_ELLIPSOID.inv(111.0, middle - ARC_SECOND / 2, 111.0, middle + ARC_SECOND / 2)
    assert sizes.width_m[2] == pytest.approx(width, rel=1e-7)
    assert sizes.height_m[2] == pytest.approx(height, rel=1e-7)


def test_a_degree_of_cells_has_the_area_of_the_degree() -> None:
    grid = Grid(np.zeros((600, 600)), Affine(1 / 600, 0, 111.0, 0, -1 / 600, 37.0), "EPSG:4490")
    edge = np.linspace(0, 1, 2001)
    lon = np.concatenate([111 + edge, np.full(2001, 112.0), 112 - edge, np.full(2001, 111.0)])
    lat = np.concatenate([np.full(2001, 36.0), 36 + edge, np.full(2001, 37.0), 37 - edge])
    true_m2, _ = Geod(a=6378137.0, rf=298.257222101).polygon_area_perimeter(lon, lat)
    assert cell_sizes(grid).area_m2.sum() * 600 == pytest.approx(true_m2, rel=1e-6)


def test_metric_cells_are_what_the_grid_says() -> None:
    sizes = cell_sizes(Grid(np.zeros((2, 3)), Affine(25, 0, 5e5, 0, -10, 4e6), "EPSG:4546"))
    assert (sizes.width_m.tolist(), sizes.height_m.tolist(), sizes.largest_m) == ([25, 25], [10, 10], 25)


@pytest.mark.parametrize("transform", [Affine(1, 0.1, 0, 0, -1, 0), Affine(1, 0, 0, 0, 1, 0), Affine(-1, 0, 0, 0, -1, 0)])
def test_a_turned_grid_is_refused(transform: Affine) -> None:
    with pytest.raises(ValueOutOfRange):
        cell_sizes(Grid(np.zeros((2, 2)), transform, "EPSG:4546"))


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4546"])
def test_the_middle_of_a_cell_lies_in_that_cell(crs: str) -> None:
    grid = degrees() if crs == "EPSG:4490" else Grid(np.zeros((6, 8)), Affine(30, 0, 5e5, 0, -30, 4.04e6), crs)
    lon, lat = lonlat_of(grid, 4, 7)
    assert cell_at(grid, float(lon), float(lat)) == (4, 7)
    assert position_in(grid, lon, lat) == (pytest.approx(4, abs=1e-4), pytest.approx(7, abs=1e-4))


@pytest.mark.parametrize("place", [(110.9, 36.4999), (111.001, 36.6), (-69.0, 36.4999), (float("inf"), 36.4999)])
def test_a_place_outside_is_refused_in_both_languages(place: tuple[float, float]) -> None:
    with pytest.raises(NoAnswer) as refusal:
        cell_at(degrees(), *place)
    assert "范围之外" in refusal.value.zh
    assert "outside" in refusal.value.en


def test_a_place_in_a_hole_is_refused_as_such() -> None:
    grid = degrees()
    grid.values[2, 3] = np.nan
    lon, lat = lonlat_of(grid, 2, 3)
    with pytest.raises(NoAnswer, match="hole"):
        cell_at(grid, float(lon), float(lat))


def test_a_part_keeps_its_place_on_the_ground_and_is_cut_at_the_rim() -> None:
    grid = degrees(100, 100)
    grid.values[:] = np.arange(10_000).reshape(100, 100)
    lon, lat = (float(axis) for axis in lonlat_of(grid, 2, 50))
    part = part_around(grid, lon, lat, 150.0)
    assert part.shape == (2 + 6 + 1, 2 * 8 + 1)  # 150 m are 4.9 cells of latitude and 6.0 of longitude
    assert part.values[cell_at(part, lon, lat)] == 250


def test_east_of_the_meridian_grid_north_points_east_of_north() -> None:
    """Convergence is about Δλ·sin φ: 1° east of 111° E at 36.5° N, 0.59°."""
    grid = Grid(np.zeros((3, 3)), Affine(30, 0, 589_500, 0, -30, 4.04e6), "EPSG:4546")
    assert grid_north_deg(grid, 112.0, 36.5) == pytest.approx(0.5948, abs=1e-3)
    assert grid_north_deg(degrees(), 112.0, 36.5) == 0.0
