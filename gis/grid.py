"""A raster in memory: values, where its cells lie, and in which system."""

from dataclasses import dataclass

import numpy as np
from affine import Affine
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """values : (rows, columns) float64, row 0 the northernmost, NaN in holes. transform : cell corner → x, y.

    crs : "EPSG:4490" for lon/lat, else a metric one such as "EPSG:4546".
    """

    values: NDArray[np.float64]
    transform: Affine
    crs: str

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self.values.shape
        return rows, columns

    @property
    def cell_size(self) -> tuple[float, float]:
        """Width and height of a cell in the units of the CRS, both positive."""
        return abs(self.transform.a), abs(self.transform.e)
