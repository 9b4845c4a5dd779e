"""Valhalla's tiles, made of the plain graph, so that both know the same roads, joints and one-ways.

Every piece of road of the `RoadNetwork` becomes one OSM way whose id is its number + 1: what Valhalla answers can be traced
back to pieces and rows without guessing. The county's own road layer decides what there is; of an OSM extract only the
turn restrictions between its ways (rows coded "osm-w<id>") are taken over, where both ways still meet as they did.

State (中断, 管制) is not in the tiles: it changes by the hour and has time windows, so it goes with each question.
Tag meanings: wiki.openstreetmap.org (Key:highway, Key:maxheight, Key:maxweight, Relation:restriction).
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pandas as pd
import shapely
import valhalla
from osmium.osm.mutable import Node, Relation, Way
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.errors import NoAnswer
from gis.roads.network import RoadNetwork
from gis.roads.vehicle import VALHALLA_COSTING

REPORT = "report.json"
TILES = "tiles"

HIGHWAY_OF_RANK: Mapping[str, str] = {
    "national": "trunk", "provincial": "primary", "county": "secondary", "township": "tertiary", "village": "unclassified",
    "special": "unclassified", "street": "residential", "forest": "unclassified", "track": "unclassified",
}  # fmt: skip
"""Rank of a road → highway=*. Never "track" or "service": Valhalla shuns those, and a duty officer must not."""

SURFACE_TAG = {"asphalt": "asphalt", "concrete": "concrete", "gravel": "gravel", "earth": "dirt"}
UNLIMITED = 10**9  # Valhalla's service limits protect a public server; ours are limits of the analyses
MPS_TO_KPH = 3.6
_LARGEST_TAG_KPH = 140
_SAME_PLACE = 7  # decimals of a degree: about 1 cm, as in splitting.py


@dataclass(frozen=True)
class BuildReport:
    """rows : of the road layer with a piece of road. pieces, nodes : of the graph. loose_ends : nodes where one piece ends and
    none goes on. components : parts of the network with no road between them; largest_share : of the length, in the
    largest part. restrictions, restrictions_lost : taken over from the extract, and those whose roads have changed."""

    fingerprint: str
    rows: int
    pieces: int
    nodes: int
    joined_ends: int
    loose_ends: int
    components: int
    largest_share: float
    length_km: float
    restrictions: int
    restrictions_lost: int


def build(folder: Path, network: RoadNetwork, extract: Path | None = None, concurrency: int = 1) -> BuildReport:
    """Make `folder` with the tiles of a network and their report.

    folder : must not exist, and appears only when complete: a running engine reads its tiles when it needs them, so a new
    build needs a new place. extract : .osm.pbf with the turn restrictions. Raises NoAnswer without any road,
    FileExistsError, RuntimeError when Valhalla's builder fails.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} is there already: a build needs a place of its own")
    if len(network) == 0:
        raise NoAnswer("道路图层为空,无法建立路网。", "The road layer is empty: there is no network to build.")
    part = folder.with_name(f"{folder.name}.part{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    (part / TILES).mkdir(parents=True)
    try:
        turns, lost = _turns(network, extract) if extract is not None else ([], 0)
        pbf = part / "roads.osm.pbf"
        _write(pbf, network, turns)
        _run_builder(part, pbf, concurrency)
        pbf.unlink()
        report = _report(network, len(turns), lost)
        (part / REPORT).write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return report


def read_report(folder: Path) -> BuildReport:
    """The report of a finished build."""
    return BuildReport(**json.loads((folder / REPORT).read_text(encoding="utf-8")))


def fingerprint(network: RoadNetwork) -> str:
    """Equal for networks that give the same tiles; numbers of pieces included, since answers are traced by them."""
    digest = hashlib.sha256()
    for array in (network.nodes, network.start, network.end, network.forward_s, network.backward_s, network.road):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(shapely.get_coordinates(network.lines).tobytes())
    for tags in _road_tags(network):
        digest.update(json.dumps(tags, sort_keys=True).encode())
    return digest.hexdigest()


def config(tiles: Path) -> dict[str, Any]:
    """Valhalla's settings: all limits out of the way, the quick matrix, no ground out of reach of a small island of roads."""
    settings: dict[str, Any] = valhalla.get_config(tile_extract="", tile_dir=str(tiles))
    for name in ("admin", "timezone", "landmarks", "traffic_extract", "transit_dir", "transit_feeds_dir"):
        settings["mjolnir"].pop(name, None)
    settings["mjolnir"]["data_processing"]["use_admin_db"] = False
    for house in ("mjolnir", "loki", "thor", "odin", "meili"):
        settings[house]["logging"] = {"type": "", "color": False}
    settings["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    # With the default of 50 a village cut off with its own short road is moved to another road, across the water.
    settings["loki"]["service_defaults"]["minimum_reachability"] = 0
    limits = settings["service_limits"]
    limits |= {"max_exclude_polygons_length": UNLIMITED, "max_exclude_polygons_vertices": UNLIMITED,
               "max_exclude_locations": UNLIMITED, "max_radius": UNLIMITED}  # fmt: skip
    limits["isochrone"] |= {"max_contours": 20, "max_time_contour": 1440, "max_distance": UNLIMITED}
    limits["trace"] |= {"max_distance": UNLIMITED, "max_shape": UNLIMITED}
    for costing in set(VALHALLA_COSTING.values()):
        limits[costing] |= {"max_matrix_location_pairs": UNLIMITED, "max_locations": UNLIMITED,
                            "max_distance": UNLIMITED, "max_matrix_distance": UNLIMITED}  # fmt: skip
    return settings


def _run_builder(part: Path, pbf: Path, concurrency: int) -> None:
    settings = config(part / TILES)
    settings["mjolnir"]["concurrency"] = concurrency
    written = part / "valhalla.json"
    written.write_text(json.dumps(settings), encoding="utf-8")
    program = valhalla.PYVALHALLA_DIR / "bin" / "valhalla_build_tiles"
    done = subprocess.run([program, "-c", written, pbf], cwd=part, capture_output=True, text=True, check=False)
    written.unlink()
    if done.returncode != 0 or not any((part / TILES).rglob("*.gph")):
        raise RuntimeError(f"valhalla_build_tiles ended with {done.returncode}: {(done.stderr or done.stdout)[-500:]}")


# -- OSM -------------------------------------------------------------------------------------------------------------


Turn = tuple[Mapping[str, str], int, int, int]
"""Tags of a restriction, the piece it comes from, the node, the piece it goes to."""


def _write(pbf: Path, network: RoadNetwork, turns: list[Turn]) -> None:
    """Nodes of the graph are 1 … n, further vertices follow; ways are pieces; all in ascending order, as Valhalla wants."""
    with osmium.SimpleWriter(pbf) as writer:
        for number, (lon, lat) in enumerate(network.nodes.tolist(), 1):
            writer.add_node(Node(id=number, version=1, location=(lon, lat), tags={}))
        number = len(network.nodes)
        inner: list[list[int]] = []
        for line in network.lines:
            vertices = shapely.get_coordinates(line)[1:-1].tolist()
            inner.append(list(range(number + 1, number + 1 + len(vertices))))
            for lon, lat in vertices:
                number += 1
                writer.add_node(Node(id=number, version=1, location=(lon, lat), tags={}))
        tags = _road_tags(network)
        for edge in range(len(network)):
            nodes = [int(network.start[edge]) + 1, *inner[edge], int(network.end[edge]) + 1]
            own = tags[int(network.road[edge])] | _way_tags(network, edge)
            writer.add_way(Way(id=edge + 1, version=1, nodes=nodes, tags=own))
        for number, (restriction, origin, node, target) in enumerate(turns, 1):
            members = [("w", origin + 1, "from"), ("n", node + 1, "via"), ("w", target + 1, "to")]
            writer.add_relation(Relation(id=number, version=1, members=members, tags=dict(restriction)))


def _road_tags(network: RoadNetwork) -> list[dict[str, str]]:
    """Tags of each row of the road layer."""
    return [_tags_of(row) for row in network.roads.drop(columns="geometry").to_dict("records")]


def _tags_of(row: Mapping[str, Any]) -> dict[str, str]:
    tags = {"highway": HIGHWAY_OF_RANK.get(str(row.get("rank")), "unclassified")}
    heights = [_number(row.get("limit_height_m")), _number(row.get("tunnel_height_m"))]
    known = [height for height in heights if height is not None]
    limits = {"maxheight": min(known, default=None), "maxwidth": _number(row.get("limit_width_m")),
              "maxweight": _number(row.get("limit_load_t"))}  # fmt: skip
    tags |= {name: f"{value:g}" for name, value in limits.items() if value is not None}
    surface = SURFACE_TAG.get(str(row.get("surface")))
    if surface is not None:
        tags["surface"] = surface
    if row.get("tunnel") is True:
        tags["tunnel"] = "yes"
    return tags


def _number(value: Any) -> float | None:
    number = pd.to_numeric(value)
    return None if pd.isna(number) else float(number)


def _way_tags(network: RoadNetwork, edge: int) -> dict[str, str]:
    """Speed and direction of one piece. A piece nobody may drive stays a way to walk."""
    ahead, back = float(network.forward_s[edge]), float(network.backward_s[edge])
    quickest = min(ahead, back)
    if not np.isfinite(quickest):
        return {"motor_vehicle": "no", "foot": "yes"}
    kph = round(float(network.length_m[edge]) / max(quickest, 1e-9) * MPS_TO_KPH)
    tags = {"maxspeed": str(min(max(kph, 1), _LARGEST_TAG_KPH)), "foot": "yes"}
    if not np.isfinite(back):
        tags["oneway"] = "yes"
    elif not np.isfinite(ahead):
        tags["oneway"] = "-1"
    return tags


# -- turn restrictions -----------------------------------------------------------------------------------------------


def _turns(network: RoadNetwork, extract: Path) -> tuple[list[Turn], int]:
    """The extract's turn restrictions with one node between two ways, said of pieces; and how many no longer fit."""
    said = list(_restrictions(extract))
    places = _places_of({via for _, _, via, _ in said}, extract)
    node_at = {_place(lon, lat): number for number, (lon, lat) in enumerate(network.nodes.tolist())}
    codes = [str(code) for code in network.roads.get("code", pd.Series("", index=network.roads.index))]
    at_node: dict[tuple[int, str], list[int]] = {}
    for edge in range(len(network)):
        for node in {int(network.start[edge]), int(network.end[edge])}:
            at_node.setdefault((node, codes[int(network.road[edge])]), []).append(edge)
    turns: list[Turn] = []
    for tags, origin, via, target in said:
        node = node_at.get(places.get(via, (np.inf, np.inf)), -1)
        ways = [at_node.get((node, f"osm-w{way}"), []) for way in (origin, target)]
        if len(ways[0]) == 1 and len(ways[1]) == 1:
            turns.append((tags, ways[0][0], node, ways[1][0]))
    return turns, len(said) - len(turns)


def _restrictions(extract: Path) -> Iterator[tuple[dict[str, str], int, int, int]]:
    reader = osmium.FileProcessor(extract, osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("type", "restriction"))
    )
    for relation in reader:
        assert isinstance(relation, osmium.osm.Relation)
        by_role = {member.role: (member.type, int(member.ref)) for member in relation.members}
        ends = [by_role.get(role, ("", 0)) for role in ("from", "via", "to")]
        if [kind for kind, _ in ends] == ["w", "n", "w"]:
            yield {tag.k: tag.v for tag in relation.tags}, ends[0][1], ends[1][1], ends[2][1]


def _places_of(nodes: set[int], extract: Path) -> dict[int, tuple[float, float]]:
    reader = osmium.FileProcessor(extract, osmium.osm.NODE).with_filter(osmium.filter.IdFilter(nodes))
    found: dict[int, tuple[float, float]] = {}
    for node in reader if nodes else ():
        assert isinstance(node, osmium.osm.Node)
        found[int(node.id)] = _place(node.lon, node.lat)
    return found


def _place(lon: float, lat: float) -> tuple[float, float]:
    return round(lon, _SAME_PLACE), round(lat, _SAME_PLACE)


# -- report ----------------------------------------------------------------------------------------------------------


def _report(network: RoadNetwork, restrictions: int, lost: int) -> BuildReport:
    nodes, pieces = len(network.nodes), len(network)
    ends = np.concatenate([network.start, network.end])
    graph = coo_array((np.ones(pieces), (network.start, network.end)), shape=(nodes, nodes))
    parts, part = connected_components(graph, directed=False)
    by_part = np.bincount(part[network.start], weights=network.length_m, minlength=parts)
    return BuildReport(
        fingerprint=fingerprint(network),
        rows=len(np.unique(network.road)),
        pieces=pieces,
        nodes=nodes,
        joined_ends=_joined_ends(network),
        loose_ends=int((np.bincount(ends, minlength=nodes) == 1).sum()),
        components=int(parts),
        largest_share=round(float(by_part.max() / max(by_part.sum(), 1e-9)), 4),
        length_km=round(float(network.length_m.sum()) / 1000, 3),
        restrictions=restrictions,
        restrictions_lost=lost,
    )


def _joined_ends(network: RoadNetwork) -> int:
    """Ends of drawn roads that the network led on to another road: they are no longer where its line ends."""
    drawn = shapely.get_parts(network.roads.geometry.dropna().to_numpy())
    ends = shapely.get_coordinates(np.concatenate([shapely.get_point(drawn, 0), shapely.get_point(drawn, -1)]))
    ends = np.unique(ends.round(_SAME_PLACE), axis=0)
    nodes = set(map(tuple, network.nodes.round(_SAME_PLACE)))
    inner = set(map(tuple, shapely.get_coordinates(network.lines).round(_SAME_PLACE)))
    return sum(1 for end in map(tuple, ends) if end in inner and end not in nodes)
