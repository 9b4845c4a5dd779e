"""Heights from a county's elevation model."""

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import rowcol
from rasterio.warp import transform
from rasterio.windows import Window, from_bounds

from gis.errors import UnreadableFile


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
        said = str(problem).replace(str(dem), dem.name)
        raise UnreadableFile(f"{dem.name} 无法读取:{said}", f"{dem.name} cannot be read: {said}") from problem
    inside = (row >= 0) & (row < cells.shape[0]) & (column >= 0) & (column < cells.shape[1])
    heights[inside] = cells[row[inside], column[inside]]
    return heights


def _window(source: rasterio.DatasetReader, x: NDArray[np.float64], y: NDArray[np.float64]) -> Window | None:
    """Whole cells around the points, inside the file; None where they do not meet."""
    around = from_bounds(x.min(), y.min(), x.max(), y.max(), source.transform).round_offsets().round_lengths()
    wide = Window(around.col_off - 1, around.row_off - 1, around.width + 3, around.height + 3)
    whole = Window(0, 0, source.width, source.height)
    return wide.intersection(whole) if rasterio.windows.intersect(wide, whole) else None
