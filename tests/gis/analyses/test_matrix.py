"""The page `matrix`: times between many places, empty where there is no way."""

import networkx
import numpy as np
import pandas as pd
import pytest

from gis.analyses.matrix import MatrixParams, run
from gis.errors import OffTheNetwork, ValueOutOfRange
from tests.gis.roads.drawn import box, drawn, given, line, point, roads_of

SOUTH = line((0, 0), (1000, 0), (2000, 0))
LADDER = roads_of(SOUTH, line((0, 600), (1000, 600), (2000, 600)), *[line((x, 0), (x, 600)) for x in (0, 1000, 2000)])


def asked(starts, ends, roads=LADDER, **inputs):
    return run(MatrixParams.model_validate({"from": starts, "to": ends} | inputs), given(roads))


def minutes(result) -> list[float | None]:
    return [None if pd.isna(value) else value for value in result.lists["pairs"].frame["minutes"]]


def test_every_pair_has_its_own_row_in_order_and_both_directions_of_a_one_way_differ() -> None:
    roads = roads_of((SOUTH, {"oneway": "forward"}), line((0, 0), (0, 300), (2000, 300), (2000, 0)))
    result = asked([point(0, 0), point(2000, 0)], [point(2000, 0), point(0, 0)], roads)
    assert minutes(result) == pytest.approx([3.3, 0, 0, 4.3], abs=0.05)  # 2000 m ahead, 2600 m round, at 10 m/s
    assert result.figures[0].value == len(result.lists["pairs"].frame) == 4


def test_closed_pairs_are_empty_and_say_why() -> None:
    result = asked(
        [point(100, 0), point(1500, 0)], [point(1900, 0)], roads_of(SOUTH), avoid=[drawn(box(1400, -50, 1600, 50))]
    )
    assert minutes(result) == [None, None]
    assert [note.zh for note in result.lists["pairs"].frame["note"]] == ["无路可通", "起点或终点在封闭路段上"]
    assert result.facts["no_way"] == 2


def test_random_pairs_agree_with_networkx() -> None:
    rng = np.random.default_rng(2)
    ways = [
        ((x, y), (x + dx, y + dy))
        for x in range(0, 1500, 300)
        for y in range(0, 1500, 300)
        for dx, dy in ((300, 0), (0, 300))
    ]
    ways = [ways[i] for i in rng.permutation(len(ways))[:35]]
    graph = networkx.DiGraph()
    rows = []
    for a, b in ways:
        one_way = bool(rng.random() < 0.4)
        rows.append((line(a, b), {"oneway": "forward" if one_way else "both"}))
        graph.add_edge(a, b, minutes=0.5)
        if not one_way:
            graph.add_edge(b, a, minutes=0.5)
    nodes = [list(graph)[i] for i in rng.permutation(len(graph))[:14]]
    result = asked([point(*n) for n in nodes], [point(*n) for n in nodes], roads_of(*rows))
    expected = [networkx.shortest_path_length(graph, a, b, "minutes") if networkx.has_path(graph, a, b) else None
                for a in nodes for b in nodes]  # fmt: skip
    assert [value is None for value in minutes(result)] == [value is None for value in expected]
    known = [(m, e) for m, e in zip(minutes(result), expected, strict=True) if e is not None]
    assert [m for m, _ in known] == pytest.approx([e for _, e in known], abs=0.06)


def test_without_roads_it_is_an_estimate() -> None:
    result = asked([point(0, 0)], [point(1000, 0)], None)
    assert minutes(result) == pytest.approx([3.0], abs=0.05)
    assert "估算" in result.notes[0].zh


def test_too_many_pairs_and_places_off_the_network_are_refused() -> None:
    with pytest.raises(ValueOutOfRange):
        asked([point(0, 0)] * 500, [point(0, 0)] * 500)
    with pytest.raises(OffTheNetwork, match="m from the nearest road"):
        asked([point(0, 0)], [point(0, 5000)])
