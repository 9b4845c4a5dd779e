"""Road engines for analyses: made from a county's roads and crossings, made again when these change.

The plain graph is made anew for every version of the two layers; Valhalla's tiles only when the network itself changed,
in a folder named by its fingerprint (var/roads/<county>/<fingerprint>), so a road that closes for an hour costs no build
and an engine in use keeps its files. Nothing stops meanwhile: a question that finds the roads changed waits for the new
graph, others go on.
"""

import shutil
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
from psycopg import Connection

from gis.analysis import Bilingual
from gis.roads.building import build, fingerprint, read_report
from gis.roads.engine import Roads
from gis.roads.limits import BUILD_LIMITS, JOIN_M, SPEED_KPH, TOP_KPH
from gis.roads.network import RoadNetwork, network_of
from layers.limits import in_force
from layers.osm import EXTRACT
from layers.registry import layer_named
from layers.runs import EXERCISE, CountyFacts, Tell
from layers.snapshots import Snapshots

KEPT_FOLDERS: Final = 2  # the one in use, and the one before: an engine may still read it
NAME_LENGTH: Final = 16


@dataclass(frozen=True)
class _Built:
    versions: tuple[int, int]
    limits: dict[str, Any]
    engine: Roads
    facts: dict[str, Any]


class RoadGraphs:
    """The engines of the counties, built under a var folder. Safe between threads."""

    def __init__(self, var: Path, snapshots: Snapshots) -> None:
        self._var = var
        self._snapshots = snapshots
        self._built: dict[str, _Built] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection[Any], county: CountyFacts, tell: Tell) -> tuple[Roads, dict[str, Any]] | None:
        """The engine and what it was made from; None where the county has no roads."""
        roads, roads_version = self._snapshots.whole(connection, layer_named("roads"), county.code)
        crossings, crossings_version = self._snapshots.whole(connection, layer_named("crossings"), county.code)
        if not len(roads):
            return None
        versions, limits = (roads_version, crossings_version), in_force(connection, BUILD_LIMITS)
        with self._lock:
            held = self._built.get(county.code)
            if held is None or held.versions != versions or held.limits != limits:
                tell(0.0, Bilingual("道路有变化,正在更新路网", "Roads have changed; the network is being made again"))
                network = network_of(roads, crossings, limits[SPEED_KPH.key], limits[JOIN_M.key])
                engine, facts = self._opened(county.code, network, roads, limits[TOP_KPH.key])
                held = _Built(versions, limits, engine, {"versions": {"roads": versions[0], "crossings": versions[1]}, **facts})
                self._built[county.code] = held
            return held.engine, held.facts

    def _opened(self, county: str, network: RoadNetwork, roads: gpd.GeoDataFrame,
                top_kph: dict[str, float]) -> tuple[Roads, dict[str, Any]]:  # fmt: skip
        mark = fingerprint(network)[:NAME_LENGTH]
        folder = self._var / "roads" / county / mark
        extract = self._var / "counties" / county / EXTRACT
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            _build(folder, network, extract if extract.is_file() else None)
            _sweep(folder)
        facts = {"graph": mark, "report": asdict(read_report(folder)), EXERCISE: bool((roads["source"] == EXERCISE).any())}
        return Roads(folder, network, top_kph=top_kph), facts


def _build(folder: Path, network: RoadNetwork, extract: Path | None) -> None:
    """Two analysts may build the same graph at once: the first to finish wins, and both have it."""
    try:
        build(folder, network, extract)
    except FileExistsError:
        return


def _sweep(newest: Path) -> None:
    others = sorted((path for path in newest.parent.iterdir() if path.is_dir() and path != newest),
                    key=lambda path: path.stat().st_mtime, reverse=True)  # fmt: skip
    for path in others[KEPT_FOLDERS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
