"""Heights at places and along lines, from models in metres and in degrees."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin

from gis.errors import UnreadableFile
from maps.terrain import Ground, ground_along, ground_at

TO_METRES = Transformer.from_crs("EPSG:4490", "EPSG:4546", always_xy=True)
WEST_M, NORTH_M = 520_000.0, 4_040_000.0  # 20 km east of the meridian 111° E: the grid is turned by 0.13°


def metric_model(folder: Path, cells: np.ndarray) -> Path:
    return write(folder / "metric.tif", cells, "EPSG:4546", from_origin(WEST_M, NORTH_M, 30, 30))


def write(path: Path, cells: np.ndarray, crs: str | None, transform: object) -> Path:
    with rasterio.open(path, "w", driver="GTiff", width=cells.shape[1], height=cells.shape[0], count=1, dtype="float32",
                       crs=crs, transform=transform, nodata=-9999) as out:  # fmt: skip
        out.write(cells.astype(np.float32), 1)
    return path


def lonlat(east_m: float, north_m: float) -> tuple[float, float]:
    lon, lat = TO_METRES.transform(WEST_M + east_m, NORTH_M + north_m, direction="INVERSE")
    return float(lon), float(lat)


def parallel_m(latitude_deg: float, arc_deg: float) -> float:
    """Length of an arc of a parallel on the CGCS2000 ellipsoid, by the radius of the prime vertical."""
    latitude = np.radians(latitude_deg)
    return float(np.radians(arc_deg) * 6378137 / np.sqrt(1 - 0.00669438002 * np.sin(latitude) ** 2) * np.cos(latitude))


def rough() -> np.ndarray:
    return np.random.default_rng(3).normal(1000, 40, (100, 120))


def test_the_height_of_a_place_is_that_of_its_cell_as_gdallocationinfo_finds_it(tmp_path: Path) -> None:
    model = metric_model(tmp_path, rough())
    for east_m, north_m in ((15, -15), (1234, -987), (3599, -2999), (1799.9, -60.1)):
        lon, lat = lonlat(east_m, north_m)
        said = subprocess.run(["gdallocationinfo", "-wgs84", "-valonly", model, repr(lon), repr(lat)], check=True,
                              capture_output=True, text=True).stdout  # fmt: skip
        assert ground_at(model, 0, lon, lat).elevation_m == pytest.approx(float(said), abs=1e-3)


def test_slope_in_metres_is_the_planes_and_aspect_is_told_from_true_north(tmp_path: Path) -> None:
    row, _ = np.mgrid[0:50, 0:50]
    ground = ground_at(metric_model(tmp_path, 1000 - 3.0 * row), 0, *lonlat(700, -700))
    lon, lat = lonlat(700, -700)
    convergence = (lon - 111) * np.sin(np.radians(lat))  # first term; the next is below 1e-5° here
    assert ground.slope_deg == pytest.approx(5.7106, abs=2e-3)  # falls southward along the grid
    assert ground.aspect_deg == pytest.approx(180 + convergence, abs=1e-3)


def test_slope_in_degrees_uses_the_length_of_a_degree_on_the_ellipsoid(tmp_path: Path) -> None:
    _, column = np.mgrid[0:50, 0:50]
    model = write(tmp_path / "degrees.tif", 1000 + 3.0 * column, "EPSG:4490", from_origin(111, 36.5, 0.0003, 0.0003))
    ground = ground_at(model, 0, 111.0077, 36.4922)
    assert ground.slope_deg == pytest.approx(np.degrees(np.arctan(3 / parallel_m(36.4922, 0.0003))), abs=1e-4)
    assert ground.aspect_deg == pytest.approx(270, abs=1e-3)


def test_the_rim_has_a_height_without_slope_and_outside_there_is_nothing(tmp_path: Path) -> None:
    cells = rough()
    cells[50, 50] = -9999
    model = metric_model(tmp_path, cells)
    rim, hole, beside = (ground_at(model, 0, *lonlat(*at)) for at in ((10, -1500), (1515, -1515), (1545, -1515)))
    assert (rim.elevation_m is not None, rim.slope_deg, rim.aspect_deg) == (True, None, None)
    assert hole == Ground(None, None, None)
    assert (beside.elevation_m is not None, beside.slope_deg) == (True, None)
    assert ground_at(model, 0, 100.0, 30.0) == Ground(None, None, None)
    assert ground_at(model, 0, -69.0, -90.0) == Ground(None, None, None)  # where the projection has no answer


def test_a_profile_up_a_plane_climbs_it_evenly(tmp_path: Path) -> None:
    _, column = np.mgrid[0:100, 0:100]
    model = metric_model(tmp_path, 500 + 6.0 * column)
    line = np.array([lonlat(105, -1500), lonlat(2505, -1500)])
    found = ground_along(model, 0, line, 81)
    assert found.sums.length_m == pytest.approx(2400, abs=0.05)
    assert found.elevation_m.tolist() == pytest.approx((518 + 6.0 * np.arange(81)).tolist(), abs=0.01)
    assert (found.sums.up_m, found.sums.down_m) == (pytest.approx(480, abs=0.02), 0)


def test_a_profile_that_leaves_the_model_is_unknown_there(tmp_path: Path) -> None:
    model = metric_model(tmp_path, np.full((100, 100), 700.0))
    found = ground_along(model, 0, np.array([lonlat(1500, -1500), lonlat(4500, -1500)]), 101)
    assert np.isnan(found.elevation_m).sum() == 50
    assert (found.sums.min_m, found.sums.max_m) == (700, 700)


def test_without_a_model_a_line_has_a_length_and_no_heights() -> None:
    found = ground_along(None, 0, np.array([[111.0, 36.4], [111.1, 36.4]]), 5)
    assert np.isnan(found.elevation_m).all()
    assert found.sums.length_m == pytest.approx(parallel_m(36.4, 0.1), abs=0.01)


@pytest.mark.parametrize("kept_bytes", [4, 30_000])
def test_a_model_cut_short_is_refused_not_guessed(tmp_path: Path, kept_bytes: int) -> None:
    model = metric_model(tmp_path, rough())
    model.write_bytes(model.read_bytes()[:kept_bytes])
    with pytest.raises(UnreadableFile):
        ground_at(model, 0, *lonlat(1500, -2900))


def test_a_model_without_a_crs_is_refused(tmp_path: Path) -> None:
    model = write(tmp_path / "nowhere.tif", rough(), None, from_origin(0, 0, 30, 30))
    with pytest.raises(UnreadableFile):
        ground_at(model, 0, 111.0, 36.4)


def test_a_file_that_is_no_model_is_refused_without_its_path(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"not a raster")
    with pytest.raises(UnreadableFile) as refused:
        ground_at(broken, 0, 111.0, 36.4)
    assert str(tmp_path) not in refused.value.en
