"""Rules of the house that no single module can hold: each says why, and names the file and line that breaks it."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from gis.errors import Refusal

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("gis", "layers", "scenarios", "maps", "api")
LONGEST_FUNCTION = 60  # lines; nine in ten functions of well-kept code of this field are under 50
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib"}
NAMED_ALL_THE_SAME = {Path("layers/common.py")}  # the columns that all layers have in common: there it is the name
TEXT = {".py", ".sql", ".md", ".toml", ".yml", ".yaml", ".json", ".ts", ".vue", ".css", ".html", ".lock", ".sh", ".csv",
        ".example", ""}

# In pieces, so that this file does not break its own rule.
MACHINE_PATHS = re.compile("|".join(["/" + "work/", "/" + r"root\b", "/" + r"home/(?!runner)\w+", "/" + r"opt/py\w+"]))
REGISTRY_HOSTS = re.compile("|".join([r"registry\." + r"(npmjs|yarnpkg|npmmirror)", r"files\." + "pythonhosted", "pypi" + r"\.org",
                                      "pypi" + r"\.tuna", "--(extra-)?" + "index-url", r'"resol' + 'ved": *"http']))


def tracked() -> list[Path]:
    """Files of the repository, as paths below its root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    """Our own Python files, tests included."""
    return [path for path in tracked() if path.suffix == ".py"]


def texts() -> Iterator[tuple[Path, int, str]]:
    """Every line of every text file."""
    for path in tracked():
        if path.suffix in TEXT:
            for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
                yield path, number, line


