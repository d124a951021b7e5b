"""Travel times over a street network by customizable contraction hierarchies, and the streets of a leg.

The hierarchy (Dibbelt, Strasser and Wagner 2016, by way of RoutingKit) depends on the streets alone and is
made once; a thousand places then take a tenth of a second. Seconds and metres come out of one query: each
edge weighs ``tenths of a second * 2^15 + metres``, so the fastest path is found, of equally fast ones the
shortest, and the sum still tells both apart as long as the metres stay below 2^15. Where they might not,
or where the sum leaves the 31 bits the library has, the leg is asked again by time alone and measured
along its streets; of equally fast ways it is then any.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.network import StreetNetwork, connected_groups
from routing.errors import InvalidInput, Problem
from routing.travel import TravelTimes

if TYPE_CHECKING:
    from routingkit_cch import CCHMetric, CCHQuery

LonLat = tuple[float, float]
_METRES_BITS = 15
_METRES_END = 1 << _METRES_BITS
_INFINITE = 2**31 - 1
"""The library's own infinity: sums from here on count as unreachable."""


def contraction_order(network: StreetNetwork) -> npt.NDArray[np.int32]:
    """Return the nodes of a network from the first to the last contracted, shape ``(nodes,)``."""
    from routingkit_cch import compute_order_inertial

    tail, head = network.tail.tolist(), network.head.tolist()
    order = compute_order_inertial(network.nodes, tail, head, network.lat.tolist(), network.lon.tolist())
    return np.asarray(order, np.int32)


def prepare(network: StreetNetwork) -> PreparedNetwork:
    """Return the network with its contraction hierarchy.

    Raises
    ------
    InvalidInput
        When some street cannot be reached from some other one.
    """
    return PreparedNetwork(network)


class PreparedNetwork:
    """A street network that answers travel times.

    Parameters
    ----------
    network
        Strongly connected, as `load_network` and `embedded_network` return it.

    Attributes
    ----------
    network
        The same, with its contraction order.
    """

    def __init__(self, network: StreetNetwork) -> None:
        from routingkit_cch import CCH

        if np.any(connected_groups(network)):
            message = "has streets that cannot be reached from others: expected geodata.network.largest_part of it"
            raise InvalidInput([Problem(network.name, "edges", message)])
        if not len(network.order):
            network = replace(network, order=contraction_order(network))
        self._hierarchy = CCH(network.order.tolist(), network.tail.tolist(), network.head.tolist(), False)
        self._customize(network)

    def _customize(self, network: StreetNetwork) -> None:
        """Put the network's times on the hierarchy."""
        self.network = network
        self._tenths = np.maximum(np.rint(network.seconds * 10).astype(np.int64), 1)
        combined = (self._tenths << _METRES_BITS) + network.metres
        self._by_both = self._metric(combined)
        self._by_time = self._metric(self._tenths)
        self._metres_per_tenth = float(np.max(network.metres / self._tenths))

    def _metric(self, weights: npt.NDArray[np.int64]) -> CCHMetric:
        from routingkit_cch import CCHMetric

        return CCHMetric(self._hierarchy, np.minimum(weights, _INFINITE).tolist())

    def travel(self, nodes: npt.ArrayLike) -> TravelTimes:
        """Return seconds and metres from every one of the nodes to every one.

        Parameters
        ----------
        nodes
            Indices of street nodes, one per place; places may share a node.

        Returns
        -------
        TravelTimes
            In the order of `nodes`. Seconds are those of the fastest path rounded half up, at least 1
            between different nodes; metres are those of the same path. Places at one node are at no
            distance.

        Notes
        -----
        Takes one query per different node; the matrices take 8 bytes per pair.
        """
        asked, place = np.unique(self._checked(nodes), return_inverse=True)
        seconds = np.zeros((len(asked), len(asked)), np.int32)
        metres = np.zeros((len(asked), len(asked)), np.int32)
        if len(asked):
            self._fill(asked, seconds, metres)
        if len(asked) < len(place) or np.any(place[:-1] > place[1:]):
            seconds, metres = (matrix[place[:, None], place] for matrix in (seconds, metres))
        seconds.flags.writeable = metres.flags.writeable = False
        return TravelTimes(seconds=seconds, metres=metres)

    def _fill(
        self, asked: npt.NDArray[np.int64], seconds: npt.NDArray[np.int32], metres: npt.NDArray[np.int32]
    ) -> None:
        from routingkit_cch import CCHOneToMany

        query = CCHOneToMany(self._by_both, asked.tolist())
        for row, source in enumerate(asked.tolist()):
            sums = np.array([_INFINITE if each is None else each for each in query.distances_from(source)], np.int64)
            tenths, length = sums >> _METRES_BITS, sums & (_METRES_END - 1)
            if np.any(doubtful := self._doubtful(sums)):
                tenths[doubtful], length[doubtful] = self._measured(source, asked[doubtful])
            seconds[row] = np.maximum((tenths + 5) // 10, asked != source)
            metres[row] = length

    def _doubtful(self, sums: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Say which sums may hold a path of 2^15 metres or more: no road is fast enough to rule it out."""
        tenths, length = sums >> _METRES_BITS, sums & (_METRES_END - 1)
        return (sums >= _INFINITE) | (length + _METRES_END <= tenths * self._metres_per_tenth)

    def _measured(self, source: int, targets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return tenths of a second and metres to each target, shape ``(2, targets)``, summed street by street."""
        ways = self._edges([(source, target) for target in targets.tolist()])
        return np.array([[each[way].sum() for way in ways] for each in (self._tenths, self.network.metres)], np.int64)

    def paths(self, pairs: Iterable[tuple[int, int]]) -> list[list[LonLat]]:
        """Return the fastest way's (lon, lat) points for each (from, to) pair of street nodes.

        Each line has at least two points: a pair of one node twice gives that node's point twice.
        """
        asked = [(int(a), int(b)) for a, b in pairs]
        self._checked([node for pair in asked for node in pair])
        return [self._points(pair[0], edges) for pair, edges in zip(asked, self._edges(asked), strict=True)]

    def path(self, start: int, end: int) -> list[LonLat]:
        """Return the (lon, lat) points of the fastest way from one street node to another."""
        return self.paths([(start, end)])[0]

    def _edges(self, pairs: list[tuple[int, int]]) -> list[list[int]]:
        from routingkit_cch import CCHQuery

        by_both, by_time = CCHQuery(self._by_both), CCHQuery(self._by_time)
        ways = []
        for start, end in pairs:
            total, edges = _run(by_both, start, end)
            if self._doubtful(np.array([total]))[0]:
                _, edges = _run(by_time, start, end)
            ways.append(edges)
        return ways

    def _points(self, start: int, edges: list[int]) -> list[LonLat]:
        points = [self.network.point(start)]
        for edge in edges:
            points += self.network.line(edge)[1:]
        return points if edges else points * 2

    def _checked(self, nodes: npt.ArrayLike) -> npt.NDArray[np.int64]:
        given = np.asarray(nodes, dtype=np.int64).reshape(-1)
        wrong = given[(given < 0) | (given >= self.network.nodes)]
        if len(wrong):
            message = f"{wrong[0]} is none of the network's: expected 0..{self.network.nodes - 1}"
            raise InvalidInput([Problem(self.network.name, "node", message)])
        return given


def _run(query: CCHQuery, start: int, end: int) -> tuple[int, list[int]]:
    # The result dies with this frame: the library allows no new query before.
    result = query.run(start, end)
    return (_INFINITE if result.distance is None else result.distance), result.arc_path
