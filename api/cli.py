"""The `anlan` command. `./anlan` prepares Python and hands every verb to `main` here.

Verbs import what they need when they run: `down` works when the rest is broken, and help is instant.
"""

import argparse
import errno
import sys
from pathlib import Path

from api.settings import program_version
from api.setup.progress import say
from gis.errors import Refusal

FAILED = 1
INTERRUPTED = 130  # 128 + SIGINT, as shells count

SYSTEM_ERRORS = {
    errno.ENOSPC: ("磁盘已满,清理后再次运行即继续。", "The disk is full; free some and run again."),
    errno.EDQUOT: ("超出磁盘配额。", "Over the disk quota."),
    errno.EACCES: ("没有权限;var/ 可能由另一个账号建立。", "Not permitted; var/ may belong to another account."),
    errno.EPERM: ("没有权限;var/ 可能由另一个账号建立。", "Not permitted; var/ may belong to another account."),
}
SIZES = ("township", "county", "province")


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb; its exit code. A Refusal becomes one line in each language, never a traceback."""
    parser = _parser()
    known, rest = parser.parse_known_args(arguments)
    if rest and not getattr(known, "takes_rest", False):
        parser.error(f"不认识的参数 unrecognised: {' '.join(rest)}")
    try:
        return int(known.run(known, rest))
    except Refusal as refusal:
        say(f"✗ {refusal.zh}")
        say(f"  {refusal.en}")
        return FAILED
    except OSError as error:
        zh, en = SYSTEM_ERRORS.get(error.errno or 0, ("系统错误", "System error"))
        say(f"✗ {zh} {en}: {error}")
        return FAILED
    except KeyboardInterrupt:
        say("✗ 已中断,再次运行即继续 Interrupted; run again to go on.")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./anlan", description="安澜:一县的应急一张图。 Anlan: the emergency map of a county.", allow_abbrev=False,
    )
    verbs = parser.add_subparsers(title="命令 verbs", metavar="命令 verb", required=True)
    _add_up(verbs)
    _verb(verbs, "down", "停止服务与数据库", "stop the API and the private database", _down)
    _add_tests(verbs)
    _add_county(verbs)
    _add_analyses(verbs)
    _verb(verbs, "migrate", "更新数据库结构", "bring the database to this code", _migrate)
    migration = _verb(verbs, "migration", "为图层定义的改动生成迁移", "write a migration for what changed", _migration)
    migration.add_argument("what", help="改了什么 what changed")
    _add_users(verbs)
    _verb(verbs, "version", "版本", "version", _version)
    _verb(verbs, "help", "本说明", "this help", _help)
    return parser


type Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def _verb(verbs: Verbs, name: str, zh: str, en: str, run: object, **defaults: object) -> argparse.ArgumentParser:
    added = verbs.add_parser(name, help=f"{zh} {en}", description=f"{zh} {en}", allow_abbrev=False)
    added.set_defaults(run=run, **defaults)
    return added


def _add_up(verbs: Verbs) -> None:
    up = _verb(verbs, "up", "安装、建库、导入并启动", "install, make the database, load, serve", _up)
    up.add_argument("--host", help="监听地址 address to listen on (127.0.0.1)")
    up.add_argument("--port", type=int, help="端口 port (8000)")
    up.add_argument("--workers", type=int, help="进程数 processes (2)")
    up.add_argument("--size", choices=SIZES, help="演练场大小 size of the exercise ground (county)")
    up.add_argument("--seed", type=int, help="演练场种子 seed of the exercise ground (1)")
    up.add_argument("--foreground", action="store_true", help="留在前台 stay in the foreground")


def _add_tests(verbs: Verbs) -> None:
    test = _verb(verbs, "test", "运行测试(其余参数交给 pytest)", "run the tests (the rest goes to pytest)", _test,
                 takes_rest=True)
    test.add_argument("--all", action="store_true", dest="everything", help="包括慢速证明 slow proofs too")
    bench = _verb(verbs, "bench", "性能对比", "measure against other programs", _bench, takes_rest=True)
    bench.add_argument("--console", action="store_true", help="测量前端 measure the console")


def _add_county(verbs: Verbs) -> None:
    county = verbs.add_parser("county", help="县数据包 county packs").add_subparsers(metavar="命令 verb", required=True)
    add = _verb(county, "add", "导入县数据包", "load a county pack", _county_add)
    add.add_argument("folder", type=Path, help="数据包目录 folder of the pack")
    add.add_argument("--ground", choices=SIZES, metavar="SIZE", help="缺的图层用演练场补上 fill missing layers with an exercise ground")
    add.add_argument("--seed", type=int, default=1, help="演练场种子 seed of the exercise ground (1)")
    init = _verb(county, "init", "新建县数据包骨架", "start a new county pack", _county_init)
    init.add_argument("place", help="区划代码或县名 code or name")
    _verb(county, "list", "已导入的县", "loaded counties", _county_list)


def _add_analyses(verbs: Verbs) -> None:
    analyse = _verb(verbs, "analyse", "运行一项分析;不写名称则列出全部", "run an analysis; without a name, list them", _analyse,
                    takes_rest=True)  # argparse takes no more positionals after an option
    analyse.add_argument("process", nargs="?", help="分析名称 id of the analysis")
    analyse.add_argument("given", nargs="*", metavar="name=value", help="参数 inputs, values as JSON or text")
    analyse.add_argument("--county", help="县代码 code of the county")
    analyse.add_argument("--inputs", type=Path, help="参数文件 a JSON file of inputs")
    analyse.add_argument("--out", type=Path, help="结果文件 where the result goes")


def _add_users(verbs: Verbs) -> None:
    user = verbs.add_parser("user", help="用户 users").add_subparsers(metavar="命令 verb", required=True)
    add = _verb(user, "add", "新建用户并生成口令", "make a user with a random password", _user_add)
    add.add_argument("username", help="用户名 name to sign in with")
    add.add_argument("role", help="角色 role")
    add.add_argument("scope", help="辖区代码前缀 code prefix, e.g. 141033")
    add.add_argument("--bureau", help="部门 bureau")
    _verb(user, "list", "列出用户", "list users", _user_list)
    for name, zh, en, run in (("passwd", "换新口令", "new random password", _user_passwd),
                              ("unlock", "解除锁定", "unlock after failed sign-ins", _user_unlock)):
        _verb(user, name, zh, en, run).add_argument("username", help="用户名 name to sign in with")


def _up(known: argparse.Namespace, _rest: list[str]) -> int:
    from api.settings import Server
    from api.setup.up import Wanted, up

    told = {name: value for name in ("host", "port", "workers") if (value := getattr(known, name)) is not None}
    server = Server(**told)
    asked = known.size is not None or known.seed is not None
    up(Wanted(server.host, server.port, server.workers, known.size or "county", known.seed or 1, known.foreground, asked))
    return 0


def _down(_known: argparse.Namespace, _rest: list[str]) -> int:
    from api.setup.up import down

    down()
    return 0


def _test(known: argparse.Namespace, rest: list[str]) -> int:
    from api.setup.testing import run_tests

    return run_tests(rest, everything=known.everything)


def _bench(known: argparse.Namespace, rest: list[str]) -> int:
    from api.setup.testing import run_bench

    return run_bench([*(["--console"] if known.console else []), *rest])


def _help(_known: argparse.Namespace, _rest: list[str]) -> int:
    _parser().print_help()
    return 0


def _version(_known: argparse.Namespace, _rest: list[str]) -> int:
    sys.stdout.write(f"anlan {program_version()}\n")
    return 0


def _owner_url() -> str:
    """The owner's URL of a database that runs and has its tables: what data verbs need."""
    from api.setup.up import database, migrate

    url = database()
    migrate(url)
    return url


