"""Users, as the command line keeps them: plain functions over the owner's URL, each one transaction.

No password is built in: the first run makes random ones and leaves them in var/credentials.json, readable by its owner.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import Connection
from psycopg.errors import CheckViolation
from psycopg.types.json import Jsonb

from api.passwords import checked, hashed, random_password
from layers.common import BUREAUS
from layers.errors import UserRefused

ROLES = ("viewer", "village", "township", "bureau", "duty", "commander", "director", "admin")

ADD = """
insert into app.users (username, name, password_hash, role, scope, bureau) values (%s, %s, %s, %s, %s, %s)
on conflict (username) do nothing
"""
LIST = """
select username, name, role, scope, bureau, disabled, locked_until, last_sign_in_at from app.users order by username
"""
# A new password ends every sign-in: whoever had the old one is out.
SET_PASSWORD = """
with changed as (update app.users set password_hash = %s, failures = 0, locked_until = null, rights = rights + 1
                 where username = %s returning username),
     ended as (update app.refresh_tokens t set revoked_at = now() from changed c
               where t.username = c.username and t.revoked_at is null)
select count(*) from changed
"""
UNLOCK = "update app.users set failures = 0, locked_until = null where username = %s"
NOTE = """
insert into app.audit (username, role, action, detail) values (session_user, 'owner', 'user', %s)
"""
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('anlan first users', 0))"


class User(NamedTuple):
    """What may be shown of a user."""

    username: str
    name: str
    role: str
    scope: str
    bureau: str | None
    disabled: bool
    locked_until: datetime | None
    last_sign_in_at: datetime | None


class NewUser(NamedTuple):
    username: str
    name: str
    role: str
    scope: str
    bureau: str | None = None


def add_user(owner_url: str, username: str, role: str, scope: str = "", bureau: str | None = None, *,
             name: str | None = None, password: str | None = None) -> str:
    """Make a user; returns the password, random unless given. Raises UserRefused when it cannot be or exists."""
    require_office(role, scope, bureau)
    password = random_password() if password is None else checked(password, username)
    with _owner(owner_url) as connection:
        if not _insert(connection, NewUser(username, name or username, role, scope, bureau), password):
            raise UserRefused(f"用户 {username} 已存在。", f"User {username} exists already.")
    return password


def list_users(owner_url: str) -> list[User]:
    """All users by name."""
    with _owner(owner_url) as connection:
        return [User(*row) for row in connection.execute(LIST)]


def set_password(owner_url: str, username: str, password: str | None = None) -> str:
    """Replace a password (random unless given), unlock, sign out everywhere. Raises UserRefused for an unknown user."""
    password = random_password() if password is None else checked(password, username)
    with _owner(owner_url) as connection:
        row = connection.execute(SET_PASSWORD, (hashed(password), username)).fetchone()
        _require(row is not None and row[0] == 1, username)
        _note(connection, "password", username)
    return password


def new_password(owner_url: str, username: str) -> str:
    """A new random password for a user. Raises UserRefused."""
    return set_password(owner_url, username)


def unlock(owner_url: str, username: str) -> None:
    """Let a locked user sign in again. Raises UserRefused for an unknown user."""
    with _owner(owner_url) as connection:
        _require(connection.execute(UNLOCK, (username,)).rowcount == 1, username)
        _note(connection, "unlock", username)


def first_run_users(owner_url: str, credentials_path: Path, county_code: str | None = None,
                    township_codes: Sequence[str] | None = None) -> list[str]:
    """Make the first users with random passwords and write those to `credentials_path`; returns the new names.

    Users that exist are left alone, so a second county only adds its townships' users. Without codes, the first loaded
    county and all townships in the database. The file is written before the transaction commits: a crash between
    leaves passwords of users that do not exist yet, and the next run replaces them; never users nobody can be.
    """
    with _owner(owner_url) as connection:
        connection.execute(ONE_AT_A_TIME)
        wanted = _offices(county_code or _first_county(connection)) + _townships(connection, county_code, township_codes)
        made: dict[str, str] = {}
        for user in wanted:
            password = random_password()
            if _insert(connection, user, password):
                made[user.username] = password
        if made:
            write_credentials(credentials_path, made)
    return list(made)


def write_credentials(path: Path, fresh: dict[str, str]) -> None:
    """Add passwords to the file, which only its owner may read; whoever reads it sees the old or the new whole."""
    kept: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept | fresh, file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@contextlib.contextmanager
def _owner(owner_url: str) -> Iterator[Connection]:
    """One transaction of the database's owner. The table's own rules about users become refusals."""
    try:
        with psycopg.connect(owner_url) as connection:
            yield connection
    except CheckViolation:
        raise UserRefused("用户名只能用小写字母、数字和 _ . -;管辖范围是至多12位数字。",
                          "User names have lower-case letters, digits and _ . -; a scope has at most 12 digits.") from None


def require_office(role: str, scope: str, bureau: str | None) -> None:
    """Raises UserRefused for a role, an area or a bureau that a user cannot have."""
    if role not in ROLES:
        raise UserRefused(f"没有角色 {role},可用:{'、'.join(ROLES)}。", f"There is no role {role}; use one of {', '.join(ROLES)}.")
    if bureau is not None and bureau not in BUREAUS or (role == "bureau" and bureau is None):
        raise UserRefused(f"部门应为其中之一:{'、'.join(BUREAUS)}。", f"The bureau must be one of {', '.join(BUREAUS)}.")
    if role != "admin" and not scope:
        raise UserRefused("除管理员外,用户必须有管辖范围(行政区划代码前缀)。",
                          "Everybody but an administrator needs a scope (a prefix of the statistical code).")


def _insert(connection: Connection, user: NewUser, password: str) -> bool:
    """Whether the user is new."""
    exists = connection.execute("select 1 from app.users where username = %s", (user.username,)).fetchone()
    if exists is not None:  # asked first: a hash takes 50 ms, and most users of a second run exist
        return False
    values = (user.username, user.name, hashed(password), user.role, user.scope, user.bureau)
    is_new = connection.execute(ADD, values).rowcount == 1
    if is_new:
        _note(connection, "add", user.username)
    return is_new


def _note(connection: Connection, change: str, username: str) -> None:
    connection.execute(NOTE, (Jsonb({"change": change, "user": username}),))


def _require(found: bool, username: str) -> None:
    if not found:
        raise UserRefused(f"没有用户 {username}。", f"There is no user {username}.")


def _first_county(connection: Connection) -> str:
    row = connection.execute("select code from app.counties order by loaded_at, code limit 1").fetchone()
    if row is None:
        raise UserRefused("数据库中还没有县,请先导入。", "The database has no county yet; load one first.")
    return str(row[0])


def _offices(county: str) -> list[NewUser]:
    """One user an office, for a county that has nobody yet."""
    return [
        NewUser("admin", "管理员", "admin", ""),
        NewUser("commander", "指挥长", "commander", county),
        NewUser("duty", "值班员", "duty", county),
        NewUser("bureau", BUREAUS["natural_resources"][0], "bureau", county, "natural_resources"),
        NewUser("director", "导调员", "director", county),
        NewUser("viewer", "查看者", "viewer", county),
    ]


def _townships(connection: Connection, county: str | None, codes: Sequence[str] | None) -> list[NewUser]:
    """One user a township, named by its code."""
    rows = connection.execute("select code, name from layers.townships where code like %s order by code",
                              (f"{county or ''}%",)).fetchall()
    names = {str(code): str(name) for code, name in rows}
    return [NewUser(code, names.get(code, code), "township", code) for code in (names if codes is None else codes)]
