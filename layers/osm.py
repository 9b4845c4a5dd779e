"""An OpenStreetMap extract → rows of our layers: places, schools, hospitals, teams, shelters, roads, crossings, rivers.

One reading of the file (areas need their members first, which pyosmium looks up by itself), in the order of the file, so
the same file gives the same rows. `code` is made of the OSM id: node 5 is "osm-n5", way 123 "osm-w123", relation 7
"osm-r7". The tag a row was made from stands in `note`. What OSM does not say stays empty: a table of people, wards or
keepers is the county's to fill.

Tag meanings: wiki.openstreetmap.org (Key:highway, Key:place, Key:waterway, Tag:amenity=shelter, Tag:ford=yes, Tag:bridge).
For the administrative rank of roads in China: trunk 国道, primary 省道, secondary 县道, tertiary 乡道, unclassified 村道
(wiki: China/Highway tagging).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.osm import Area, Node, TagList, Way
from shapely.geometry.base import BaseGeometry

from gis.errors import UnreadableFile
from gis.geometry import length_m

EXTRACT = "roads.osm.pbf"  # what the copy of a county's extract is called, in var/counties/<county>
SOURCE = "© OpenStreetMap contributors (ODbL)"
LAYERS_MADE = ("villages", "schools", "hospitals", "rescue_teams", "shelters", "rivers", "roads", "crossings")

# highway=* that a vehicle may use → administrative rank.
ROAD_RANKS = {
    "motorway": "national", "motorway_link": "national", "trunk": "national", "trunk_link": "national",
    "primary": "provincial", "primary_link": "provincial", "secondary": "county", "secondary_link": "county",
    "tertiary": "township", "tertiary_link": "township", "unclassified": "village", "road": "village",
    "residential": "street", "living_street": "street", "service": "special", "track": "track",
}  # fmt: skip
RANK_ZH = {
    "national": "国道", "provincial": "省道", "county": "县道", "township": "乡道", "village": "村道", "street": "街道",
    "special": "专用道路", "track": "便道",
}  # fmt: skip
# "unpaved" says only that there is no hard top: taken as earth, the worse in rain.
SURFACES = {
    "asphalt": "asphalt", "paved": "asphalt", "chipseal": "asphalt", "concrete": "concrete", "concrete:lanes": "concrete",
    "concrete:plates": "concrete", "paving_stones": "concrete", "sett": "concrete", "cobblestone": "concrete",
    "unhewn_cobblestone": "concrete", "gravel": "gravel", "fine_gravel": "gravel", "compacted": "gravel",
    "pebblestone": "gravel", "rock": "gravel", "unpaved": "earth", "ground": "earth", "dirt": "earth", "earth": "earth",
    "grass": "earth", "sand": "earth", "mud": "earth",
}  # fmt: skip
PLACES = {
    "city": "community", "town": "community", "village": "village", "hamlet": "hamlet", "isolated_dwelling": "hamlet",
}  # fmt: skip
WATERWAYS = {"river": "main", "stream": "tributary", "canal": "tributary", "ditch": "gully", "drain": "gully"}
WATERWAY_ZH = {"river": "河流", "stream": "溪流", "canal": "水渠", "ditch": "沟渠", "drain": "排水沟"}
SCHOOLS = {"school": "学校", "kindergarten": "幼儿园", "college": "学院", "university": "大学"}
HOSPITALS = {"hospital": "医院", "clinic": "诊所"}
HUTS = {"alpine_hut": "山间客栈", "wilderness_hut": "山间小屋"}
# Roofs nobody can spend a night under.
NO_SHELTERS = frozenset({"public_transport", "picnic_shelter", "gazebo", "changing_rooms"})

METRES_PER_FOOT, METRES_PER_INCH, KPH_PER_MPH = 0.3048, 0.0254, 1.609344
_QUANTITY = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(m|t|km/h|mph|)$")
_FEET = re.compile(r"^(\d+)'(?:(\d+)\")?$")
_CHINESE_ROAD = re.compile(r"^[GSXYCZ]\d{1,6}$")
# The layers' own limits: a longer name is cut, a larger number is a slip of the mapper and left out.
_NAME_MAX, _PEOPLE_MAX, _BEDS_MAX, _LANES_MAX = 120, 10_000_000, 100_000, 20
_WIDTH_MAX_M, _BED_WIDTH_MAX_M, _HEIGHT_MAX_M, _LOAD_MAX_T, _SPEED_MAX_KPH = 50, 10_000, 20, 500, 150
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class Found:
    """One row: field → value, and its shape in lon/lat (WGS 84 = CGCS2000)."""

    values: Mapping[str, Any]
    shape: BaseGeometry


@dataclass
class Extract:
    """What an extract holds. `townships` in the order of their OSM ids; `left_out`: ways whose nodes are not in it."""

    county: BaseGeometry | None = None
    townships: list[Found] = field(default_factory=list)
    rows: dict[str, list[Found]] = field(default_factory=lambda: {name: [] for name in LAYERS_MADE})
    left_out: int = 0


def read_osm(path: Path, *, county_tags: Mapping[str, str], township_level: str | None) -> Extract:
    """Read an .osm.pbf (or .osm, .osm.bz2).

    county_tags : tags of the one relation that outlines the county, e.g. {"ISO3166-1": "AD"}; {} for none.
    township_level : its townships' admin_level. Only townships inside the county are kept, since extracts hold their
    neighbours too. Raises UnreadableFile.
    """
    if not path.exists():
        raise UnreadableFile(f"找不到文件 {path.name}。", f"The file {path.name} is not there.")
    reader = _Reader(county_tags, township_level)
    try:
        for item in osmium.FileProcessor(path).with_areas():
            reader.take(item)
    except RuntimeError as problem:
        said = str(problem).replace(str(path), path.name)
        raise UnreadableFile(
            f"{path.name} 不是完整的 OSM 文件:{said}", f"{path.name} is no whole OSM file: {said}"
        ) from problem
    return reader.finished()


class _Reader:
    """Takes the objects of a file one by one, nodes before ways before areas."""

    def __init__(self, county_tags: Mapping[str, str], township_level: str | None) -> None:
        self.extract = Extract()
        self._county_tags = county_tags
        self._township_level = township_level
        self._wkb = osmium.geom.WKBFactory()
        self._ford_nodes: dict[int, BaseGeometry] = {}
        self._place_names: set[str] = set()
        self._bridges: list[tuple[int, BaseGeometry]] = []

    def take(self, item: Any) -> None:
        if not item.tags:
            return
        if item.is_node():
            self._node(item)
        elif item.is_way():
            self._way(item)
        elif item.is_area():
            self._area(item)

    def finished(self) -> Extract:
        self._name_the_rivers_under_bridges()
        county = self.extract.county
        if county is not None:
            kept = [town for town in self.extract.townships if county.covers(town.shape.representative_point())]
            self.extract.townships = sorted(kept, key=lambda town: int(town.values["code"].removeprefix("osm-r")))
        return self.extract

    def _add(self, layer: str, code: str, shape: BaseGeometry, **values: Any) -> None:
        given = {name: value for name, value in values.items() if value is not None}
        self.extract.rows[layer].append(Found({"code": code} | given, shape))

    def _node(self, node: Node) -> None:
        tags = node.tags
        point = shapely.Point(node.location.lon, node.location.lat)
        if tags.get("ford", "no") not in ("no", "stepping_stones"):
            self._ford_nodes[node.id] = point
        if tags.get("place") in PLACES:
            self._place_names.add(_said(tags, "name"))
        self._site(tags, f"osm-n{node.id}", point)

    def _area(self, area: Area) -> None:
        tags = area.tags
        if tags.get("boundary") == "administrative" and not area.from_way():
            self._boundary(area)
            return
        if not (tags.get("amenity") or tags.get("tourism") or tags.get("place") or tags.get("emergency")):
            return
        if tags.get("place") in PLACES and _said(tags, "name") in self._place_names:
            return  # drawn twice: the node is the place's centre
        code = f"osm-{'w' if area.from_way() else 'r'}{area.orig_id()}"
        self._site(tags, code, self._areal(area).representative_point())

    def _areal(self, area: Area) -> BaseGeometry:
        return shapely.from_wkb(self._wkb.create_multipolygon(area))

    def _boundary(self, area: Area) -> None:
        tags = area.tags
        if self._county_tags and all(tags.get(key) == value for key, value in self._county_tags.items()):
            self.extract.county = self._areal(area)
        elif self._township_level is not None and tags.get("admin_level") == self._township_level:
            values = {"code": f"osm-r{area.orig_id()}", "name": tags.get("name", f"r{area.orig_id()}")}
            self.extract.townships.append(Found(values, self._areal(area)))

    # --- points ---

    def _site(self, tags: TagList, code: str, point: BaseGeometry) -> None:
        """A place, school, hospital, fire station or shelter; anything else is passed over."""
        place, amenity, hut = (_said(tags, key) for key in ("place", "amenity", "tourism"))
        if place in PLACES:
            people = _whole(tags.get("population"), upto=_PEOPLE_MAX)
            self._add("villages", code, point, name=_name(tags, "居民点", code), kind=PLACES[place], status="inhabited",
                      resident_people=people, note=f"place={place}")  # fmt: skip
        if amenity in SCHOOLS:
            kind = "kindergarten" if amenity == "kindergarten" else None
            self._add("schools", code, point, name=_name(tags, SCHOOLS[amenity], code), kind=kind, status="in_session",
                      note=f"amenity={amenity}")  # fmt: skip
        elif amenity in HOSPITALS:
            self._add("hospitals", code, point, name=_name(tags, HOSPITALS[amenity], code), status="open",
                      beds=_whole(tags.get("beds"), upto=_BEDS_MAX), emergency=_YES_NO.get(_said(tags, "emergency")),
                      note=f"amenity={amenity}")  # fmt: skip
        elif amenity == "fire_station":
            self._add("rescue_teams", code, point, name=_name(tags, "消防站", code), kind="national", skills=["fire"],
                      status="ready", note="amenity=fire_station")  # fmt: skip
        if hut in HUTS:
            self._shelter(tags, code, point, HUTS[hut], "indoor", f"tourism={hut}")
        elif amenity == "shelter" and tags.get("shelter_type") not in NO_SHELTERS:
            self._shelter(
                tags, code, point, "避险棚屋", "indoor", f"amenity=shelter {tags.get('shelter_type', '')}".strip()
            )
        elif tags.get("emergency") == "assembly_point":
            self._shelter(tags, code, point, "集合点", "outdoor", "emergency=assembly_point")

    def _shelter(self, tags: TagList, code: str, point: BaseGeometry, zh: str, space: str, note: str) -> None:
        capacity = _whole(tags.get("capacity") or tags.get("capacity:beds") or tags.get("beds"), upto=_PEOPLE_MAX)
        self._add("shelters", code, point, name=_name(tags, zh, code), status="available", space=space,
                  capacity=capacity, note=note)  # fmt: skip

    # --- lines ---

    def _way(self, way: Way) -> None:
        tags = way.tags
        highway, waterway = _said(tags, "highway"), _said(tags, "waterway")
        if highway not in ROAD_RANKS and waterway not in WATERWAYS:
            return
        line = self._line(way)
        if line is None:
            self.extract.left_out += 1
        elif waterway in WATERWAYS:
            self._river(way, line)
        elif tags.get("area") != "yes":
            self._road(way, line)
            self._crossings(way, line)

    def _line(self, way: Way) -> BaseGeometry | None:
        try:
            line = shapely.from_wkb(self._wkb.create_linestring(way))
        except (osmium.InvalidLocationError, RuntimeError):
            return None
        return line if line.length > 0 else None

    def _river(self, way: Way, line: BaseGeometry) -> None:
        tags, code = way.tags, f"osm-w{way.id}"
        kind = _said(tags, "waterway")
        self._add("rivers", code, line, name=_name(tags, WATERWAY_ZH[kind], code), river_order=WATERWAYS[kind],
                  status="seasonal" if tags.get("intermittent") == "yes" else "perennial",
                  length_km=round(length_m(line) / 1000, 3), bed_width_m=_metres(tags.get("width"), upto=_BED_WIDTH_MAX_M),
                  note=f"waterway={kind}")  # fmt: skip

    def _road(self, way: Way, line: BaseGeometry) -> None:
        tags, code = way.tags, f"osm-w{way.id}"
        highway = _said(tags, "highway")
        rank = ROAD_RANKS[highway]
        is_tunnel = tags.get("tunnel", "no") != "no"
        is_barred = tags.get("access") == "no" or tags.get("motor_vehicle") == "no"
        self._add("roads", code, line, name=_road_name(tags, rank, code), rank=rank,
                  status="controlled" if is_barred else "open", state_reason=_barred(tags) if is_barred else None,
                  road_code=_chinese_road(tags), road_class="motorway" if highway == "motorway" else None,
                  surface=SURFACES.get(_said(tags, "surface")), width_m=_metres(tags.get("width"), upto=_WIDTH_MAX_M),
                  lanes=_whole(tags.get("lanes"), upto=_LANES_MAX), oneway=_oneway(tags),
                  limit_height_m=_metres(tags.get("maxheight"), upto=_HEIGHT_MAX_M),
                  limit_load_t=_quantity(tags.get("maxweight"), upto=_LOAD_MAX_T),
                  limit_width_m=_metres(tags.get("maxwidth"), upto=_WIDTH_MAX_M), speed_kph=_speed_kph(tags.get("maxspeed")),
                  tunnel=is_tunnel, tunnel_length_m=round(length_m(line), 1) if is_tunnel else None,
                  note=_road_note(tags))  # fmt: skip

    def _crossings(self, way: Way, line: BaseGeometry) -> None:
        tags, code = way.tags, f"osm-w{way.id}"
        bridge, ford = tags.get("bridge", "no"), tags.get("ford", "no")
        if bridge != "no":
            kind = "low_bridge" if bridge == "low_water_crossing" else "bridge"
            self._bridges.append((len(self.extract.rows["crossings"]), line))
            self._crossing(tags, code, kind, line.interpolate(0.5, normalized=True), code, line)
        elif ford not in ("no", "stepping_stones"):
            self._crossing(tags, code, "ford", line.interpolate(0.5, normalized=True), code, line)
        for node in way.nodes:
            point = self._ford_nodes.pop(node.ref, None)  # a ford on two roads is one ford
            if point is not None:
                self._crossing(tags, f"osm-n{node.ref}", "ford", point, code, None)

    def _crossing(
        self, tags: TagList, code: str, kind: str, point: BaseGeometry, road: str, line: BaseGeometry | None
    ) -> None:
        zh = "漫水路面" if kind == "ford" else "桥"
        self._add("crossings", code, point, name=_name(tags, zh, code, tags.get("bridge:name")), kind=kind, road=road,
                  status="open", length_m=None if line is None else round(length_m(line), 1),
                  width_m=_metres(tags.get("width"), upto=_WIDTH_MAX_M), limit_height_m=_metres(tags.get("maxheight"), upto=_HEIGHT_MAX_M),
                  limit_load_t=_quantity(tags.get("maxweight"), upto=_LOAD_MAX_T), note=f"highway={tags.get('highway')}")  # fmt: skip

    def _name_the_rivers_under_bridges(self) -> None:
        """Bridges say nothing of what they cross; the lowest-numbered waterway their line meets is written there."""
        rivers, crossings = self.extract.rows["rivers"], self.extract.rows["crossings"]
        if not self._bridges or not rivers:
            return
        tree = shapely.STRtree([river.shape for river in rivers])
        bridge_at, river_at = tree.query([line for _, line in self._bridges], predicate="intersects")
        for bridge, river in sorted(zip(bridge_at.tolist(), river_at.tolist(), strict=True), reverse=True):
            row = self._bridges[bridge][0]
            values = dict(crossings[row].values) | {"river": rivers[river].values["code"]}
            crossings[row] = Found(values, crossings[row].shape)


# --- tags ---


def _said(tags: TagList, key: str) -> str:
    """The tag's value, "" without one. pyosmium types `get` with a default as if it could still be None."""
    return tags.get(key) or ""


