"""A synthetic street network of the city: made up street by street, true in its outlines and figures.

The kelurahan's points and a loose lattice between them are joined by a planar mesh. The city's real
corridors, known by the kelurahan they pass, run along the mesh as arterials; a part of the rest of it
are collectors. Lanes fill the land between, more of them where more people live: a random spanning tree
that hangs on the mesh, with some of the gaps closed, gives the many dead ends and few through ways that
such quarters have.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geodata.earth import Floats, Plane
from geodata.gazetteer import KELURAHAN, OUTLINE, find_kelurahan
from geodata.network import Mask, StreetNetwork, make_network

Pairs = npt.NDArray[np.int64]

CORRIDORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("trunk", ("Rempoa", "Cireundeu", "Pisangan", "Ciputat", "Cipayung", "Pamulang Timur", "Pondok Cabe Udik")),
    ("primary", ("Pakualam", "Pakulonan", "Pondok Jagung", "Lengkong Karya", "Lengkong Gudang", "Cilenggang")),
    ("primary", ("Cilenggang", "Serpong", "Kademangan", "Muncul")),
    ("primary", ("Lengkong Karya", "Lengkong Wetan", "Lengkong Gudang Timur", "Rawa Mekar Jaya", "Rawabuntu")),
    ("primary", ("Rawabuntu", "Rawa Mekar Jaya", "Ciater", "Serua", "Serua Indah", "Kedaung", "Ciputat")),
    ("primary", ("Ciputat", "Bambu Apus", "Pamulang Barat", "Pondok Benda", "Bakti Jaya", "Babakan", "Setu", "Muncul")),
    ("primary", ("Parigi Baru", "Parigi", "Pondok Pucung", "Pondok Jaya", "Pondok Ranji", "Rengas", "Rempoa")),
    ("primary", ("Parigi Baru", "Pondok Kacang Barat", "Pakujaya", "Pondok Jagung Timur", "Pondok Jagung")),
    ("secondary", ("Pakulonan", "Pakualam", "Pakujaya")),
    ("secondary", ("Serua", "Jombang", "Parigi", "Pondok Aren", "Pondok Kacang Timur", "Pondok Kacang Barat")),
    ("secondary", ("Pondok Aren", "Jurangmangu Barat", "Jurangmangu Timur", "Pondok Karya", "Pondok Betung")),
    ("secondary", ("Pondok Betung", "Rengas", "Cempaka Putih", "Ciputat")),
    ("secondary", ("Jombang", "Sawah Baru", "Sawah", "Ciputat")),
    ("secondary", ("Pondok Jaya", "Sawah Baru")),
    ("secondary", ("Pamulang Barat", "Pamulang Timur", "Pondok Cabe Udik", "Pondok Cabe Ilir", "Pisangan")),
    ("secondary", ("Serua", "Benda Baru", "Pondok Benda")),
    ("secondary", ("Pondok Jagung Timur", "Jelupang", "Lengkong Wetan", "Lengkong Gudang")),
    ("secondary", ("Rawabuntu", "Cilenggang")),
    ("primary", ("Ciater", "Buaran", "Babakan")),
    ("secondary", ("Keranggan", "Muncul")),
)
"""The main roads by the kelurahan they pass: (class, names)."""

MESH_SPACING = 720.0
"""Metres between neighbours of the mesh of main roads."""

BEND = 0.13
"""How far a main road swings out to a side, as a share of its length (standard deviation)."""

ROAD_STEP = 95.0
"""Metres between nodes along a main road."""

LANE_SPACING = 104.0
"""Metres between neighbouring lane nodes where most people live."""

COLLECTOR_SHARE = 0.45
"""Of the mesh beside the corridors, how much is built."""

LOOPS = 0.4
"""Of the lanes that the spanning tree leaves out within a quarter, how many are built all the same."""

THROUGH_WAYS = 0.05
"""The same of the lanes that give a quarter a second way out."""

ONE_WAY = {"tertiary": 0.1, "residential": 0.06}
"""Share of one-way streets by class."""


@dataclass(frozen=True)
class _Streets:
    """Two-way streets in metres: points, pairs of points and the class of each pair."""

    points: Floats
    ends: Pairs
    classes: npt.NDArray[np.str_]


def make_city(seed: int = 1) -> StreetNetwork:
    """Return the synthetic network; see `geodata.streets.embedded_network`."""
    rng = np.random.default_rng(seed)
    plane = Plane(*np.mean(OUTLINE, axis=0))
    roads = _main_roads(_mesh_points(plane, rng), plane, rng)
    streets = _with_lanes(roads, plane, rng)
    ends, classes = _directed(streets, rng)
    degrees = plane.degrees(streets.points).round(6)
    flat = plane.flat(degrees[:, 0], degrees[:, 1])
    return make_network(
        name="embedded",
        source=f"synthetic, seed {seed}",
        lon=degrees[:, 0],
        lat=degrees[:, 1],
        tail=ends[:, 0],
        head=ends[:, 1],
        metres=np.hypot(*(flat[ends[:, 0]] - flat[ends[:, 1]]).T),
        classes=classes.tolist(),
    )


def _mesh_points(plane: Plane, rng: np.random.Generator) -> Floats:
    """Return the kelurahan's points and after them lattice points that keep away from them."""
    wards = _ward_points(plane)
    lattice = _lattice(plane, MESH_SPACING, rng, inset=100.0)
    return np.vstack([wards, lattice[_distance_to(wards, lattice) > 0.6 * MESH_SPACING]])


