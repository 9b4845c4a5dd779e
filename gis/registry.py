"""Finds the analyses: every module of gis/analyses holds one `ANALYSIS`.

The modules are imported at first use, so that a program that runs none does not pay for geopandas and its like.
"""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from gis import analyses
from gis.analysis import Analysis
from gis.errors import UnknownAnalysis


@cache
def all_analyses() -> Mapping[str, Analysis[Any]]:
    """Every analysis by id, in the order of their names. A module without one, or a second one of an id, is an error."""
    found: dict[str, Analysis[Any]] = {}
    for module in sorted(pkgutil.iter_modules(analyses.__path__), key=lambda module: module.name):
        analysis = import_module(f"{analyses.__name__}.{module.name}").ANALYSIS
        if analysis.id in found:
            raise ValueError(f"two analyses are named {analysis.id}")
        found[analysis.id] = analysis
    return found


def analysis_named(name: str) -> Analysis[Any]:
    """Raises UnknownAnalysis."""
    try:
        return all_analyses()[name]
    except KeyError:
        raise UnknownAnalysis(
            f"没有名为“{name[:60]}”的分析。可用的分析见 /ogc/processes。",
            f"There is no analysis “{name[:60]}”. /ogc/processes lists those there are.",
        ) from None
