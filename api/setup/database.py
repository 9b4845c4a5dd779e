"""The database: a private cluster in var/pg, or the server that ANLAN_DATABASE_URL names; then roles and extensions.

Two roles, always: the owner runs migrations; `anlan_app` owns nothing and serves requests, so row policies bind it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from api.settings import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    Secrets,
    as_role,
    private_url,
    read_state,
    remember,
    var_folder,
)
from api.setup.machine import has_database_server, install_database_server, require_postgis
from api.setup.progress import step
from layers.cluster import Cluster, NotReady, free_port, is_answering, is_free, make, place_for, running_port, start

EXTENSIONS = ("postgis", "pgcrypto", "btree_gist", "pg_trgm")
CONNECT_LIMIT_S = 10


def ensure_server() -> None:
    """A PostgreSQL server with PostGIS on this machine, installed from the system's packages when missing."""
    if not has_database_server():
        with step("安装 PostgreSQL 与 PostGIS", "Installing PostgreSQL and PostGIS"):
            install_database_server()
        if not has_database_server():
            raise NotReady("PostGIS 安装后仍找不到。", "PostGIS is still not found after its installation.")


def running_cluster(wanted: Path, port_name: str, *, durable: bool = True) -> Cluster:
    """The cluster at `wanted`, made and started if need be, on the port kept under `port_name` or the next free."""
    ensure_server()
    home = place_for(wanted)
    if home != wanted and not (home / "data").exists():
        with step("数据库账号进不了此目录,数据另存", "The database account cannot enter here; data go to") as here:
            here.note(str(home))
    cluster = Cluster(home, int(read_state().get(port_name, 0)) or free_port(), durable)
    if not (cluster.data / "PG_VERSION").is_file():
        with step("建立私有数据库", "Making the private database"):
            make(cluster)
            remember(roles=None)  # of a cluster that somebody removed
    if not is_answering(cluster):
        if not is_free(cluster.port):
            cluster = Cluster(home, free_port(cluster.port), durable)
        with step("启动数据库", "Starting the database") as starting:
            start(cluster)
            starting.note(f"127.0.0.1:{cluster.port}")
    cluster = Cluster(home, running_port(cluster) or cluster.port, durable)
    remember(**{port_name: cluster.port})
    return cluster


def private_database(secrets: Secrets) -> str:
    """The owner's URL of the private database, complete with roles and extensions."""
    cluster = running_cluster(var_folder() / "pg", "database_port")
    if read_state().get("roles") != _roles_mark(secrets):
        with step("建立数据库角色与扩展", "Making database roles and extensions"):
            provision(cluster.superuser_dsn(), secrets)
        remember(roles=_roles_mark(secrets))
    return private_url(OWNER_ROLE, secrets.owner_password, cluster.port)


def provision(superuser_dsn: str, secrets: Secrets, database: str = DATABASE) -> None:
    """Roles, database and extensions, as superuser; each only when missing. Raises NotReady for an old PostGIS."""
    with psycopg.connect(superuser_dsn, autocommit=True, connect_timeout=CONNECT_LIMIT_S) as session:
        for role, password in ((OWNER_ROLE, secrets.owner_password), (APP_ROLE, secrets.app_password)):
            _role(session, role, password)
        if session.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is None:
            session.execute(sql.SQL("create database {} owner {}").format(
                sql.Identifier(database), sql.Identifier(OWNER_ROLE)))
        session.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
        session.execute(sql.SQL("grant connect on database {} to {}").format(
            sql.Identifier(database), sql.Identifier(APP_ROLE)))
    with psycopg.connect(make_conninfo(superuser_dsn, dbname=database), autocommit=True) as session:
        _extensions(session)


def identity(url: str) -> str:
    """Which database this is, beyond its address: one that was dropped and made again is another."""
    with plain_words(), psycopg.connect(url, connect_timeout=CONNECT_LIMIT_S) as session:
        row = session.execute("select (select system_identifier from pg_control_system()), oid from pg_database"
                              " where datname = current_database()").fetchone()
    return f"{row[0]}/{row[1]}" if row else ""


def existing_database(owner_url: str, secrets: Secrets) -> str:
    """Checks a server that is not ours and makes there what is missing, as far as its owner may."""
    shown = owner_url.rpartition("@")[2]  # never the password
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=CONNECT_LIMIT_S) as session:
            _extensions(session)
            if not _may_sign_in(as_role(owner_url, APP_ROLE, secrets.app_password)):
                _role(session, APP_ROLE, secrets.app_password)
                name = sql.Identifier(session.info.dbname)
                session.execute(sql.SQL("grant connect on database {} to {}").format(name, sql.Identifier(APP_ROLE)))
    except psycopg.errors.InsufficientPrivilege as refused:
        wanted = (f"create role {APP_ROLE} login password '…'; "
                  + " ".join(f"create extension if not exists {name};" for name in EXTENSIONS))
        raise NotReady(
            f"数据库 {shown} 的账号无权建立角色或扩展。请数据库管理员执行:{wanted} 并把口令放入 ANLAN_APP_PASSWORD。",
            f"The owner at {shown} may not make roles or extensions. Have its administrator run: {wanted} "
            "and put that password into ANLAN_APP_PASSWORD.",
        ) from refused
    except psycopg.OperationalError as refused:
        why = str(refused).strip().splitlines()[-1]
        raise NotReady(f"连不上 ANLAN_DATABASE_URL({shown}):{why}",
                       f"Cannot connect to ANLAN_DATABASE_URL ({shown}): {why}") from refused
    return owner_url


@contextmanager
def plain_words() -> Iterator[None]:
    """What a person can mend about the database, said as such; a wrong statement of ours stays a traceback."""
    try:
        yield
    except psycopg.errors.DiskFull as full:
        raise NotReady("数据库所在磁盘已满。清理后再次运行即继续。",
                       "The database's disk is full. Free some and run again.") from full
    except psycopg.OperationalError as gone:
        why = str(gone).strip().splitlines()[0]
        raise NotReady(f"与数据库的连接断开:{why} 再次运行即继续。",
                       f"The database went away: {why} Run again to go on.") from gone


def _may_sign_in(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=CONNECT_LIMIT_S).close()
    except psycopg.OperationalError:
        return False
    return True


def _role(session: psycopg.Connection, role: str, password: str) -> None:
    there = session.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is not None
    verb = "alter" if there else "create"
    session.execute(sql.SQL(verb + " role {} login password {}").format(sql.Identifier(role), sql.Literal(password)))


def _extensions(session: psycopg.Connection) -> None:
    for name in EXTENSIONS:
        if session.execute("select 1 from pg_extension where extname = %s", [name]).fetchone() is None:
            session.execute(sql.SQL("create extension {}").format(sql.Identifier(name)))
    found = session.execute("select extversion from pg_extension where extname = 'postgis'").fetchone()
    require_postgis(str(found[0]) if found else "")


def _roles_mark(secrets: Secrets) -> str:
    """Changes when a password or the list of extensions changes, so that the step runs again."""
    return hashlib.sha256("|".join([secrets.owner_password, secrets.app_password, *EXTENSIONS]).encode()).hexdigest()