def _migrate(_known: argparse.Namespace, _rest: list[str]) -> int:
    _owner_url()
    return 0


def _migration(known: argparse.Namespace, _rest: list[str]) -> int:
    from api.setup.up import database
    from layers.migrations import new_revision

    say(f"✓ {new_revision(database(), known.what)}")
    return 0


def _county_add(known: argparse.Namespace, _rest: list[str]) -> int:
    from api.setup.county import load_exercise_ground, load_pack, say_what_is_missing
    from api.setup.up import county_users

    owner_url = _owner_url()
    pack = load_pack(owner_url, known.folder)
    if known.ground:
        load_exercise_ground(owner_url, known.folder, known.ground, known.seed)
    else:
        say_what_is_missing(pack)
    county_users(owner_url, pack)
    return 0


def _county_init(known: argparse.Namespace, _rest: list[str]) -> int:
    from api.setup.county import new_pack

    say(f"✓ {new_pack(known.place)}")
    return 0


def _county_list(_known: argparse.Namespace, _rest: list[str]) -> int:
    from api.setup.county import listed

    for line in listed(_owner_url()):
        sys.stdout.write(line + "\n")
    return 0


def _analyse(known: argparse.Namespace, rest: list[str]) -> int:
    from api.setup.analysing import analyse, listed
    from api.setup.up import HOME_COUNTY

    if known.process is None:
        sys.stdout.write("\n".join(listed()) + "\n")
        return 0
    _owner_url()
    analyse(known.process, known.county or HOME_COUNTY, [*known.given, *rest], known.inputs, known.out)
    return 0


def _user_add(known: argparse.Namespace, _rest: list[str]) -> int:
    from api.users import add_user

    password = add_user(_owner_url(), known.username, known.role, known.scope, known.bureau)
    sys.stdout.write(f"{known.username} {password}\n")
    return 0


def _user_list(_known: argparse.Namespace, _rest: list[str]) -> int:
    from api.users import list_users

    for user in list_users(_owner_url()):
        sys.stdout.write("\t".join(str(value) for value in user) + "\n")
    return 0


def _user_passwd(known: argparse.Namespace, _rest: list[str]) -> int:
    from api.users import new_password

    sys.stdout.write(f"{known.username} {new_password(_owner_url(), known.username)}\n")
    return 0


def _user_unlock(known: argparse.Namespace, _rest: list[str]) -> int:
    from api.users import unlock

    unlock(_owner_url(), known.username)
    return 0


if __name__ == "__main__":
    sys.exit(main())
