"""The front door, really opened: processes, sockets, disks and a cluster of its own; nothing stands in for them."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.settings import ROOT, Secrets, ensure_secrets, load_settings
from api.setup import machine, server
from api.setup.database import existing_database, private_database
from api.setup.machine import Package, install_missing, port_owner, require_disk, require_port, require_postgis
from layers import cluster
from layers.cluster import Cluster, NotReady


@pytest.fixture
def listener() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A var/ folder of its own; whatever a test started in it is stopped.

    Not in pytest's folders: it closes them to other accounts whenever another run begins.
    """
    with tempfile.TemporaryDirectory(prefix="anlan-door-") as made:
        home = Path(made)
        home.chmod(0o711)
        monkeypatch.delenv("ANLAN_DATABASE_URL", raising=False)
        monkeypatch.setenv("ANLAN_VAR", str(home / "var"))
        load_settings.cache_clear()
        yield home / "var"
        load_settings.cache_clear()
        assert anlan("down").returncode == 0
        outside = (home / "var" / "pg").resolve()
        if outside.is_relative_to(cluster.OUTSIDE):
            shutil.rmtree(outside)


def anlan(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One verb, as the script runs it after bootstrap."""
    return subprocess.run([sys.executable, "-m", "api.cli", *arguments], cwd=ROOT, env=os.environ | environment,
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def words(refused: pytest.ExceptionInfo[NotReady]) -> str:
    assert refused.value.zh != refused.value.en
    return refused.value.en


# What is wrong is said in one line, in both languages, with an exit code.


def test_up_names_who_holds_the_port_and_offers_another(door: Path, listener: int) -> None:
    done = anlan("up", "--port", str(listener))
    assert done.returncode == 1
    assert f"端口 {listener} 已被占用" in done.stderr
    assert f"Port {listener} is taken by" in done.stderr
    assert f"(pid {os.getpid()})" in done.stderr
    assert f"--port {listener + 1}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (door / "pg").exists()


def test_a_port_nobody_holds_has_no_owner_and_is_no_obstacle(listener: int) -> None:
    assert f"(pid {os.getpid()})" in str(port_owner(listener))
    free = cluster.free_port(listener)
    assert free != listener
    assert port_owner(free) is None
    require_port(free)


def test_a_nearly_full_disk_is_refused_with_what_is_left(tmp_path: Path) -> None:
    free_gb = shutil.disk_usage(tmp_path).free / 1e9
    with pytest.raises(NotReady) as refused:
        require_disk(tmp_path, needed_gb=free_gb + 1000)
    assert "Disk nearly full" in words(refused)
    assert f"{free_gb + 1000:g} GB needed" in words(refused)
    require_disk(tmp_path, needed_gb=0)


@pytest.mark.parametrize("version", ["3.2.1", "2.5.5", "3.0", "", "no number"])
def test_an_old_postgis_is_refused(version: str) -> None:
    with pytest.raises(NotReady) as refused:
        require_postgis(version)
    assert f"PostGIS {version} is too old; 3.3 or newer" in words(refused)


@pytest.mark.parametrize("version", ["3.3.0", "3.3.2", "3.4.0dev", "3.10.1", "4.0"])
def test_a_new_enough_postgis_is_taken(version: str) -> None:
    require_postgis(version)


def test_the_installed_postgis_version_is_read_from_its_control_file() -> None:
    found = cluster.extension_version(cluster.programs(), "postgis")
    assert found is not None
    assert re.fullmatch(r"\d+\.\d+\.\d+", found)
    assert cluster.extension_version(cluster.programs(), "no_such_extension") is None


def test_a_server_without_the_extension_is_not_a_server_for_us() -> None:
    with pytest.raises(NotReady, match="No PostgreSQL server with no_such_extension"):
        cluster.programs("no_such_extension")


def test_a_missing_package_without_root_gives_the_exact_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NotReady) as refused:
        install_missing((Package("no-such-package", program="no-such-program"), Package("bash", program="bash")))
    assert "sudo apt-get install -y --no-install-recommends no-such-package" in words(refused)
    assert not re.search(r"\bbash\b", words(refused))


def test_packages_that_are_there_are_not_installed_again() -> None:
    assert install_missing((Package("bash", program="bash"), Package("passwd", file="etc/pass*"))) == []


def test_a_wrong_database_address_is_said_without_its_password(door: Path, listener: int) -> None:
    free = cluster.free_port(listener)
    done = anlan("migrate", ANLAN_DATABASE_URL=f"postgresql://owner:s3cret@127.0.0.1:{free}/anlan")
    assert done.returncode == 1
    assert f"Cannot connect to ANLAN_DATABASE_URL (127.0.0.1:{free}/anlan)" in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_argument_is_refused_and_help_speaks_both_languages() -> None:
    assert anlan("up", "--prot", "8000").returncode == 2
    told = anlan("help").stdout
    for verb in ("up", "down", "test", "bench", "county", "migrate", "migration", "user", "version"):
        assert re.search(rf"^    {verb}\s+\S*[\u4e00-\u9fff]", told, re.MULTILINE), verb


def test_version_is_the_one_of_pyproject() -> None:
    assert f'version = "{anlan("version").stdout.split()[1]}"' in (ROOT / "pyproject.toml").read_text()


# Secrets and settings.


def test_secrets_are_random_private_and_stay(door: Path) -> None:
    first = ensure_secrets()
    assert ensure_secrets() == first
    assert stat.S_IMODE((door / "secrets.json").stat().st_mode) == 0o600
    values = json.loads((door / "secrets.json").read_text())
    assert len(set(values.values())) == 4
    assert len(bytes.fromhex(first.ticket_key)) == len(bytes.fromhex(first.jwt_key)) == 32


def test_a_secret_added_later_does_not_change_the_others(door: Path) -> None:
    ensure_secrets()
    kept = json.loads((door / "secrets.json").read_text())
    del kept["jwt_key"]
    (door / "secrets.json").write_text(json.dumps(kept))
    again = ensure_secrets()
    assert again.ticket_key == kept["ticket_key"]
    assert again.jwt_key != kept["ticket_key"]


def test_the_environment_wins_over_the_files(door: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_secrets()
    monkeypatch.setenv("ANLAN_APP_PASSWORD", "from/the:environment")
    monkeypatch.setenv("ANLAN_DATABASE_URL", "postgresql://boss:b@db.example:6000/maps?sslmode=require")
    settings = load_settings()
    assert settings.app_url == "postgresql://anlan_app:from%2Fthe%3Aenvironment@db.example:6000/maps?sslmode=require"
    assert settings.owner_url.startswith("postgresql://boss:b@")


# The private cluster.


def test_a_cluster_comes_up_with_its_roles_and_a_second_start_finds_it(door: Path) -> None:
    secrets = ensure_secrets()
    url = private_database(secrets)
    assert private_database(secrets) == url
    assert not (door / "pg").is_symlink()
    with psycopg.connect(url) as session:
        assert session.execute("select current_user, current_setting('jit')").fetchone() == ("anlan_owner", "off")
        found = session.execute("select extname from pg_extension where extname <> 'plpgsql'").fetchall()
        assert {name for (name,) in found} == {"postgis", "pgcrypto", "btree_gist", "pg_trgm"}
    with psycopg.connect(load_settings().app_url) as session:
        owned = session.execute("select count(*) from pg_class where relowner = current_user::regrole").fetchone()
        assert owned == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("create table mine (id int)")
    assert (door / "pg").stat().st_mode & 0o077 == 0


def test_the_server_never_runs_as_root_and_a_wrong_password_is_refused(door: Path) -> None:
    url = private_database(ensure_secrets())
    pid = (door / "pg" / "data" / "postmaster.pid").read_text().splitlines()[0]
    owner = Path("/proc", pid).stat().st_uid
    assert owner != 0
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(re.sub(r":[^:@]+@", ":wrong@", url))


def test_a_killed_server_comes_back_with_its_data(door: Path) -> None:
    secrets = ensure_secrets()
    url = private_database(secrets)
    with psycopg.connect(url) as session:
        session.execute("create table kept as select 14 as province")
    pid = int((door / "pg" / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    with psycopg.connect(private_database(secrets)) as session:
        assert session.execute("select province from kept").fetchone() == (14,)


def test_an_initdb_killed_half_way_starts_over(door: Path) -> None:
    home = cluster.place_for(door / "pg")
    (home / "data.unfinished").mkdir()
    (home / "data.unfinished" / "PG_VERSION").write_text("15\n")
    with psycopg.connect(private_database(ensure_secrets())) as session:
        assert session.execute("select 1").fetchone() == (1,)
    assert not (home / "data.unfinished").exists()


def test_the_database_moves_to_another_port_when_its_own_is_taken(door: Path, listener: int) -> None:
    secrets = ensure_secrets()
    (door / "state.json").write_text(json.dumps({"database_port": listener}))
    url = private_database(secrets)
    assert f":{listener}/" not in url
    with psycopg.connect(url) as session:
        assert session.execute("select 1").fetchone() == (1,)


def test_down_stops_the_database_and_says_so_when_there_is_nothing_to_stop(door: Path) -> None:
    private_database(ensure_secrets())
    assert "停止数据库" in anlan("down").stderr
    assert "Nothing is running" in anlan("down").stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")
def test_below_a_closed_folder_the_data_go_elsewhere_and_a_link_says_where(door: Path) -> None:
    door.mkdir()
    door.parent.chmod(0o700)
    try:
        with psycopg.connect(private_database(ensure_secrets())) as session:
            assert session.execute("select 1").fetchone() == (1,)
        assert (door / "pg").is_symlink()
        assert (door / "pg").resolve().is_relative_to(cluster.OUTSIDE)
    finally:
        door.parent.chmod(0o711)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")
def test_a_database_behind_a_folder_closed_later_is_not_taken_for_stopped(door: Path) -> None:
    private_database(ensure_secrets())
    door.parent.chmod(0o700)
    try:
        done = anlan("down")
    finally:
        door.parent.chmod(0o711)
    assert done.returncode == 1
    assert "cannot enter the database's folder" in done.stderr


def test_a_socket_path_too_long_for_the_system_goes_to_a_short_folder(tmp_path: Path) -> None:
    deep = Cluster(tmp_path / ("很深的目录" * 12), 54329)
    assert len(os.fsencode(deep.socket_folder / ".s.PGSQL.54329")) <= cluster.SOCKET_PATH_LIMIT
    near = Cluster(Path("/srv/anlan/var/pg"), 54329)
    assert near.socket_folder == Path("/srv/anlan/var/pg/socket")


# A server that is not ours.


def test_an_existing_server_gets_what_is_missing(door: Path) -> None:
    secrets = ensure_secrets()
    url = private_database(secrets)
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("create table theirs (id int)")
    assert existing_database(url, secrets) == url
    other = secrets.model_copy(update={"app_password": "another"})
    with pytest.raises(NotReady) as refused:  # the owner may not change another role's password
        existing_database(url, other)
    assert "create role anlan_app" in words(refused)
    assert "ANLAN_APP_PASSWORD" in words(refused)


# All of it.


@pytest.mark.slow
def test_up_from_nothing_again_killed_and_down(door: Path) -> None:
    port = cluster.free_port(18000)

    def up() -> str:
        done = anlan("up", "--port", str(port), "--size", "township")
        assert done.returncode == 0, done.stderr
        assert server.health("127.0.0.1", port) is not None
        return done.stderr

    first = up()
    for told in ("建立私有数据库", "更新数据库结构", "导入县数据包", "建立演练场", "建立首批用户", "启动服务"):
        assert re.search(rf"• {told}.* … \d+\.\d s", first), told
    health = server.health("127.0.0.1", port) or {}
    assert (health["status"], health["counties"]) == ("ok", ["141033"])
    passwords = json.loads((door / "credentials.json").read_text())
    assert {"admin", "commander", "duty", "bureau", "director", "viewer", "141033100"} <= passwords.keys()
    assert stat.S_IMODE((door / "credentials.json").stat().st_mode) == 0o600

    assert not [line for line in up().splitlines() if line.startswith("•")]  # the second start finds everything done

    main_process = int((door / "anlan.pid").read_text())
    os.kill(main_process, signal.SIGKILL)  # its workers live on and hold the port
    database = int((door / "pg" / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(database, signal.SIGKILL)
    again = up()
    assert "启动数据库" in again
    assert "启动服务" in again
    assert "建立演练场" not in again
    assert json.loads((door / "credentials.json").read_text()) == passwords

    assert "停止服务" in anlan("down").stderr
    assert cluster.is_free(port)


@pytest.mark.slow
def test_up_killed_in_any_step_goes_on_when_run_again(door: Path) -> None:
    port = cluster.free_port(18500)
    command = [sys.executable, "-m", "api.cli", "up", "--port", str(port), "--size", "township"]
    for killed_in in ("启动数据库", "更新数据库结构", "建立演练场", "导入演练场", "启动服务"):
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as running:
            assert running.stderr is not None
            seen = b""
            while killed_in.encode() not in seen and (more := os.read(running.stderr.fileno(), 4096)):
                seen += more
            assert killed_in.encode() in seen
            running.kill()
    done = anlan("up", "--port", str(port), "--size", "township")
    assert done.returncode == 0, done.stderr
    assert (server.health("127.0.0.1", port) or {})["counties"] == ["141033"]


# The script itself.


def test_the_script_is_sound_bash_and_executable() -> None:
    for script in ("anlan", ".ci/run", "deploy/backup.sh"):
        path = ROOT / script
        assert os.access(path, os.X_OK), script
        assert subprocess.run(["bash", "-n", path], check=False).returncode == 0, script
        assert "set -euo pipefail" in path.read_text(), script


def test_without_any_python_the_script_says_what_to_install(tmp_path: Path) -> None:
    bare = tmp_path / "checkout"
    bare.mkdir()
    shutil.copy(ROOT / "anlan", bare / "anlan")
    text = (bare / "anlan").read_text().replace("/usr/bin/python3", "/nowhere/python3")
    (bare / "anlan").write_text(text.replace("/usr/local/bin/python3", "/nowhere/python3"))
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "mkdir", "cmp", "flock"):
        (tools / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run([tools / "bash", bare / "anlan", "up"], env={"PATH": str(tools)}, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 1
    assert "没有找到 Python 3" in done.stderr
    assert "sudo apt-get install -y python3 python3-venv" in done.stderr


def test_down_before_the_first_up_says_what_to_do(tmp_path: Path) -> None:
    shutil.copy(ROOT / "anlan", tmp_path / "anlan")
    done = subprocess.run(["bash", tmp_path / "anlan", "down"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "./anlan up" in done.stderr
    assert not (tmp_path / "var").exists()


def test_every_limit_has_its_reason() -> None:
    assert all(len(limit.basis) > 20 for limit in machine.LIMITS.values())
    assert Secrets.model_fields.keys() == {"owner_password", "app_password", "ticket_key", "jwt_key"}
