"""The ground whose water passes a gauge."""

import geopandas as gpd
import shapely

from gis.analysis import Analysis, Bilingual, Column, Given, Limit, Listing, Needs, Params, Result, param, summed
from gis.asked import in_force
from gis.cells import LON_LAT, lonlat_of_xy
from gis.datum import CGCS2000
from gis.elevation import (
    SHARED,
    SNAP,
    Cells,
    bridged_note,
    cell_note,
    cells_m2,
    coarsest,
    drained,
    drawing_of,
    ground_of,
)
from gis.grid import Grid
from gis.places import Located, Place, frames_of_places, located
from gis.terrain_flow import Flow
from gis.vectorise import areas_of_classes
from gis.watershed import Outlet, is_cut_short, outlet_near, watershed_of

COARSEST = coarsest("watershed", 1000.0, "a basin should hold a hundred cells; below 100 km² cells must be finer still, said in a note")
FEWEST_CELLS = Limit(
    "watershed.fewest_cells", 100, "cell", "流域最少格数", "Fewest cells of a basin", "with fewer the border is all there is (practice)",
)  # fmt: skip


class WatershedParams(Params):
    place: Place = param("地点", "Place", pick="place", help_zh="水位站、断面、桥涵或任意一点",
                         help_en="A gauge, a section, a bridge or any place.")  # fmt: skip


def needs(params: WatershedParams) -> Needs:
    return Needs(frames_of_places(place=params.place), ground=True)


def run(params: WatershedParams, given: Given) -> Result:
    grid = ground_of(given, COARSEST)
    place = located(given, "place", params.place)
    given.tell(0.05, Bilingual("推算水流", "Leading the water"))
    flow = drained(given, grid)
    given.tell(0.6, Bilingual("追溯上游", "Following it back"))
    outlet = outlet_near(flow, place.lon, place.lat, in_force(given, SNAP))
    basin = watershed_of(flow, outlet.row, outlet.column)
    given.tell(0.8, Bilingual("绘制流域", "Drawing the basin"))
    lists = {"watershed": _basin(given, flow, basin, place, outlet), "outlet": _outlet(place, outlet)}
    figures = (summed(lists, "watershed", "area_m2", "流域面积", "Area of the basin"),)
    notes = [cell_note(grid), _moved(outlet), *_doubts(given, flow, basin), *bridged_note(flow)]
    return Result(lists, figures, notes, {"moved_m": round(outlet.moved_m, 1), "cut_short": is_cut_short(flow, basin)})


def _basin(given: Given, flow: Flow, basin: Cells, place: Located, outlet: Outlet) -> Listing:
    areas = areas_of_classes(flow.grid, basin.astype("uint8"), drawing_of(given))
    drawn = areas.shapes.get(1, shapely.MultiPolygon())
    whole = shapely.union(drawn, cell_square(flow.grid, outlet.row, outlet.column))  # smoothing may have cut the outlet off
    frame = gpd.GeoDataFrame(
        {"name": [place.name], "area_m2": [round(cells_m2(basin, flow.sizes))]}, geometry=[whole], crs=CGCS2000
    )
    columns = (Column("name", "出口", "Outlet"), Column("area_m2", "面积", "Area", "m²"))
    return Listing(Bilingual("流域", "Watershed"), frame, columns)


def cell_square(grid: Grid, row: int, column: int) -> shapely.Polygon:
    """One cell in lon/lat."""
    corner = grid.transform
    x, y = (column, column + 1, column + 1, column), (row, row, row + 1, row + 1)
    square = [(corner.c + corner.a * i, corner.f + corner.e * j) for i, j in zip(x, y, strict=True)]
    if grid.crs == LON_LAT:
        return shapely.Polygon(square)
    east, north = zip(*square, strict=True)
    return shapely.Polygon(list(zip(*lonlat_of_xy(grid, east, north), strict=True)))


def _outlet(place: Located, outlet: Outlet) -> Listing:
    frame = gpd.GeoDataFrame(
        {"name": [place.name], "lon": [round(outlet.lon, 6)], "lat": [round(outlet.lat, 6)], "moved_m": [round(outlet.moved_m, 1)]},
        geometry=[shapely.Point(outlet.lon, outlet.lat)], crs=CGCS2000,
    )  # fmt: skip
    columns = (Column("name", "名称", "Name"), Column("lon", "经度", "Longitude", "°"), Column("lat", "纬度", "Latitude", "°"),
               Column("moved_m", "移动距离", "Moved", "m"))  # fmt: skip
    return Listing(Bilingual("计算所用出口", "Outlet used"), frame, columns)


def _moved(outlet: Outlet) -> Bilingual:
    if outlet.moved_m == 0:
        return Bilingual("所选地点本身即为附近集水面积最大处,未移动。",
                         "The place itself has the most ground above it nearby; it was not moved.")  # fmt: skip
    return Bilingual(
        f"所选地点移到了 {outlet.moved_m:.0f} m 外集水面积最大的河道格。请核对是否为所指河流。",
        f"The place was moved {outlet.moved_m:.0f} m to the cell with the most ground above it. Check that it is the stream meant.",
    )


def _doubts(given: Given, flow: Flow, basin: Cells) -> list[Bilingual]:
    notes = []
    if is_cut_short(flow, basin):
        notes.append(Bilingual("流域到达高程数据边缘或大空洞,实际流域可能更大。",
                               "The basin meets the edge of the elevation model or a large hole: the true one may be larger."))  # fmt: skip
    fewest = in_force(given, FEWEST_CELLS)
    if (count := int(basin.sum())) < fewest:
        notes.append(Bilingual(
            f"流域只有 {count} 格(少于 {fewest} 格),相对格距太小,仅供参考;也可能所选地点不在河道上。",
            f"The basin has {count} cells only (fewer than {fewest}): too small for this model, or the place is not on a stream.",
        ))  # fmt: skip
    return notes


ANALYSIS = Analysis(
    id="watershed",
    group="terrain",
    zh="集水流域",
    en="Watershed",
    about_zh="流经某一水位站、断面或任意一点的水来自哪片地面。",
    about_en="The ground whose water passes a gauge, a section or any place.",
    params=WatershedParams,
    needs=needs,
    run=run,
    source="Jenson & Domingue (1988), PE&RS 54(11), 1593–1600; outlet: Lindsay et al. (2008), Water Resour. Res. 44, W08201",
    validity_zh="按地表高程推算,不含引水渠、隧洞和岩溶;平坦地区分水线不可靠。",
    validity_en="From the surface alone: canals, tunnels and karst are not in it; on flat ground divides are not reliable.",
    limits=(COARSEST, SNAP, FEWEST_CELLS, *SHARED),
    example={"place": {"type": "Point", "coordinates": [111.1, 36.41]}},
)
