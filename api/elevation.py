"""Where a county's elevation model lies, and who is to be named beside what is read from it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.deps import Tongue
from layers.database import Database
from layers.elevation import MADE_UP, located
from layers.errors import CountyNotFound

FIND = "select dem_path, exercise, sources from app.counties where code = %s"
SOURCE_OF_MADE_UP = {"zh": "演练数据:虚构高程", "en": "exercise data: invented heights"}
SOURCE_UNKNOWN = {"zh": "县域数据包的高程模型", "en": "the county pack's elevation model"}


@dataclass(frozen=True)
class CountyModel:
    """A county's elevation model; `path` is None where there is none. `modified_ns` tells a new file from the old."""

    path: Path | None
    modified_ns: int
    exercise: bool
    attribution: str | None

    def source(self, lang: Tongue) -> str | None:
        """What to say beside a height."""
        if self.path is None:
            return None
        if self.exercise:
            return SOURCE_OF_MADE_UP[lang]
        return self.attribution or SOURCE_UNKNOWN[lang]


async def model_of(database: Database, var: Path, county: str) -> CountyModel:
    """The elevation model of a county. Raises CountyNotFound."""
    async with database.reading() as connection:
        row = await (await connection.execute(FIND, (county,), prepare=True)).fetchone()
    if row is None:
        raise CountyNotFound(f"没有载入代码为 {county} 的县。", f"No county with code {county} is loaded.")
    stored, exercise, sources = row
    path = located(stored, var, county) if stored else None
    if path is None:
        return CountyModel(None, 0, False, None)
    return CountyModel(path, path.stat().st_mtime_ns, bool(exercise) and path.name == MADE_UP, _attribution(sources))


def _attribution(sources: list[dict[str, Any]]) -> str | None:
    return next((str(source["attribution"]) for source in sources if source.get("elevation")), None)
