"""Classes of a grid as areas: nothing lost, nothing twice, the unknown untouched."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from gis.cells import cell_sizes
from gis.errors import ValueOutOfRange
from gis.grid import Grid
from gis.spread import areas_m2
from gis.vectorise import Drawing, areas_of_classes

EXACT = Drawing(patch_cells=1, tolerance_cells=0.0, most_vertices=100_000)
SMOOTH = Drawing(patch_cells=4, tolerance_cells=1.0, most_vertices=100_000)


def degrees(classes: np.ndarray) -> Grid:
    return Grid(np.zeros(classes.shape), Affine(1 / 1200, 0, 111.0, 0, -1 / 1200, 36.5), "EPSG:4490")


def metric(classes: np.ndarray) -> Grid:
    return Grid(np.zeros(classes.shape), Affine(30, 0, 5e5, 0, -30, 4.04e6), "EPSG:4546")


def patches(seed: int, classes: int = 4) -> np.ndarray:
    ground = gaussian_filter(np.random.default_rng(seed).normal(0, 1, (60, 60)), 3)
    return (np.digitize(ground, np.quantile(ground, np.linspace(0, 1, classes + 1)[1:-1])) + 1).astype(np.uint8)


def test_a_block_of_cells_is_its_rectangle() -> None:
    classes = np.zeros((8, 8), np.uint8)
    classes[2:5, 3:7] = 1
    shape = areas_of_classes(degrees(classes), classes, EXACT).shapes[1]
    expected = shapely.box(111 + 3 / 1200, 36.5 - 5 / 1200, 111 + 7 / 1200, 36.5 - 2 / 1200)
    assert shapely.symmetric_difference(shape, expected).area < 1e-15


@pytest.mark.parametrize("grid_of", [degrees, metric])
def test_drawn_without_smoothing_an_area_is_its_cells(grid_of: object) -> None:
    assert callable(grid_of)
    classes = patches(1)
    grid = grid_of(classes)
    areas = areas_of_classes(grid, classes, EXACT)
    sizes = cell_sizes(grid)
    for number, shape in areas.shapes.items():
        assert areas_m2([shape])[0] == pytest.approx((classes == number).sum(axis=1) @ sizes.area_m2, rel=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_smooth_neighbours_neither_overlap_nor_gape(seed: int) -> None:
    classes = patches(seed)
    shapes = areas_of_classes(degrees(classes), classes, SMOOTH).shapes
    assert all(shape.is_valid for shape in shapes.values())
    whole = shapely.union_all(list(shapes.values()))
    assert whole.area == pytest.approx(sum(shape.area for shape in shapes.values()), rel=1e-9)
    assert whole.area == pytest.approx((60 / 1200) ** 2, rel=1e-9)


def test_a_smooth_border_stays_within_a_cell_or_so_of_the_true_one() -> None:
    row, column = np.mgrid[0:80, 0:80]
    classes = ((row - 40) ** 2 + (column - 40) ** 2 < 30**2).astype(np.uint8)
    disc = areas_of_classes(metric(classes), classes, SMOOTH).shapes[1]
    stairs = areas_of_classes(metric(classes), classes, EXACT).shapes[1]
    assert shapely.hausdorff_distance(disc, stairs) * 111_000 < 1.5 * 30
    assert areas_m2([disc])[0] == pytest.approx(areas_m2([stairs])[0], rel=0.01)
    assert shapely.get_num_coordinates(disc) < shapely.get_num_coordinates(stairs) * 0.6


def test_specks_go_to_their_surroundings_and_unknown_ground_takes_and_gives_nothing() -> None:
    classes = np.ones((20, 20), np.uint8)
    classes[4, 4], classes[10:14, 10:14], classes[16, 3] = 2, 2, 3
    classes[8, 8] = 0
    areas = areas_of_classes(degrees(classes), classes, Drawing(4, 0.0, 10_000), kept=classes == 3)
    cell = (1 / 1200) ** 2
    assert areas.shapes[2].area == pytest.approx(16 * cell)
    assert areas.shapes[3].area == pytest.approx(cell)
    assert areas.shapes[1].area == pytest.approx((400 - 16 - 2) * cell)


def test_a_stream_that_runs_diagonally_is_no_speck() -> None:
    classes = np.ones((12, 12), np.uint8)
    classes[np.arange(12), np.arange(12)] = 2
    areas = areas_of_classes(degrees(classes), classes, Drawing(4, 0.0, 10_000))
    assert areas.shapes[2].area == pytest.approx(12 * (1 / 1200) ** 2)


def test_an_answer_too_large_to_draw_is_drawn_more_coarsely_and_says_so() -> None:
    classes = patches(2)
    fine = areas_of_classes(degrees(classes), classes, SMOOTH)
    count = sum(int(shapely.get_num_coordinates(shape)) for shape in fine.shapes.values())
    coarse = areas_of_classes(degrees(classes), classes, SMOOTH._replace(most_vertices=count // 2))
    assert (fine.patch_cells, fine.tolerance_cells) == (4, 1.0)
    assert coarse.patch_cells > 4
    assert sum(int(shapely.get_num_coordinates(shape)) for shape in coarse.shapes.values()) <= count // 2


def test_what_cannot_be_drawn_at_all_is_refused() -> None:
    classes = patches(2)
    with pytest.raises(ValueOutOfRange, match="ragged"):
        areas_of_classes(degrees(classes), classes, SMOOTH._replace(most_vertices=3))


def test_nothing_gives_nothing() -> None:
    classes = np.zeros((5, 5), np.uint8)
    assert areas_of_classes(degrees(classes), classes, SMOOTH).shapes == {}
