"""A county's elevation model, open for tiles, points and lines.

We warp tiles ourselves: GDAL's warper looks its transformation up again for each tile, 200–600 ms of the 210–1,400 ms a
tile took. Here a model stays open in each thread with its transformation, 17 × 17 places of a tile are transformed and
the rest lie between them (off by less than a hundredth of a pixel).
"""

import atexit
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.windows import Window
from scipy.ndimage import distance_transform_edt

from gis.errors import UnreadableFile
from gis.geometry import CGCS2000_ELLIPSOID
from gis.terrain import bilinear, magnified

Floats = NDArray[np.float64]
EQUATOR_M = 40_075_016.686  # length of the equator of EPSG:3857
CONTROLS = 17  # places a side of a tile that are transformed; between them degrees bend less than a metre a cell of 20 km
OPEN_MOST = 4  # models a thread keeps open: counties looked at on one screen
MOST_CELLS = 4_000_000  # cells read for a tile from a model without overviews; above that some are passed over
MAGNIFIED_MOST = 64  # a cell of 30 m at zoom 18; the window of a tile is then 5 cells wide
REACH = 2  # cells around a window that its magnified rim needs
TOGETHER = 50  # samples of a line read in one window, so that a long diagonal does not read the whole county


class Cell(NamedTuple):
    """Size and bearing of one cell on the ground, measured on the ellipsoid: right for degrees, metres and feet."""

    x_m: float
    y_m: float
    north_deg: float