def _name(tags: TagList, kind_zh: str, code: str, better: str | None = None) -> str:
    """The name on the ground; else the Chinese one; else what it is, with its number."""
    return (better or tags.get("name") or tags.get("name:zh") or f"{kind_zh} {code.removeprefix('osm-')}")[:_NAME_MAX]


def _road_name(tags: TagList, rank: str, code: str) -> str:
    ref, name = tags.get("ref"), tags.get("name") or tags.get("name:zh")
    return " ".join(filter(None, (ref, name)))[:_NAME_MAX] or f"{RANK_ZH[rank]} {code.removeprefix('osm-')}"


def _road_note(tags: TagList) -> str:
    said = (f"{key}={tags.get(key)}" for key in ("highway", "service", "tracktype", "access") if key in tags)
    return "; ".join(said)


def _barred(tags: TagList) -> str:
    return "; ".join(f"{key}=no" for key in ("access", "motor_vehicle") if tags.get(key) == "no")


def _chinese_road(tags: TagList) -> str | None:
    ref = _said(tags, "ref").replace(" ", "")
    return ref if _CHINESE_ROAD.match(ref) else None


def _oneway(tags: TagList) -> str:
    said = tags.get("oneway")
    if said in ("-1", "reverse"):
        return "backward"
    is_implied = tags.get("junction") == "roundabout" or tags.get("highway") in ("motorway", "motorway_link")
    return "forward" if said in ("yes", "1", "true") or (said is None and is_implied) else "both"


