"""Which county a question is about: the one named, the one its place lies in, the asker's own, the only one there is."""

from collections.abc import Iterator
from typing import Any

from psycopg import AsyncConnection

from layers.database import Actor
from layers.errors import CountyNotFound
from layers.tables import SRID

Position = tuple[float, float]


async def county_of(connection: AsyncConnection[Any], actor: Actor, named: Any, inputs: dict[str, Any]) -> str:
    """Its code. Raises CountyNotFound, with those there are, when it cannot be told: nothing is guessed."""
    rows = await (await connection.execute("select code, name from app.counties order by code")).fetchall()
    names = {str(code): str(name) for code, name in rows}
    if named is not None:
        if named not in names:
            raise _unknown(f"没有载入县 {str(named)[:20]}。", f"County {str(named)[:20]} is not loaded.", names)
        return str(named)
    found = await _around(connection, next(positions(inputs), None))
    if found is None and actor.scope[:6] in names:
        found = actor.scope[:6]
    if found is None and len(names) == 1:
        found = next(iter(names))
    if found is None:
        raise _unknown("无法判断是哪个县:请在 inputs 中写明 county。",
                       "It cannot be told which county is meant: give `county` in the inputs.", names)  # fmt: skip
    return found


async def _around(connection: AsyncConnection[Any], place: Position | None) -> str | None:
    if place is None:
        return None
    row = await (await connection.execute(
        f"select c.code from layers.counties l join app.counties c on c.code = l.admin_code"
        f" where st_intersects(l.geom, st_setsrid(st_makepoint(%s, %s), {SRID})) limit 1", place,
    )).fetchone()  # fmt: skip
    return None if row is None else str(row[0])


def positions(inputs: Any) -> Iterator[Position]:
    """The first position of every shape among the inputs: a GeoJSON geometry, or a bare [lon, lat]."""
    if isinstance(inputs, dict):
        if "coordinates" in inputs:
            yield from _first(inputs["coordinates"])
        else:
            for value in inputs.values():
                yield from positions(value)
    elif isinstance(inputs, list):
        if _is_pair(inputs):
            yield (float(inputs[0]), float(inputs[1]))
        else:
            for value in inputs:
                yield from positions(value)


def _first(coordinates: Any) -> Iterator[Position]:
    while isinstance(coordinates, list) and coordinates:
        if _is_pair(coordinates):
            yield (float(coordinates[0]), float(coordinates[1]))
            return
        coordinates = coordinates[0]


def _is_pair(value: list[Any]) -> bool:
    return len(value) in (2, 3) and all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in value)


def _unknown(zh: str, en: str, names: dict[str, str]) -> CountyNotFound:
    listed = "、".join(f"{code} {name}" for code, name in names.items())
    return CountyNotFound(f"{zh}已载入:{listed}。", f"{en} Loaded: {listed}.", counties=list(names))
