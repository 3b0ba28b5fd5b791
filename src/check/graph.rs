//! Ways around in graphs, found in time that grows with the graph, however it is knit.

use std::hash::Hash;

use indexmap::IndexSet;
use rustc_hash::FxHashSet;

/// A graph over nodes of a kind.
pub(super) struct Graph<N> {
    nodes: IndexSet<N>,
    /// Where arrows lead, by the position of their node.
    arrows: Vec<Vec<usize>>,
}

impl<N: Copy + Eq + Hash> Graph<N> {
    /// A graph of nothing.
    pub fn new() -> Self {
        Self { nodes: IndexSet::new(), arrows: Vec::new() }
    }
    fn at(&mut self, node: N) -> usize {
        let (at, new) = self.nodes.insert_full(node);
        if new {
            self.arrows.push(Vec::new());
        }
        at
    }
    /// Adds an arrow.
    pub fn link(&mut self, from: N, to: N) {
        let (from, to) = (self.at(from), self.at(to));
        if let Some(arrows) = self.arrows.get_mut(from) {
            arrows.push(to);
        }
    }
    /// A shortest way around for every node of `starts` that is on one, the node first. A node that was on the way of another is left out,
    /// and there are no more than `most`.
    pub fn ways_around(&self, starts: impl Iterator<Item = N>, most: usize) -> Vec<Vec<N>> {
        let knots = self.knots();
        let mut told: FxHashSet<usize> = FxHashSet::default();
        let mut ways = Vec::new();
        for start in starts.filter_map(|start| self.nodes.get_index_of(&start)) {
            if ways.len() >= most {
                break;
            }
            if !told.contains(&start)
                && let Some(way) = self.way_back(start, &knots)
            {
                told.extend(&way);
                ways.push(way.iter().filter_map(|at| self.nodes.get_index(*at)).copied().collect());
            }
        }
        ways
    }
    /// The shortest way from a node back to itself: it never leaves the node's knot.
    fn way_back(&self, start: usize, knots: &[usize]) -> Option<Vec<usize>> {
        let mut seen = FxHashSet::from_iter([start]);
        let mut steps = vec![(start, None)];
        let mut at = 0;
        while let Some((node, _)) = steps.get(at).copied() {
            for next in self.arrows.get(node).into_iter().flatten().copied() {
                if next == start {
                    let mut way = Vec::new();
                    let mut step = Some(at);
                    while let Some((node, before)) = step.and_then(|step| steps.get(step)) {
                        way.push(*node);
                        step = *before;
                    }
                    way.reverse();
                    return Some(way);
                }
                if knots.get(next) == knots.get(start) && seen.insert(next) {
                    steps.push((next, Some(at)));
                }
            }
            at += 1;
        }
        None
    }
    /// The knot of every node: two nodes are in one where ways lead from each to the other. (Kosaraju: the order in which ways end, then
    /// against the arrows.)
    fn knots(&self) -> Vec<usize> {
        let size = self.arrows.len();
        let mut back = vec![Vec::new(); size];
        for (from, arrows) in self.arrows.iter().enumerate() {
            for to in arrows {
                if let Some(back) = back.get_mut(*to) {
                    back.push(from);
                }
            }
        }
        let mut knots = vec![usize::MAX; size];
        for root in ends(&self.arrows, 0..size).into_iter().rev() {
            if knots.get(root) != Some(&usize::MAX) {
                continue;
            }
            let mut waiting = vec![root];
            while let Some(node) = waiting.pop() {
                let Some(knot @ &mut usize::MAX) = knots.get_mut(node) else { continue };
                *knot = root;
                waiting.extend(back.get(node).into_iter().flatten());
            }
        }
        knots
    }
}

/// All nodes in the order in which a walk along the arrows is done with them.
fn ends(arrows: &[Vec<usize>], roots: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut seen = vec![false; arrows.len()];
    let mut done = Vec::with_capacity(arrows.len());
    for root in roots {
        let mut way = vec![(root, 0)];
        if std::mem::replace(seen.get_mut(root).unwrap_or(&mut true), true) {
            continue;
        }
        while let Some((node, taken)) = way.last_mut() {
            match arrows.get(*node).and_then(|arrows| arrows.get(*taken)) {
                Some(next) => {
                    *taken += 1;
                    if !std::mem::replace(seen.get_mut(*next).unwrap_or(&mut true), true) {
                        way.push((*next, 0));
                    }
                }
                None => {
                    done.push(*node);
                    way.pop();
                }
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(links: &[(u32, u32)]) -> Vec<Vec<u32>> {
        let mut graph = Graph::new();
        links.iter().for_each(|(from, to)| graph.link(*from, *to));
        graph.ways_around(0..10, usize::MAX)
    }

    #[test]
    fn finds_the_shortest_way_of_each() {
        assert_eq!(ways(&[(1, 2), (2, 3), (1, 3)]), Vec::<Vec<u32>>::new());
        assert_eq!(ways(&[(1, 1)]), [[1]]);
        assert_eq!(ways(&[(1, 2), (2, 3), (3, 1), (1, 3)]), [vec![1, 3], vec![2, 3, 1]]);
        assert_eq!(ways(&[(0, 1), (1, 2), (2, 1), (2, 4), (4, 5), (5, 4)]), [[1, 2], [4, 5]]);
    }

    #[test]
    fn no_more_than_wanted_and_in_time() {
        let mut graph = Graph::new();
        for n in 0..200_u32 {
            for m in 0..200 {
                graph.link(n, 1000 + m);
                graph.link(1000 + n, 2000 + m);
            }
            graph.link(2000 + n, n);
        }
        assert_eq!(graph.ways_around(0..200, 7).len(), 7);
    }
}