def _quantity(text: str | None, *, upto: float) -> float | None:
    """The number of "3.5", "3,5 t", "4 m"; None for anything else ("default", "none", "2;3") and above `upto`."""
    match = _QUANTITY.match((text or "").strip())
    number = float(match[1].replace(",", ".")) if match else None
    return number if number is None or number <= upto else None


def _metres(text: str | None, *, upto: float) -> float | None:
    feet = _FEET.match((text or "").strip())
    if feet is None:
        return _quantity(text, upto=upto)
    metres = round(int(feet[1]) * METRES_PER_FOOT + int(feet[2] or 0) * METRES_PER_INCH, 2)
    return metres if metres <= upto else None


def _speed_kph(text: str | None) -> float | None:
    is_mph = (text or "").rstrip().endswith("mph")
    speed = _quantity(text, upto=_SPEED_MAX_KPH / KPH_PER_MPH if is_mph else _SPEED_MAX_KPH)
    return speed if speed is None or not is_mph else round(speed * KPH_PER_MPH, 1)


def _whole(text: str | None, *, upto: int) -> int | None:
    digits = (text or "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) <= upto else None


def found_rows(extract: Extract) -> Iterator[tuple[str, list[Found]]]:
    """Layer by layer, those that have rows."""
    return ((name, extract.rows[name]) for name in LAYERS_MADE if extract.rows[name])
