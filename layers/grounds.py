"""Elevation models in memory, for analyses: read once, kept until the file changes."""

import threading
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

from layers.elevation import MADE_UP, located, whole_grid
from layers.runs import CountyFacts, Ground

INVENTED: Final = "演练数据:虚构高程 exercise data: invented heights"
KEPT: Final = 2  # counties; a grid of 3,600 × 3,600 cells has 100 MB


class Grounds:
    """The elevation models under a var folder. Safe between threads."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self._kept: dict[tuple[Path, int], Ground] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection[Any], county: CountyFacts) -> Ground | None:
        """The county's model; None where there is none. Raises UnreadableFile."""
        row = connection.execute("select dem_path from app.counties where code = %s", (county.code,)).fetchone()
        path = located(row[0], self._var, county.code) if row and row[0] else None
        if path is None:
            return None
        key = (path, path.stat().st_mtime_ns)
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = _read(path, county)
            return self._kept[key]


def _read(path: Path, county: CountyFacts) -> Ground:
    is_invented = county.exercise and path.name == MADE_UP
    named = next((str(source["attribution"]) for source in county.sources if source.get("elevation")), path.name)
    return Ground(whole_grid(path), INVENTED if is_invented else named, is_invented)
