"""Signing in and out: passwords, lock-out, refresh tokens that turn over, password change.

Refresh tokens belong to a family that begins at a sign-in. Each is good for one use; a second use means that it was
copied, and ends the family (RFC 9700 §4.14.2). Only their SHA-256 is stored.
"""

import asyncio
import hashlib
import re
import secrets
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString
from weakref import WeakValueDictionary

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from api import audit, passwords
from api.auth import Person, RememberedBasic, Tokens, basic_credentials
from api.passwords import Passwords
from api.thresholds import Thresholds
from gis.errors import Refusal
from layers.database import SYSTEM, Actor, Database
from layers.errors import Locked, NotSignedIn, UserRefused

USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")  # as the table's CHECK
NOBODY = "?"  # in the audit trail instead of an unknown name: people type passwords into the wrong box
STRANGERS_MOST = 10_000  # unknown names remembered per process, so that only known names locking tells nobody anything

FIND = "select * from app.users where username = %s for update"
FAIL = "update app.users set failures = %s, locked_until = %s where username = %s"
SUCCEED = "update app.users set failures = 0, locked_until = null, last_sign_in_at = now() where username = %s"
REHASH = "update app.users set password_hash = %s where username = %s"
CHANGE = "update app.users set password_hash = %s, must_change = false, failures = 0, locked_until = null where username = %s"
KEEP_TOKEN = "insert into app.refresh_tokens (token_hash, family, username, expires_at) values (%s, %s, %s, %s)"
FIND_TOKEN = """
select t.family, t.expires_at, t.used_at, t.revoked_at, u.* from app.refresh_tokens t
join app.users u on u.username = t.username where t.token_hash = %s for update of t
"""
USE_TOKEN = "update app.refresh_tokens set used_at = now() where token_hash = %s"
END_FAMILY = "update app.refresh_tokens set revoked_at = now() where family = %s and revoked_at is null"
END_OTHERS = """
update app.refresh_tokens set revoked_at = now() where username = %s and revoked_at is null
and family is distinct from (select family from app.refresh_tokens where token_hash = %s)
"""
SWEEP = "delete from app.refresh_tokens where username = %s and expires_at < now()"


@dataclass(frozen=True)
class Grant:
    """What a sign-in or a refresh gives."""

    person: Person
    access_token: str
    access_s: int
    refresh_token: str
    refresh_s: int