def _ward_points(plane: Plane) -> Floats:
    return plane.flat([each.lon for each in KELURAHAN], [each.lat for each in KELURAHAN])


def _lattice(plane: Plane, spacing: float, rng: np.random.Generator, *, inset: float) -> Floats:
    """Return the points of a shaken hexagonal lattice that lie `inset` metres inside the outline."""
    import shapely

    corners = plane.flat(*np.transpose(OUTLINE))
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    rows, columns = np.arange(south, north, spacing * np.sqrt(3) / 2), np.arange(west, east, spacing)
    x = columns[None, :] + (np.arange(len(rows)) % 2)[:, None] * spacing / 2
    points = np.column_stack([x.ravel(), np.repeat(rows, len(columns))])
    points = points + rng.uniform(-0.32, 0.32, points.shape) * spacing
    land = shapely.Polygon(corners).buffer(-inset)
    inside: Floats = points[shapely.contains_xy(land, points[:, 0], points[:, 1])]
    return inside


def _distance_to(points: Floats, asked: Floats) -> Floats:
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(points).query(asked)[0], np.float64)


def _main_roads(mesh: Floats, plane: Plane, rng: np.random.Generator) -> _Streets:
    ends = _neighbours(mesh)
    ends = ends[_inside(mesh, ends, plane)]
    on_corridor = _corridor_classes(mesh, ends)
    built = (on_corridor != "") | (_gabriel(mesh, ends) & (rng.random(len(ends)) < COLLECTOR_SHARE))
    # A collector leads somewhere: those that end in the middle of the land go, one after the other.
    while np.any(dead := built & _at_dead_end(ends, built) & (on_corridor == "")):
        built &= ~dead
    classes = np.where(on_corridor == "", "tertiary", on_corridor)
    roads = _drawn(_Streets(mesh, ends[built], classes[built]), rng)
    clear = (roads.classes != "tertiary") | ~_crossing(roads.points, roads.ends, roads.ends)
    return _Streets(roads.points, roads.ends[clear], roads.classes[clear])


def _neighbours(points: Floats) -> Pairs:
    """Return the edges of the Delaunay triangulation, each once, the lower index first, sorted."""
    from scipy.spatial import Delaunay

    triangles = Delaunay(points).simplices.astype(np.int64)
    sides = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1)
    return np.unique(sides, axis=0)


