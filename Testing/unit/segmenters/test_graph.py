"""Links between blocks and the chances of walks among them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from oncologyai.errors import CancelledError
from oncologyai.progress import Silent
from oncologyai.segmenters.graph import Graph, conjugate_gradients, link_neighbours, meeting_chance


class Cancelled(Silent):
    def cancelled(self) -> bool:
        return True


def a_chain(size: int, weights: np.ndarray) -> Graph:
    return Graph(np.ones((1, 1, size), bool), np.arange(size - 1), np.arange(1, size), weights)


def test_conjugate_gradients_match_a_direct_solver() -> None:
    rng = np.random.default_rng(0)
    links = sparse.random_array((60, 60), density=0.1, rng=rng)
    links = links + links.T
    system = (sparse.diags_array(np.asarray(links.sum(axis=1)).ravel() + 0.2) - links).tocsr()
    right = rng.random(60)
    assert np.allclose(
        conjugate_gradients(system, right, np.full(60, 0.5), Silent()), spsolve(system.tocsc(), right), atol=1e-4
    )


def test_the_chance_falls_evenly_along_an_even_chain() -> None:
    lesion, other = np.zeros(11, bool), np.zeros(11, bool)
    lesion[0] = other[10] = True
    chance = meeting_chance(a_chain(11, np.ones(10)), lesion, other, 0.0, Silent())
    assert np.allclose(chance, np.linspace(1.0, 0.0, 11), atol=1e-4)


def test_absorption_makes_the_chance_fall_exponentially() -> None:
    lesion, other = np.zeros(200, bool), np.zeros(200, bool)
    lesion[0] = other[199] = True
    chance = meeting_chance(a_chain(200, np.ones(199)), lesion, other, 1.0 / 10.0**2, Silent())
    assert np.allclose(chance[1:31], np.exp(-np.arange(1, 31) / 10.0), atol=0.01)


def test_a_walk_that_ends_by_itself_counts_its_prior() -> None:
    lesion, other = np.zeros(400, bool), np.zeros(400, bool)
    lesion[0] = True
    prior = np.full(400, 0.3)
    chance = meeting_chance(a_chain(400, np.ones(399)), lesion, other, 1.0 / 10.0**2, Silent(), prior=prior)
    assert np.allclose(chance[1:31], 0.3 + 0.7 * np.exp(-np.arange(1, 31) / 10.0), atol=0.01)
    assert np.allclose(chance[200:], 0.3, atol=1e-3)


def test_links_halve_where_the_value_changes_by_the_spread_over_the_edge() -> None:
    image = np.array([[[0.0, 0.0, 10.0, 10.0]]], dtype=np.float32)
    graph = link_neighbours(np.ones(image.shape, bool), image, (3.0, 3.0, 2.0), edge_mm=2.0, spread=10.0)
    assert graph.weights == pytest.approx(np.array([1.0, 0.5, 1.0]) / 4.0)


def test_blocks_outside_the_graph_have_no_links() -> None:
    nodes = np.ones((2, 2, 2), bool)
    nodes[0, 0, 0] = False
    graph = link_neighbours(nodes, np.zeros((2, 2, 2)), (1.0, 1.0, 1.0), edge_mm=1.0, spread=1.0)
    assert graph.weights.size == 12 - 3
    assert max(graph.first.max(), graph.second.max()) == 6


def test_the_user_can_end_the_solution() -> None:
    lesion, other = np.zeros(50, bool), np.zeros(50, bool)
    lesion[0] = True
    with pytest.raises(CancelledError):
        meeting_chance(a_chain(50, np.ones(49)), lesion, other, 0.0, Cancelled())