class Sessions:
    """Everything that knows passwords and refresh tokens."""

    def __init__(self, database: Database, thresholds: Thresholds, tokens: Tokens) -> None:
        self._database = database
        self._thresholds = thresholds
        self._tokens = tokens
        self._passwords = Passwords()
        self._basic = RememberedBasic(database.rights)
        self._strangers: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def verified(self, username: str, password: str, address: str | None) -> Person:
        """The person behind a name and a password. Raises NotSignedIn or Locked.

        One attempt a name at a time: guesses sent in parallel would else all be tried before the first is counted.
        """
        async with self._turn(username), self._database.transaction(SYSTEM) as connection:
            outcome = await self._judged(connection, username, password, address)
        if isinstance(outcome, Refusal):  # raised out here: inside, the count of failures would be rolled back
            raise outcome
        return outcome

    async def by_basic(self, encoded: str, address: str | None) -> Actor:
        """The actor behind an HTTP Basic header. Raises NotSignedIn or Locked."""
        username, password = basic_credentials(encoded)
        if (actor := self._basic.find(username, password)) is not None:
            return actor
        return await self._verified_once(username, password, address)

    async def sign_in(self, username: str, password: str, address: str | None) -> Grant:
        """Access and refresh token of a new family. Raises NotSignedIn or Locked."""
        person = await self.verified(username, password, address)
        async with self._database.transaction(SYSTEM) as connection:
            await connection.execute(SWEEP, (username,))
            await audit.record(connection, username, person.role, "sign_in", address=address)
            return await self._granted(connection, person, uuid.uuid4())

    async def refresh(self, token: str, address: str | None) -> Grant:
        """The next pair of tokens; the old refresh token is spent. Raises NotSignedIn."""
        async with self._database.transaction(SYSTEM) as connection:
            outcome = await self._refreshed(connection, token, address)
        if isinstance(outcome, Refusal):  # as above: the end of a family must be kept
            raise outcome
        return outcome

    async def sign_out(self, token: str, address: str | None) -> None:
        """End the family of a refresh token. An unknown token is no error: the aim is reached."""
        async with self._database.transaction(SYSTEM) as connection:
            row = await _one(connection, FIND_TOKEN, (_token_hash(token),))
            if row is not None:
                await connection.execute(END_FAMILY, (row["family"],))
                await audit.record(connection, row["username"], row["role"], "sign_out", address=address)
                self._basic.forget(row["username"])

    async def change_password(self, connection: AsyncConnection[Any], actor: Actor, current: str, new: str, *,
                              keep_token: str | None, address: str | None) -> None:
        """Set a new password in `connection` (a transaction of SYSTEM) and sign out everywhere else.

        Raises UserRefused when the new one may not be used or the current one is wrong, Locked after too many tries.
        """
        passwords.checked(new, actor.username)
        try:
            await self.verified(actor.username, current, address)
        except NotSignedIn:
            raise UserRefused("当前密码不对。", "The current password is wrong.") from None
        await connection.execute(CHANGE, (await self._passwords.hashed(new), actor.username))
        await connection.execute(END_OTHERS, (actor.username, _token_hash(keep_token or "")))
        await audit.record(connection, actor.username, actor.role, "password", address=address)
        self._basic.forget(actor.username)

    async def hashed(self, password: str) -> str:
        """The hash to store of a password, made off the event loop."""
        return await self._passwords.hashed(password)

    async def person(self, username: str) -> Person:
        """The user as stored now. Raises NotSignedIn when he is gone or disabled."""
        async with self._database.transaction(SYSTEM) as connection:
            row = await _one(connection, "select * from app.users where username = %s", (username,))
        if row is None or row["disabled"]:
            raise NotSignedIn("这个账号已停用。", "This account is no longer in use.")
        return _person(row)

    async def _verified_once(self, username: str, password: str, address: str | None) -> Actor:
        """QGIS asks for many tiles at once: the first verifies, the others wait and find it remembered."""
        async with self._turn(username):
            if (actor := self._basic.find(username, password)) is not None:
                return actor
            async with self._database.transaction(SYSTEM) as connection:
                outcome = await self._judged(connection, username, password, address)
            if isinstance(outcome, Refusal):
                raise outcome
            self._basic.keep(outcome, password)
            return outcome.actor

    async def renewed(self, username: str) -> Grant:
        """Tokens of a new family for somebody who has just proved who he is. Raises NotSignedIn."""
        person = await self.person(username)
        async with self._database.transaction(SYSTEM) as connection:
            return await self._granted(connection, person, uuid.uuid4())

    def _turn(self, username: str) -> asyncio.Lock:
        return self._turns.setdefault(username, asyncio.Lock())

    async def _judged(self, connection: AsyncConnection[Any], username: str, password: str,
                      address: str | None) -> Person | Refusal:
        row = await _one(connection, FIND, (username,)) if USERNAME.fullmatch(username) else None
        if row is None:
            return await self._stranger(connection, username, password, address)
        if (locked := _locked(row["locked_until"])) is not None:
            return locked
        if not await self._passwords.matches(row["password_hash"], password):
            return await self._failed(connection, row, address)
        if row["disabled"]:
            await audit.record(connection, username, row["role"], "sign_in_failed", address=address,
                               detail={"disabled": True})
            return _wrong()
        await connection.execute(SUCCEED, (username,))
        if passwords.outdated(row["password_hash"]):
            await connection.execute(REHASH, (await self._passwords.hashed(password), username))
        return _person(row)

    async def _failed(self, connection: AsyncConnection[Any], row: dict[str, Any], address: str | None) -> Refusal:
        username, role = row["username"], row["role"]
        failures, locked_until = await self._counted(row["failures"], row["locked_until"])
        await connection.execute(FAIL, (failures, locked_until, username))
        await audit.record(connection, username, role, "sign_in_failed", address=address, detail={"failures": failures})
        if locked_until is None:
            return _wrong()
        self._basic.forget(username)
        await audit.record(connection, username, role, "lock", address=address)
        return _locked(locked_until) or _wrong()

    async def _stranger(self, connection: AsyncConnection[Any], username: str, password: str,
                        address: str | None) -> Refusal:
        """An unknown name takes the same time and locks in the same way as a known one."""
        failures, locked_until = self._strangers.pop(username[:64], (0, None))
        locked = _locked(locked_until)
        if locked is None:
            await self._passwords.matches(None, password)
            failures, locked_until = await self._counted(failures, locked_until)
            await audit.record(connection, NOBODY, "none", "sign_in_failed", address=address)
        self._strangers[username[:64]] = failures, locked_until
        while len(self._strangers) > STRANGERS_MOST:
            self._strangers.popitem(last=False)
        return locked or _locked(locked_until) or _wrong()

    async def _counted(self, failures: int, locked_until: datetime | None) -> tuple[int, datetime | None]:
        """The count after one more failure; it starts again after a lock that has passed."""
        failures = 1 if locked_until is not None else failures + 1
        if failures < await self._thresholds.whole("sign_in.max_failures"):
            return failures, None
        return failures, datetime.now(UTC) + await self._thresholds.minutes("sign_in.lock_min")

    async def _refreshed(self, connection: AsyncConnection[Any], token: str, address: str | None) -> Grant | Refusal:
        row = await _one(connection, FIND_TOKEN, (_token_hash(token),))
        if row is None or row["revoked_at"] or row["disabled"] or row["expires_at"] < datetime.now(UTC):
            return NotSignedIn("登录已失效,请重新登录。", "The sign-in is over; sign in again.")
        if row["used_at"] is not None:
            await connection.execute(END_FAMILY, (row["family"],))
            await audit.record(connection, row["username"], row["role"], "token_reuse", address=address)
            return NotSignedIn("这个刷新令牌已用过,为安全起见已退出登录,请重新登录。",
                               "This refresh token was used before; for safety you are signed out. Sign in again.")
        await connection.execute(USE_TOKEN, (_token_hash(token),))
        return await self._granted(connection, _person(row), row["family"])

    async def _granted(self, connection: AsyncConnection[Any], person: Person, family: uuid.UUID) -> Grant:
        access = await self._thresholds.minutes("token.access_min")
        refresh = await self._thresholds.days("token.refresh_days")
        token = secrets.token_urlsafe(32)
        expires_at = datetime.now(UTC) + refresh
        await connection.execute(KEEP_TOKEN, (_token_hash(token), family, person.username, expires_at))
        return Grant(person, self._tokens.issue(person, access), int(access.total_seconds()), token,
                     int(refresh.total_seconds()))


def _token_hash(token: str) -> bytes:
    """Tokens are 256 random bits: a fast hash is enough, there is nothing to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _person(row: dict[str, Any]) -> Person:
    return Person(row["username"], row["name"], row["role"], row["scope"], row["bureau"], row["must_change"], row["rights"])


def _wrong() -> NotSignedIn:
    return NotSignedIn("用户名或密码不对。", "The user name or the password is wrong.")


def _locked(until: datetime | None) -> Locked | None:
    wait_s = 0.0 if until is None else until.timestamp() - time.time()
    if wait_s <= 0:
        return None
    minutes = int(wait_s // 60) + 1
    return Locked(f"密码连续输错次数过多,账号已锁定,请{minutes}分钟后再试,或请管理员解锁。",
                  f"Too many wrong passwords in a row; the account is locked. Try again in {minutes} min or ask the "
                  "administrator to unlock it.", retry_after_s=round(wait_s + 0.5))


async def _one(connection: AsyncConnection[Any], text: LiteralString, values: tuple[Any, ...]) -> dict[str, Any] | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(text, values)
        return await cursor.fetchone()