class Model:
    """One elevation model, for one thread. Heights are metres in the height datum of the file, NaN in holes."""

    def __init__(self, path: Path) -> None:
        """Raises UnreadableFile, as everything here that reads."""
        self._path = path
        with _readable(path):
            self._levels = [rasterio.open(path)]
            count = len(self._levels[0].overviews(1))
            self._levels += [rasterio.open(path, overview_level=level) for level in range(count)]
        system = self._levels[0].crs
        if system is None:
            raise UnreadableFile(f"{path.name} 没有坐标系,请重新导出。", f"{path.name} names no CRS: export it again.")
        self._from_lonlat = Transformer.from_crs("EPSG:4490", system.to_wkt(), always_xy=True)

    def close(self) -> None:
        for level in self._levels:
            level.close()

    def cell_at(self, lon: float, lat: float) -> Cell:
        """The cell at a place, on the ground."""
        x, y = self._from_lonlat.transform(lon, lat)
        step = self._levels[0].transform  # a, d: one column to the right; b, e: one row down
        (lon_0, lon_x, lon_y), (lat_0, lat_x, lat_y) = self._from_lonlat.transform(
            [x, x + step.a, x - step.b], [y, y + step.d, y - step.e], direction="INVERSE"
        )
        _, _, x_m = CGCS2000_ELLIPSOID.inv(lon_0, lat_0, lon_x, lat_x)
        north_deg, _, y_m = CGCS2000_ELLIPSOID.inv(lon_0, lat_0, lon_y, lat_y)
        return Cell(float(x_m), float(y_m), float(north_deg))

    def around(self, lon: float, lat: float) -> Floats:
        """The 3 × 3 cells around a place, north up; NaN outside."""
        x, y = self._from_lonlat.transform(lon, lat)
        row, column = self._cell_numbers(0, np.float64(x), np.float64(y))
        if not np.isfinite(column) or not np.isfinite(row):
            return np.full((3, 3), np.nan)
        return self._read(0, int(np.floor(row + 0.5)) - 1, int(np.floor(column + 0.5)) - 1, 3, 3)

    def along(self, lon: Floats, lat: Floats) -> Floats:
        """Heights of many places in the order of a line, between cells where they lie between."""
        x, y = self._from_lonlat.transform(lon, lat)
        parts = range(0, len(lon), TOGETHER)
        return np.concatenate([self._sampled(0, x[at:at + TOGETHER], y[at:at + TOGETHER]) for at in parts])

    def tile(self, z: int, x: int, y: int, *, size: int, margin: int) -> Floats | None:
        """Heights at the middles of a web map tile's pixels, (size + 2 margin)²; None where the model has none at all.

        All tiles of a zoom are read from the same overview, so that neighbours agree on the pixels they share.
        """
        if not self._touches(z, x, y):
            return None
        where = np.linspace(-margin, size + margin, CONTROLS) / size
        lon = (x + where) / 2**z * 360.0 - 180.0
        lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + where) / 2**z))))
        east, north = self._from_lonlat.transform(*np.meshgrid(lon, lat))
        between = _between(size + 2 * margin)
        level, times = self._level_for(z, size)
        heights = self._sampled(level, between @ east @ between.T, between @ north @ between.T, times)
        return heights if np.isfinite(heights).any() else None

    @cached_property
    def _bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        box = self._levels[0].bounds
        west, south, east, north = self._from_lonlat.transform_bounds(
            box.left, box.bottom, box.right, box.top, direction="INVERSE"
        )
        return west, south, east, north

    def _touches(self, z: int, x: int, y: int) -> bool:
        west, south, east, north = self._bounds
        rows = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.array([y, y + 1]) / 2**z))))
        columns = np.array([x, x + 1]) / 2**z * 360.0 - 180.0
        return bool(columns[0] < east and columns[1] > west and rows[1] < north and rows[0] > south)

    def _level_for(self, z: int, size: int) -> tuple[int, int]:
        """The coarsest level whose cells are not larger than the tile's pixels in the middle of the model.

        With it how many times its cells are to be magnified: 1 unless even the full model is coarser than the tile.
        """
        west, south, east, north = self._bounds
        cell = self.cell_at((west + east) / 2, (south + north) / 2)
        pixel_m = EQUATOR_M * np.cos(np.radians((south + north) / 2)) / (size * 2**z)
        full = self._levels[0].width
        sizes_m = [cell.x_m * full / level.width for level in self._levels]
        level = max((number for number, size_m in enumerate(sizes_m) if size_m <= pixel_m), default=0)
        return level, min(MAGNIFIED_MOST, int(np.ceil(sizes_m[level] / pixel_m)))

    def _sampled(self, level: int, x: Floats, y: Floats, times: int = 1) -> Floats:
        """Heights at places in the model's own system, from cells magnified so many times."""
        source = self._levels[level]
        row, column = self._cell_numbers(level, x, y)
        known = np.isfinite(column) & np.isfinite(row)
        first_row, last_row = self._span(row[known], source.height)
        first_column, last_column = self._span(column[known], source.width)
        if last_row <= first_row or last_column <= first_column:
            return np.full(x.shape, np.nan)
        rows, columns = last_row - first_row, last_column - first_column
        step = max(1, int(np.ceil(np.sqrt(rows * columns / MOST_CELLS))))
        cells = self._read(level, first_row, first_column, rows, columns, step)
        down = (np.where(known, row, -9.0) - first_row + 0.5) * cells.shape[0] / rows - 0.5
        right = (np.where(known, column, -9.0) - first_column + 0.5) * cells.shape[1] / columns - 0.5
        return bilinear(cells, down, right) if times == 1 else _smooth(cells, down, right, times)

    def _cell_numbers(self, level: int, x: Any, y: Any) -> tuple[Any, Any]:
        """Row and column with fractions; whole numbers are the middles of cells."""
        back = ~self._levels[level].transform
        return back.d * x + back.e * y + back.f - 0.5, back.a * x + back.b * y + back.c - 0.5

    @staticmethod
    def _span(values: Floats, size: int) -> tuple[int, int]:
        """First and past-the-last whole cell around fractional ones, inside the file."""
        if not values.size:
            return 0, 0
        return max(0, int(np.floor(values.min())) - REACH), min(size, int(np.ceil(values.max())) + 1 + REACH)

    def _read(self, level: int, row: int, column: int, rows: int, columns: int, step: int = 1) -> Floats:
        """A window of cells, NaN in holes and outside of the file; every `step`th cell."""
        source = self._levels[level]
        found = np.full((-(-rows // step), -(-columns // step)), np.nan)
        top, left = max(0, row), max(0, column)
        height, width = min(source.height, row + rows) - top, min(source.width, column + columns) - left
        if height <= 0 or width <= 0:
            return found
        shape = (-(-height // step), -(-width // step))
        with _readable(self._path):
            cells = source.read(1, window=Window(left, top, width, height), out_shape=shape, masked=True)
        at = (top - row) // step, (left - column) // step
        found[at[0]:at[0] + shape[0], at[1]:at[1] + shape[1]] = cells.astype(np.float64).filled(np.nan)
        return found


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """GDAL's complaint as a refusal that names the file and not where it lies."""
    try:
        yield
    except rasterio.errors.RasterioError as problem:
        said = str(problem).replace(str(path), path.name)
        raise UnreadableFile(f"{path.name} 无法读取:{said}", f"{path.name} cannot be read: {said}") from problem


def _smooth(cells: Floats, row: Floats, column: Floats, times: int) -> Floats:
    """As gis.terrain.bilinear, without its creases; NaN where the cell under the point itself is missing."""
    held = ~np.isnan(cells)
    if not held.any():
        return np.full(row.shape, np.nan)
    if not held.all():
        nearest = distance_transform_edt(~held, return_distances=False, return_indices=True)
        cells = cells[tuple(nearest)]
    heights = bilinear(magnified(cells, times), (row + 0.5) * times - 0.5, (column + 0.5) * times - 0.5)
    own_row, own_column = (np.clip(np.floor(at + 0.5), 0, size - 1).astype(np.intp)
                           for at, size in zip((row, column), held.shape, strict=True))  # fmt: skip
    return np.where(held[own_row, own_column], heights, np.nan)


@cache
def _between(pixels: int) -> Floats:
    """Shares of the two nearest of CONTROLS evenly spaced places in each pixel's middle, (pixels, CONTROLS)."""
    at = (np.arange(pixels) + 0.5) / pixels * (CONTROLS - 1)
    return np.asarray(np.clip(1.0 - np.abs(at[:, np.newaxis] - np.arange(CONTROLS)), 0.0, None))


_OPEN = threading.local()  # GDAL's datasets may not be shared between threads


def open_model(path: Path, modified_ns: int) -> Model:
    """The model, kept open in this thread while its file stays the same. Raises UnreadableFile."""
    models = _open_here()
    model = models.pop((path, modified_ns), None) or Model(path)
    models[path, modified_ns] = model
    while len(models) > OPEN_MOST:
        models.popitem(last=False)[1].close()
    return model


def _open_here() -> OrderedDict[tuple[Path, int], Model]:
    """The models of this thread, the least lately used first."""
    models: OrderedDict[tuple[Path, int], Model] = _OPEN.__dict__.setdefault("models", OrderedDict())
    return models


@atexit.register
def close_all() -> None:
    """Close this thread's models: left to the interpreter's end, GDAL is gone before them and complains."""
    for model in _open_here().values():
        model.close()
    _open_here().clear()
