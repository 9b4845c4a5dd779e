"""`./anlan up` and `./anlan down`: the steps in order. Each looks first whether its work is done."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.settings import ROOT, Server, ensure_secrets, read_state, remember, var_folder
from api.setup import console, server
from api.setup.database import existing_database, identity, plain_words, private_database
from api.setup.machine import require_disk, require_port
from api.setup.progress import say, step
from layers.cluster import Cluster, is_running, stop

if TYPE_CHECKING:
    from layers.counties import CountyPack
    from scenarios.ground import Size

HOME_COUNTY = "141033"  # 蒲县, whose pack ships with the code


@dataclass(frozen=True)
class Wanted:
    """What the person asked `up` for."""

    host: str
    port: int
    workers: int
    size: "Size" = "county"
    seed: int = 1
    foreground: bool = False
    size_was_asked: bool = False


def up(wanted: Wanted) -> None:
    """From whatever is there to a served map. Raises NotReady with one clear line when a person must act."""
    var_folder().mkdir(parents=True, exist_ok=True)
    with one_at_a_time():
        require_disk(var_folder())
        server.end_orphans()
        if server.running_pid() is None or read_state().get("api", {}).get("port") != wanted.port:
            require_port(wanted.port, wanted.host)
        owner_url = database()
        migrate(owner_url)
        console.build()
        first_data(owner_url, wanted)
        serve(wanted)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts at once take turns: the second finds everything done."""
    with (var_folder() / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("另一个 ./anlan 正在运行,等它结束", "Another ./anlan is at work; waiting for it"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), False)
        yield


def database() -> str:
    """The owner's URL of a database that answers and has its roles and extensions."""
    secrets = ensure_secrets()
    given = Server().database_url
    return existing_database(given, secrets) if given else private_database(secrets)


def migrate(owner_url: str) -> None:
    """Tables, checks, policies and triggers as this code wants them; skipped when nothing of it changed."""
    wanted = [identity(owner_url), console.fingerprint(
        path for house in ("layers", "gis") for path in (ROOT / house).rglob("*")
        if path.suffix in {".py", ".sql"} and "node_modules" not in path.parts
    )]
    if read_state().get("migrated") == wanted:
        return
    with step("更新数据库结构", "Migrating the database"), plain_words():
        from layers.migrations import upgrade

        upgrade(owner_url, ensure_secrets().ticket_key)
    remember(migrated=wanted)


def first_data(owner_url: str, wanted: Wanted) -> None:
    """The home county, its exercise ground and the first users, once: afterwards the data belong to their users.

    A step counts as done after its commit. Killed before that, it runs again, and each can: rows are merged by code,
    users that exist are left alone.
    """
    from api.setup.county import load_exercise_ground, load_pack, shipped_pack

    place = identity(owner_url)
    ground = f"{place} ground {HOME_COUNTY}"
    steps: dict[str, Callable[[], object]] = {
        f"{place} pack {HOME_COUNTY}": lambda: load_pack(owner_url, shipped_pack(HOME_COUNTY)),
        ground: lambda: load_exercise_ground(owner_url, shipped_pack(HOME_COUNTY), wanted.size, wanted.seed),
        f"{place} users": lambda: first_users(owner_url),
    }
    done: dict[str, object] = read_state().get("done", {})
    for name, load in steps.items():
        if name not in done:
            load()
            done = done | {name: [wanted.size, wanted.seed]}
            remember(done=done)
    made = done[ground]
    if wanted.size_was_asked and made != [wanted.size, wanted.seed]:
        say(f"! 演练场已建为 {made},不再改变。要换:./anlan down,删除 {var_folder() / 'pg'},再 ./anlan up")
        say(f"  The ground was made as {made} and stays. To change it: ./anlan down, remove that folder, ./anlan up")


def first_users(owner_url: str) -> None:
    """Users with random passwords, written to var/credentials.json."""
    with step("建立首批用户", "Making the first users") as making, plain_words():
        from api.users import first_run_users

        making.note(str(len(first_run_users(owner_url, var_folder() / "credentials.json"))))


def county_users(owner_url: str, pack: "CountyPack") -> None:
    """A user for each township of a county that joined, written to var/credentials.json beside the first ones."""
    with step("建立乡镇用户", "Making the townships' users") as making, plain_words():
        from api.users import first_run_users
        from layers.counties import township_names

        codes = [str(town["code"]) for town in township_names(pack)]
        made = first_run_users(owner_url, var_folder() / "credentials.json", pack.code, codes or None)
        making.note(" ".join(made))


def serve(wanted: Wanted) -> None:
    """The API, replaced when its code changed."""
    if wanted.foreground:
        server.stop_api()
        server.run_in_foreground(wanted.host, wanted.port, wanted.workers)
    if not server.is_current(wanted.host, wanted.port):
        with step("启动服务", "Starting the API"):
            server.stop_api()
            server.start_api(wanted.host, wanted.port, wanted.workers)
    say(f"✓ 安澜已就绪 Anlan is ready: http://{server.ANYWHERE.get(wanted.host, wanted.host)}:{wanted.port}")
    say(f"  用户与口令 users and passwords: {var_folder() / 'credentials.json'}")
    say("  停止 stop: ./anlan down")


def down() -> None:
    """Stops the API and the private database, and the test database if a killed test run left it."""
    something = server.end_orphans()
    if server.running_pid() is not None:
        with step("停止服务", "Stopping the API"):
            something = server.stop_api()
    for name in ("pg", "test-pg", "bench-pg"):
        cluster = Cluster((var_folder() / name).resolve(), 0)
        if is_running(cluster):
            with step("停止数据库", "Stopping the database"):
                something = stop(cluster) or something
    if not something:
        say("没有在运行 Nothing is running.")
