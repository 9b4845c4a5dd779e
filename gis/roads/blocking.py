"""Why there is no safe way: the closures or barred roads that stand on it.

The least number of closures to open is a hard problem (it holds set cover); what is said here can be justified instead:
these, opened together, give a way, and none of them can be left out of the set.
"""

import numpy as np

from gis.analysis import Bilingual
from gis.roads.closures import barred_by_state
from gis.roads.journeys import Barred, Blocked
from gis.roads.leaving import way_between
from gis.roads.network import Path, Snapped
from gis.roads.question import Flags, Question
from gis.roads.vehicle import barred_by_limits


def blocked(question: Question, start: Snapped, end: Snapped) -> Blocked:
    """start, end : on any road; there is no way between them over open pieces."""
    best = question.network.path(start, end, question.free)
    if best is not None:
        return Blocked("areas", tuple(question.closures[i] for i in _needed(question, start, end, best)), (), best.line)
    best = question.network.path(start, end)
    if best is None:
        return Blocked("network")
    met = question.areas.met_by(best.line)
    shut = [edge for edge in best.edges if not question.free[edge]]
    return Blocked("state", tuple(question.closures[i] for i in met), barred_on(question, shut), best.line)


def _needed(question: Question, start: Snapped, end: Snapped, best: Path) -> list[int]:
    """The closures on the best way, less those that can stay closed. A closed area that only has to be left, because the
    start or the end lies in it, can stay closed."""
    network = question.network
    by_closure = [network.inside([closure.geometry]) for closure in question.closures]
    on_way = [i for i, inside in enumerate(by_closure) if inside[list(best.edges)].any()]
    needed = list(on_way)
    for candidate in sorted(on_way, key=lambda i: int(by_closure[i].sum())):
        opened = [i for i in needed if i != candidate]
        shut = [i for i in range(len(by_closure)) if i not in opened]
        kept = question.closing(shut, _any([by_closure[i] for i in shut], len(network)))
        if way_between(kept, start, end) is not None:
            needed = opened
    return needed


def _any(flags: list[Flags], size: int) -> Flags:
    return np.logical_or.reduce(flags) if flags else np.zeros(size, dtype=bool)


def barred_on(question: Question, edges: list[int]) -> tuple[Barred, ...]:
    """The rows that close these pieces to the vehicle, each once, with the reason in words."""
    network = question.network
    found: list[Barred] = []
    crossings = [row for row, edge in enumerate(network.crossing_edge) if edge in set(edges)]
    roads = list(dict.fromkeys(int(network.road[edge]) for edge in edges))
    for layer, frame, rows, named in (
        ("roads", network.roads, roads, question.named.roads),
        ("crossings", network.crossings, crossings, question.named.crossings),
    ):
        some = frame.iloc[rows]
        reasons = (
            (some.index.astype(str).isin(list(named)), Bilingual("本次要求封闭", "Closed in this question")),
            (barred_by_state(some, question.vehicle, question.at), Bilingual("中断或管制", "Closed or controlled")),
            (
                barred_by_limits(some, question.vehicle),
                Bilingual("限高、限宽或限载不足", "Height, width or load limit too low"),
            ),
        )
        for number, row in enumerate(rows):
            reason = next((words for holds, words in reasons if holds[number]), None)
            if reason is not None:
                found.append(Barred(layer, row, reason))
    return tuple(found)
