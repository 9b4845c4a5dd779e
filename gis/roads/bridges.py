"""What hangs on one piece of road: the cut edges of the network, and who lives behind each.

Tarjan (1974), Inf. Process. Lett. 2, 160–161: one depth-first walk finds them all in linear time. The walk starts at what
people must reach (county seat, teams, shelters), so whatever is visited inside a cut edge's subtree is behind it, and
counting who is behind every edge is one sum over the order of visits. One-way rules are left aside: a road is a road.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gis.roads.network import Flags, Places, RoadNetwork
from gis.roads.splitting import Ints

Neighbours = list[list[tuple[int, int]]]
UNSEEN = -1


@dataclass(frozen=True)
class Hanging:
    """The cut edges (k of them) in the order they were met, and the order in which nodes were visited.

    edge : (k,). below : (k,) end of the edge that is away from the anchors. visited : (n,) rank of each node in the walk,
    −1 where no anchor reaches it. last : (n,) the highest rank below each node. Whatever has a rank from
    visited[below] to last[below] loses every anchor when the edge goes. anchor_at : piece with an anchor → that anchor's node.
    """

    network: RoadNetwork
    edge: Ints
    below: Ints
    visited: Ints
    last: Ints
    anchor_at: Mapping[int, int]

    def ranks(self, places: Places) -> Ints:
        """(l,) the rank of each place, −1 where no anchor reaches it: that of the end of its piece farther from the
        anchors, so that who lives along a cut edge counts as behind it. Who shares a piece with an anchor is with it."""
        known = places.edge >= 0
        edge = np.where(known, places.edge, 0)
        if not len(self.network):
            return np.full(len(places), UNSEEN)
        far = np.maximum(self.visited[self.network.start[edge]], self.visited[self.network.end[edge]])
        beside = np.array([self.anchor_at.get(number, UNSEEN) for number in edge.tolist()], dtype=np.int64)
        far = np.where(beside >= 0, self.visited[beside], far)
        return np.asarray(np.where(known, far, UNSEEN), dtype=np.int64)

    def spans(self) -> tuple[Ints, Ints]:
        """(k,), (k,) the first and the last rank behind each cut edge."""
        return self.visited[self.below], self.last[self.below]


def hanging(network: RoadNetwork, open_: Flags | None, anchors: Places) -> Hanging:
    """The cut edges of the open network as seen from anchors.

    An anchor stands at the nearer end of its piece, so the piece it stands on counts as a way to what lies beyond it.
    """
    usable = network.usable(open_)
    beside: Neighbours = [[] for _ in network.nodes]
    for number in np.flatnonzero(usable).tolist():
        a, b = int(network.start[number]), int(network.end[number])
        beside[a].append((b, number))
        beside[b].append((a, number))
    known = anchors.edge >= 0
    known[known] = usable[anchors.edge[known]]
    edge, fraction = anchors.edge[known], anchors.fraction[known]
    nearer = np.where(fraction <= 0.5, network.start[edge], network.end[edge])  # noqa: PLR2004 - the middle
    return _walked(network, beside, dict(zip(edge.tolist(), nearer.tolist(), strict=True)))


def _walked(network: RoadNetwork, beside: Neighbours, anchor_at: Mapping[int, int]) -> Hanging:
    """Depth first from a node of its own that stands before all the roots, without recursion."""
    count = len(beside)
    visited, last, low = [UNSEEN] * count, [UNSEEN] * count, [count] * count
    is_root = set(anchor_at.values())
    rank = 0
    cut: list[tuple[int, int]] = []
    for root in sorted(is_root):
        if visited[root] != UNSEEN:
            continue
        visited[root], rank = rank, rank + 1
        low[root] = UNSEEN  # tied to the node before all roots
        stack = [(root, UNSEEN, iter(beside[root]))]
        while stack:
            node, came_by, rest = stack[-1]
            for other, edge in rest:
                if edge == came_by:
                    continue
                if visited[other] == UNSEEN:
                    visited[other], rank = rank, rank + 1
                    low[other] = UNSEEN if other in is_root else visited[other]
                    stack.append((other, edge, iter(beside[other])))
                    break
                low[node] = min(low[node], visited[other])
            else:
                stack.pop()
                last[node] = rank - 1
                if stack:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[node])
                    if low[node] > visited[above]:
                        cut.append((came_by, node))
    edges, below = zip(*cut, strict=True) if cut else ((), ())
    return Hanging(network, np.array(edges, dtype=np.int64), np.array(below, dtype=np.int64),
                   np.array(visited, dtype=np.int64), np.array(last, dtype=np.int64), anchor_at)  # fmt: skip