def _lengths(points: Floats, ends: Pairs) -> Floats:
    return np.asarray(np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T), np.float64)


def _inside(points: Floats, ends: Pairs, plane: Plane) -> Mask:
    """Say which straight streets stay within the outline."""
    import shapely

    land = shapely.Polygon(plane.flat(*np.transpose(OUTLINE))).buffer(50.0)
    shapely.prepare(land)
    return np.asarray(shapely.covers(land, shapely.linestrings(points[ends])), np.bool_)


def _at_dead_end(ends: Pairs, built: Mask) -> Mask:
    """Say which streets have an end that no other built street touches."""
    degree = np.bincount(ends[built].ravel(), minlength=int(ends.max()) + 1)
    return np.asarray(np.any(degree[ends] == 1, axis=1), np.bool_)


def _crossing(points: Floats, ends: Pairs, others: Pairs) -> Mask:
    """Say which straight streets cross one of the others other than at a common end."""
    import shapely

    tree = shapely.STRtree(shapely.linestrings(points[others]))
    crossing = tree.query(shapely.linestrings(points[ends]), predicate="crosses")[0]
    return np.asarray(np.isin(np.arange(len(ends)), crossing), np.bool_)


def _gabriel(points: Floats, ends: Pairs) -> Mask:
    """Say which edges have no other point in the circle over them (Gabriel and Sokal 1969)."""
    middle = (points[ends[:, 0]] + points[ends[:, 1]]) / 2
    return _distance_to(points, middle) > 0.4999 * _lengths(points, ends)


def _corridor_classes(mesh: Floats, ends: Pairs) -> npt.NDArray[np.str_]:
    """Return per edge of the mesh the class of the best corridor that runs along it, "" for none."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    links = coo_array((_lengths(mesh, ends), ends.T), (len(mesh), len(mesh))).tocsr()
    before = dijkstra(links, directed=False, indices=np.arange(len(KELURAHAN)), return_predecessors=True)[1]
    ward = {each.code: number for number, each in enumerate(KELURAHAN)}
    number = {(a, b): edge for edge, (a, b) in enumerate(ends.tolist())}
    classes = np.full(len(ends), "", dtype="<U12")
    # The best class comes last, so that it stands where corridors share a road.
    for road_class, names in reversed(CORRIDORS):
        for start, end in pairwise(ward[find_kelurahan(name).code] for name in names):
            node = end
            while node != start:
                previous = int(before[start, node])
                classes[number[min(node, previous), max(node, previous)]] = road_class
                node = previous
    return classes


def _drawn(roads: _Streets, rng: np.random.Generator) -> _Streets:
    """Return the roads as gently bent lines with a node every `ROAD_STEP` metres."""
    points, ends, classes = [roads.points], [], []
    count = len(roads.points)
    for (a, b), road_class in zip(roads.ends.tolist(), roads.classes.tolist(), strict=True):
        from_a = roads.points[b] - roads.points[a]
        steps = max(1, round(float(np.hypot(*from_a)) / ROAD_STEP))
        along = np.arange(1, steps) / steps
        swing = rng.normal(0, BEND, 2) @ [np.sin(np.pi * along), np.sin(2 * np.pi * along)]
        aside = np.outer(swing, [-from_a[1], from_a[0]])
        points.append(roads.points[a] + np.outer(along, from_a) + aside + rng.normal(0, 5.0, (steps - 1, 2)))
        line = [a, *range(count, count + steps - 1), b]
        ends += list(pairwise(line))
        classes += [road_class] * steps
        count += steps - 1
    return _Streets(np.vstack(points), np.array(ends), np.array(classes))


def _with_lanes(roads: _Streets, plane: Plane, rng: np.random.Generator) -> _Streets:
    lane_points = _lane_points(roads, plane, rng)
    points = np.vstack([roads.points, lane_points])
    ends = _neighbours(points)
    # A lane has an end off the main roads, else it would be one more main road beside them.
    ends = ends[ends[:, 1] >= len(roads.points)]
    ends = ends[_lengths(points, ends) < 2.6 * LANE_SPACING]
    ends = ends[_inside(points, ends, plane)]
    ends = ends[~_crossing(points, ends, roads.ends)]
    in_tree = _tree(points, roads.ends, ends, rng)
    pocket = _pockets(len(points), len(roads.points), ends[in_tree])
    share = np.where(pocket[ends[:, 0]] == pocket[ends[:, 1]], LOOPS, THROUGH_WAYS)
    ends = ends[in_tree | (rng.random(len(ends)) < share)]
    everything = np.vstack([roads.ends, ends])
    dead_end = _at_dead_end(everything, np.ones(len(everything), np.bool_))[len(roads.ends) :]
    classes = np.where(dead_end, "living_street", "residential")
    return _Streets(points, everything, np.concatenate([roads.classes, classes]))


def _lane_points(roads: _Streets, plane: Plane, rng: np.random.Generator) -> Floats:
    """Return points beside the roads, thinned out where few people live."""
    from scipy.spatial import cKDTree

    points = _lattice(plane, LANE_SPACING, rng, inset=20.0)
    points = points[_distance_to(roads.points, points) > 0.55 * ROAD_STEP]
    people = np.array([each.weight / each.area_km2 for each in KELURAHAN])
    wanted = np.clip(np.sqrt(people / np.quantile(people, 0.75)), 0.6, 1.0)
    ward = cKDTree(_ward_points(plane)).query(points)[1]
    kept: Floats = points[rng.random(len(points)) < wanted[ward]]
    return kept


def _tree(points: Floats, roads: Pairs, lanes: Pairs, rng: np.random.Generator) -> Mask:
    """Say which lanes are in a random spanning tree of roads and lanes, roads first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    weights = np.concatenate([np.full(len(roads), 1e-6), _lengths(points, lanes) * rng.uniform(0.5, 1.5, len(lanes))])
    links = coo_array((weights, np.vstack([roads, lanes]).T), (len(points), len(points)))
    tree = minimum_spanning_tree(links.tocsr()).tocoo()
    chosen = tree.row.astype(np.int64) * len(points) + tree.col
    return np.isin(lanes[:, 0] * len(points) + lanes[:, 1], chosen)


