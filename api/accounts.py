"""People as the administrator keeps them: made, changed, disabled, given a new password; each change an audit entry.

All functions take a transaction in the administrator's name (row policies let no other role see app.users). Whoever loses
rights is signed out at once: app.users.rights grows, and no process believes an older access token (api/auth.py).
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from api import audit
from api.users import require_office
from layers.database import Actor
from layers.errors import UserNotFound, UserRefused

# `signed_in` counts families with a token that still works: one family is one browser or phone.
LIST = """
select u.username, u.name, u.role, u.scope, u.bureau, u.disabled, u.must_change, u.failures, u.locked_until, u.created_at,
  u.last_sign_in_at, coalesce(t.name, c.name) as scope_name, coalesce(s.families, 0) as signed_in
from app.users u
left join layers.townships t on t.code = u.scope
left join app.counties c on c.code = u.scope
left join (select username, count(distinct family) as families from app.refresh_tokens
           where revoked_at is null and used_at is null and expires_at > now() group by username) s using (username)
where %(username)s::text is null or u.username = %(username)s
order by u.username
"""
ADD = """
insert into app.users (username, name, password_hash, role, scope, bureau, must_change)
values (%(username)s, %(name)s, %(hash)s, %(role)s, %(scope)s, %(bureau)s, true) on conflict (username) do nothing
"""
FIND = "select name, role, scope, bureau, disabled from app.users where username = %s for update"
CHANGE = """
update app.users set name = %(name)s, role = %(role)s, scope = %(scope)s, bureau = %(bureau)s, disabled = %(disabled)s
where username = %(username)s
"""
SET_PASSWORD = """
update app.users set password_hash = %s, must_change = true, failures = 0, locked_until = null, rights = rights + 1
where username = %s
"""
UNLOCK = "update app.users set failures = 0, locked_until = null where username = %s"
SIGN_OUT = "update app.refresh_tokens set revoked_at = now() where username = %s and revoked_at is null"
OTHER_ADMINS = "select count(*) from app.users where role = 'admin' and not disabled and username <> %s"
# Two administrators who disable each other at once would else each see the other still there.
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('anlan administrators', 0))"


@dataclass(frozen=True)
class Office:
    """What an administrator decides about a user."""

    name: str
    role: str
    scope: str
    bureau: str | None
    disabled: bool = False

    def rights(self) -> tuple[str, str, str | None, bool]:
        return self.role, self.scope, self.bureau, self.disabled


async def listed(connection: AsyncConnection[Any], username: str | None = None) -> list[dict[str, Any]]:
    """Everybody, or one, by name: what may be shown of a user, never a hash."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(LIST, {"username": username})
        return await cursor.fetchall()


async def one(connection: AsyncConnection[Any], username: str) -> dict[str, Any]:
    """Raises UserNotFound."""
    found = await listed(connection, username)
    if not found:
        raise _unknown(username)
    return found[0]


async def add(connection: AsyncConnection[Any], actor: Actor, username: str, office: Office, password_hash: str,
              address: str | None) -> None:
    """A new user, who must change the password at the first sign-in. Raises UserRefused."""
    require_office(office.role, office.scope, office.bureau)
    made = await connection.execute(ADD, {"username": username, "hash": password_hash, **asdict(office)})
    if made.rowcount == 0:
        raise UserRefused(f"用户 {username} 已存在。", f"User {username} exists already.")
    await _note(connection, actor, "add", username, address, after=asdict(office))


async def change(connection: AsyncConnection[Any], actor: Actor, username: str, wanted: dict[str, Any],
                 address: str | None) -> bool:
    """Change some of name, role, scope, bureau, disabled; whether anything is different now.

    Raises UserNotFound; UserRefused for an office that cannot be, for taking one's own rights, for the last administrator.
    """
    await connection.execute(ONE_AT_A_TIME)
    before = await _office(connection, username)
    after = replace(before, **wanted)
    if after == before:
        return False
    if after.rights() != before.rights():
        require_office(after.role, after.scope, after.bureau)
        await _refuse_to_lose_the_administrator(connection, actor, username, before, after)
    await connection.execute(CHANGE, {"username": username, **asdict(after)})
    if after.rights() != before.rights():
        await connection.execute(SIGN_OUT, (username,))
    changed = [name for name, value in asdict(after).items() if value != getattr(before, name)]
    await _note(connection, actor, "change", username, address, before={name: getattr(before, name) for name in changed},
                after={name: getattr(after, name) for name in changed})
    return True


async def set_password(connection: AsyncConnection[Any], actor: Actor, username: str, password_hash: str,
                       address: str | None) -> None:
    """A new password that must be changed at the next sign-in; unlocks, and signs out everywhere. Raises UserNotFound."""
    if (await connection.execute(SET_PASSWORD, (password_hash, username))).rowcount == 0:
        raise _unknown(username)
    await connection.execute(SIGN_OUT, (username,))
    await _note(connection, actor, "password", username, address)


async def unlock(connection: AsyncConnection[Any], actor: Actor, username: str, address: str | None) -> None:
    """Let a locked user sign in again. Raises UserNotFound."""
    if (await connection.execute(UNLOCK, (username,))).rowcount == 0:
        raise _unknown(username)
    await _note(connection, actor, "unlock", username, address)


async def _refuse_to_lose_the_administrator(connection: AsyncConnection[Any], actor: Actor, username: str,
                                            before: Office, after: Office) -> None:
    stays = after.role == "admin" and not after.disabled
    if before.role != "admin" or stays:
        return
    if username == actor.username:
        raise UserRefused("不能停用自己,也不能取消自己的管理员角色:请由另一位管理员操作。",
                          "You cannot disable yourself or give up your own administrator role: ask another administrator.")
    others = await (await connection.execute(OTHER_ADMINS, (username,))).fetchone()
    if others is None or others[0] == 0:
        raise UserRefused(f"{username} 是最后一位可用的管理员,先指定另一位。",
                          f"{username} is the last administrator who can sign in: appoint another first.")


async def _office(connection: AsyncConnection[Any], username: str) -> Office:
    row = await (await connection.execute(FIND, (username,))).fetchone()
    if row is None:
        raise _unknown(username)
    return Office(*row)


def _unknown(username: str) -> UserNotFound:
    return UserNotFound(f"没有用户 {username}。", f"There is no user {username}.")


async def _note(connection: AsyncConnection[Any], actor: Actor, change: str, username: str, address: str | None,
                **facts: Any) -> None:
    await audit.record(connection, actor.username, actor.role, "user", address=address,
                       detail={"change": change, "user": username, **facts})

