"""A county's elevation model: where its file lies, heights under points, the whole grid for analyses."""

from pathlib import Path
from typing import Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import rowcol
from rasterio.warp import transform
from rasterio.windows import Window, from_bounds

from gis.errors import UnreadableFile
from gis.grid import Grid

MADE_UP: Final = "dem.tif"  # what scenarios.ground writes; a surveyed model is called surveyed.tif (api.setup.county)


def located(stored: str, var: Path, county: str) -> Path | None:
    """The file a row of app.counties names: relative to the var folder, or absolute in rows older than that.

    An absolute path that leads nowhere is looked for under today's var folder: the checkout was moved.
    """
    places = (var / stored, var / "counties" / county / Path(stored).name)
    return next((path for path in places if path.is_file()), None)


def whole_grid(dem: Path) -> Grid:
    """The model in its own system, holes as NaN; WGS 84 degrees are called EPSG:4490, the same within decimetres.

    Raises UnreadableFile.
    """
    try:
        with rasterio.open(dem) as source:
            cells = source.read(1, masked=True).astype(np.float64).filled(np.nan)
            crs = source.crs.to_epsg()
            return Grid(cells, source.transform, f"EPSG:{4490 if source.crs.is_geographic else crs}")
    except rasterio.errors.RasterioError as problem:
        raise _unreadable(dem, problem) from problem


def _unreadable(dem: Path, problem: Exception) -> UnreadableFile:
    said = str(problem).replace(str(dem), dem.name)
    return UnreadableFile(f"{dem.name} 无法读取:{said}", f"{dem.name} cannot be read: {said}")


def elevation_m(dem: Path, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres of the cell under each point, in the height datum of the file; NaN in holes and outside.

    lon, lat : (n,) CGCS2000 degrees. Reads only the window around the points. Raises UnreadableFile.
    """
    heights = np.full(lon.shape, np.nan)
    if not lon.size:
        return heights
    try:
        with rasterio.open(dem) as source:
            x, y = (np.asarray(axis) for axis in transform("EPSG:4490", source.crs, lon.tolist(), lat.tolist()))
            window = _window(source, x, y)
            if window is None:
                return heights
            cells = source.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)
            row, column = rowcol(source.window_transform(window), x, y)
    except rasterio.errors.RasterioError as problem:
        raise _unreadable(dem, problem) from problem
    inside = (row >= 0) & (row < cells.shape[0]) & (column >= 0) & (column < cells.shape[1])
    heights[inside] = cells[row[inside], column[inside]]
    return heights


def _window(source: rasterio.DatasetReader, x: NDArray[np.float64], y: NDArray[np.float64]) -> Window | None:
    """Whole cells around the points, inside the file; None where they do not meet."""
    around = from_bounds(x.min(), y.min(), x.max(), y.max(), source.transform).round_offsets().round_lengths()
    wide = Window(around.col_off - 1, around.row_off - 1, around.width + 3, around.height + 3)
    whole = Window(0, 0, source.width, source.height)
    return wide.intersection(whole) if rasterio.windows.intersect(wide, whole) else None