def _pockets(nodes: int, road_nodes: int, tree: Pairs) -> npt.NDArray[np.int32]:
    """Return per node the number of its quarter: what one lane of the tree joins to the main roads."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    off_road = tree[tree[:, 0] >= road_nodes]
    links = coo_array((np.ones(len(off_road), np.int8), off_road.T), (nodes, nodes))
    return np.asarray(connected_components(links, directed=False)[1], np.int32)


def _directed(streets: _Streets, rng: np.random.Generator) -> tuple[Pairs, npt.NDArray[np.str_]]:
    """Return directed edges and their classes: both ways, but for one-way streets that cut nothing off."""
    share = np.array([ONE_WAY.get(each, 0.0) for each in streets.classes.tolist()])
    one_way = rng.random(len(share)) < share
    forward = np.where((rng.random(len(share)) < 0.5)[:, None], streets.ends, streets.ends[:, ::-1])
    while np.any(cut := one_way & _between_groups(forward, forward[~one_way, ::-1], len(streets.points))):
        one_way &= ~cut
    both = np.vstack([forward, forward[~one_way, ::-1]])
    return both, np.concatenate([streets.classes, streets.classes[~one_way]])


def _between_groups(forward: Pairs, back: Pairs, nodes: int) -> Mask:
    """Say which forward edges lead from one strongly connected group into another."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = np.vstack([forward, back])
    links = coo_array((np.ones(len(edges), np.int8), edges.T), (nodes, nodes))
    group = connected_components(links, directed=True, connection="strong")[1]
    return np.asarray(group[forward[:, 0]] != group[forward[:, 1]], np.bool_)