def tool(*command: str) -> str:
    """Runs a checker of the environment; what it said, empty when it was content."""
    done = subprocess.run([Path(sysconfig.get_path("scripts")) / command[0], *command[1:]], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def walked() -> Iterator[ModuleType]:
    """Every module of the houses, imported."""
    for house in HOUSES:
        package = importlib.import_module(house)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{house}."):
            if not re.search(r"\.migrations\.(env|versions)", found.name):  # run by Alembic only
                yield importlib.import_module(found.name)


# Tools


def test_imports_point_one_way() -> None:
    said = tool("lint-imports", "--no-cache")
    assert not said, said


def test_ruff_is_content() -> None:
    said = tool("ruff", "check", "--no-cache", "--output-format", "concise", ".")
    assert not said, said


def test_types_hold_under_strict_mypy() -> None:
    said = tool("mypy", "--no-error-summary")
    assert not said, said


# Words and places


def test_no_file_names_a_place_of_somebodys_machine() -> None:
    """A path of one machine works on one machine."""
    assert [f"{path}:{number}: {line.strip()[:80]}" for path, number, line in texts() if MACHINE_PATHS.search(line)] == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's setting (a county's intranet has its own mirror), never ours."""
    assert [f"{path}:{number}: {line.strip()[:80]}" for path, number, line in texts() if REGISTRY_HOSTS.search(line)] == []


def test_no_work_is_left_for_later_in_a_comment() -> None:
    later = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + r"XX)\b")
    found = [(path, number) for path, number, line in texts() if path.suffix in {".py", ".ts", ".vue", ".sql"} and later.search(line)]
    assert found == []


def test_no_real_mobile_number_stands_in_a_python_file() -> None:
    """Made-up numbers keep to 000 in the middle, which no operator has given out."""
    number = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
    found = [(path, line_no, hit) for path, line_no, line in texts() if path.suffix == ".py" for hit in number.findall(line)
             if hit[3:7] not in {"0000", "1234"}]
    assert found == []


# Python


def test_no_module_is_called_by_what_it_is_not_about() -> None:
    assert [path for path in modules() if path.stem in NAMELESS and path not in NAMED_ALL_THE_SAME] == []


def test_no_function_is_longer_than_a_page() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for path in modules()
        if path.parts[0] in HOUSES and "migrations/versions" not in path.as_posix()  # a migration is a list, not a thought
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_is_about() -> None:
    bare = [path for path in modules() if path.parts[0] in HOUSES and not ast.get_docstring(ast.parse((ROOT / path).read_text()))]
    assert bare == []


def test_every_folder_of_code_is_a_package() -> None:
    """The types and imports of a folder without __init__.py are checked by nobody."""
    folders = {path.parent for path in modules() if path.parts[0] in HOUSES and path.parent.name != "versions"}
    assert sorted(folder for folder in folders if not (ROOT / folder / "__init__.py").is_file()) == []


def test_every_module_can_be_imported_alone_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert {module.__name__.partition(".")[0] for module in walked()} == set(HOUSES)
    assert capsys.readouterr().out == ""


def test_a_test_does_not_sleep_and_does_not_read_the_clock_to_judge() -> None:
    """A test that waits or times is slow on a good day and red on a bad one."""
    naps = re.compile(r"\btime\.sleep\(|\bperf_counter\(|wait_for_timeout\(")
    found = [f"{path}:{number}" for path, number, line in texts()
             if path.parts[0] == "tests" and "benchmarks" not in path.parts and path.name != Path(__file__).name
             and naps.search(line)]
    assert found == []


def test_secrets_are_never_tracked() -> None:
    """var/ holds passwords; a .env file holds those of a server."""
    assert [path for path in tracked() if path.parts[0] == "var" or path.name == ".env" or "credentials" in path.name] == []


# Pieces that must fit


def test_every_kind_of_refusal_has_its_http_status() -> None:
    from api.errors import PROBLEMS

    list(walked())  # a refusal counts once its module is imported

    def kinds(above: type[Refusal]) -> Iterator[type[Refusal]]:
        for kind in above.__subclasses__():
            yield kind
            yield from kinds(kind)

    ours = {kind for kind in kinds(Refusal) if kind.__module__.partition(".")[0] in HOUSES}
    assert sorted(kind.__name__ for kind in ours if kind not in PROBLEMS) == []


def test_every_refusal_has_a_title_of_its_own_in_both_languages() -> None:
    list(walked())
    titles = [(kind.title_zh, kind.title_en) for kind in Refusal.__subclasses__()]
    assert all(re.search(r"[\u4e00-\u9fff]", zh) and en.isascii() for zh, en in titles)
    assert (Refusal.title_zh, Refusal.title_en) not in titles


def test_the_lock_holds_every_dependency_with_hashes_and_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    core = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"]
    wanted = {"requirements-server.lock": core, "requirements.lock": core + extras["dev"] + extras["node"],
              "requirements-peers.lock": project["dependency-groups"]["peers"]}
    for name, packages in wanted.items():
        text = (ROOT / name).read_text()
        locked = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
        assert {re.split(r"[\[<>=!~ ]", package)[0].lower() for package in packages} - locked == set(), name
        assert all(re.match(r"[a-z0-9-]+==\S+( ; .*)? \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$", line)
                   for line in text.splitlines()), name


def test_the_two_locks_agree_on_versions() -> None:
    """What the tests prove must be what the server runs."""
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    server, tested = versions("requirements-server.lock"), versions("requirements.lock")
    assert {name: (version, tested.get(name)) for name, version in server.items() if tested.get(name) != version} == {}


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_front_page_names_every_verb_and_setting_and_no_dead_link(page: str) -> None:
    text = (ROOT / page).read_text()
    told = subprocess.run([sys.executable, "-m", "api.cli", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    verbs = re.findall(r"^    (\w+)\s", told, re.MULTILINE)
    assert len(verbs) >= 9
    assert [verb for verb in verbs if f"./anlan {verb}" not in text] == []
    settings = set(re.findall(r"ANLAN_[A-Z_]+", (ROOT / "api" / "settings.py").read_text()))
    assert {name for name in settings if name != "ANLAN_" and name not in text} == set()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []
