"""Saved views and layer groups: what a person had on the screen, under a name, alone or shared with everybody.

A view is a name and a small JSON object that only the console understands. The row policies (sql/grants.sql) decide who
reads and writes; what they hide is not there.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from layers.errors import Forbidden, RowRefused, ViewNotFound

Connection = AsyncConnection[Any]
Kind = Literal["view", "group"]

MOST_VIEWS: Final = 200  # of one person; nobody finds his own among more
LARGEST_STATE: Final = 200_000  # bytes of one view: a filter with a drawn area of some thousand vertices

COLUMNS: Final = "id, name, kind, state::text as state, shared, owner, updated_at, owner = (select app.username()) as mine"


@dataclass(frozen=True)
class Draft:
    """A view as somebody wants it."""

    name: str
    kind: Kind
    state: dict[str, Any]
    shared: bool


async def listed(connection: Connection) -> list[dict[str, Any]]:
    """One's own and the shared ones, one's own first, by name."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(f"select {COLUMNS} from app.views order by mine desc, name, id")
    return [_shown(row) for row in await cursor.fetchall()]


async def one(connection: Connection, id: int) -> dict[str, Any]:
    """Raises ViewNotFound."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(f"select {COLUMNS} from app.views where id = %s", (id,))
    row = await cursor.fetchone()
    if row is None:
        raise _not_found(id)
    return _shown(row)


async def add(connection: Connection, draft: Draft) -> dict[str, Any]:
    """Raises RowRefused (too large, too many)."""
    state = _state_text(draft)
    rows = await connection.execute("select count(*) from app.views where owner = (select app.username())")
    (mine,) = await rows.fetchone() or (0,)
    if mine >= MOST_VIEWS:
        raise RowRefused(f"您已保存 {mine} 个视图,上限 {MOST_VIEWS}:请先删除不用的。",
                         f"You have {mine} saved views, {MOST_VIEWS} are allowed: remove some first.")  # fmt: skip
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(
        "insert into app.views (owner, name, kind, state, shared) values ((select app.username()), %s, %s, %s::jsonb, %s)"
        f" returning {COLUMNS}",
        (draft.name, draft.kind, state, draft.shared),
    )
    row = await cursor.fetchone()
    assert row is not None
    return _shown(row)


async def replace(connection: Connection, id: int, draft: Draft) -> dict[str, Any]:
    """Raises ViewNotFound, Forbidden (somebody else's), RowRefused."""
    state = _state_text(draft)
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(
        "update app.views set name = %s, kind = %s, state = %s::jsonb, shared = %s, updated_at = clock_timestamp() where id = %s"
        f" returning {COLUMNS}",
        (draft.name, draft.kind, state, draft.shared, id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise await _why_not(connection, id)
    return _shown(row)


async def remove(connection: Connection, id: int) -> None:
    """Raises ViewNotFound, Forbidden."""
    done = await connection.execute("delete from app.views where id = %s", (id,))
    if not done.rowcount:
        raise await _why_not(connection, id)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The state as PostgreSQL wrote it: it may hold numbers that no Python JSON writer would write again."""
    return row | {"state": orjson.Fragment(row["state"])}


async def _why_not(connection: Connection, id: int) -> Forbidden:
    view = await one(connection, id)
    return Forbidden(f"“{view['name']}”是 {view['owner']} 的视图:请另存为自己的。",
                     f"“{view['name']}” belongs to {view['owner']}: save it as your own.")  # fmt: skip


def _state_text(draft: Draft) -> str:
    """The state as it is stored. Raises RowRefused: too large, or a value that JSON readers would not give back."""
    try:
        text = orjson.dumps(draft.state).decode()
    except TypeError as problem:  # numbers of more than 64 bits, halves of characters
        raise RowRefused(f"视图内容含有无法保存的值({problem}):请重新保存。",
                         f"The view holds a value that cannot be kept ({problem}): save it again.") from None  # fmt: skip
    size = len(text.encode())
    if size > LARGEST_STATE:
        raise RowRefused(f"视图内容 {size:,} 字节,上限 {LARGEST_STATE:,}:请简化所画的范围。",
                         f"The view has {size:,} bytes, {LARGEST_STATE:,} are allowed: simplify the area drawn.")  # fmt: skip
    return text


def _not_found(id: int) -> ViewNotFound:
    return ViewNotFound(f"没有编号为 {id} 的视图:可能已被删除,或未共享给您。",
                        f"There is no view {id}: it was removed, or is not shared with you.")  # fmt: skip
