"""The rows of the analyses: each kind of work gives its own, in a process of its own where memory is told."""

from collections.abc import Callable

from tests.benchmarks.evacuation import evacuation_rows
from tests.benchmarks.exposure import exposure_rows
from tests.benchmarks.report import Result
from tests.benchmarks.roads import roads_rows
from tests.benchmarks.terrain import terrain_rows

ANALYSES: dict[str, Callable[[], list[Result]]] = {
    "evacuation": evacuation_rows,
    "exposure": exposure_rows,
    "terrain": terrain_rows,
    "roads": roads_rows,
}
