"""Compiled loops: plain functions until they are called, and usable where nothing can be written."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from gis.compiled import compiled


@compiled
def total(values: np.ndarray) -> float:
    """The sum, in a loop."""
    found = 0.0
    for value in values:
        found += value
    return found


def test_a_compiled_function_gives_what_the_plain_one_gives_and_keeps_its_name() -> None:
    assert total(np.arange(10.0)) == 45.0
    assert (total.__name__, total.__doc__) == ("total", "The sum, in a loop.")


def ran(code: str, folder: Path, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


def test_importing_the_terrain_does_not_load_numba() -> None:
    """Half a second that a program without terrain should not pay."""
    code = "import sys, gis.terrain_flow, gis.hand, gis.watershed, gis.viewshed, gis.water_rise; print('numba' in sys.modules)"
    assert ran(code, Path(__file__).parents[2]) == "False"


def test_where_no_folder_can_be_written_the_loops_are_compiled_all_the_same(tmp_path: Path) -> None:
    """As in a container whose code belongs to somebody else; Numba then has nowhere to keep what it compiled."""
    code = (
        "import numpy as np\n"
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from gis.compiled import compiled\n"
        "import gis.hand as hand\n"
        "print(hand._drained(np.array([1, 1], np.int32), np.array([0, 1], np.int32), np.array([False, True])).tolist())\n"
    )
    assert ran(code, Path(__file__).parents[2], NUMBA_CACHE_DIR=str(tmp_path)) == "[1, 1]"
