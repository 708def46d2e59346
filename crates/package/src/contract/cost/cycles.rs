//! Which subschemas can come to be applied below themselves.

use std::collections::BTreeSet;

use crate::contract::graph::{Graph, Node, NodeId};

/// Returns the nodes that can come to be applied below themselves.
pub(super) fn endless(graph: &Graph) -> BTreeSet<NodeId> {
    let below: Vec<Vec<NodeId>> = graph.nodes.iter().map(all_targets).collect();
    let mut index = Components::new(below.len());
    for id in 0..below.len() {
        index.visit(id, &below);
    }
    index.cyclic
}

fn all_targets(node: &Node) -> Vec<NodeId> {
    let lists = [&node.same, &node.any_member, &node.prefix, &node.any_item];
    let lists = lists.into_iter().flatten().copied();
    let named = node.named.values().copied();
    lists
        .chain(named)
        .chain(node.additional)
        .chain(node.items)
        .collect()
}

/// Tarjan's strongly connected components, without recursion.
struct Components {
    order: Vec<Option<usize>>,
    low: Vec<usize>,
    open: Vec<NodeId>,
    is_open: Vec<bool>,
    count: usize,
    cyclic: BTreeSet<NodeId>,
}

impl Components {
    fn new(nodes: usize) -> Self {
        Self {
            order: vec![None; nodes],
            low: vec![0; nodes],
            open: Vec::new(),
            is_open: vec![false; nodes],
            count: 0,
            cyclic: BTreeSet::new(),
        }
    }

    fn visit(&mut self, start: NodeId, below: &[Vec<NodeId>]) {
        if self.order[start].is_some() {
            return;
        }
        let mut stack = vec![(start, 0)];
        self.enter(start);
        while let Some((id, next)) = stack.pop() {
            let Some(target) = below[id].get(next).copied() else {
                self.leave(id, below);
                if let Some((parent, _)) = stack.last() {
                    self.low[*parent] = self.low[*parent].min(self.low[id]);
                }
                continue;
            };
            stack.push((id, next + 1));
            match self.order[target] {
                None => {
                    self.enter(target);
                    stack.push((target, 0));
                }
                Some(order) if self.is_open[target] => self.low[id] = self.low[id].min(order),
                Some(_) => {}
            }
        }
    }

    fn enter(&mut self, id: NodeId) {
        self.order[id] = Some(self.count);
        self.low[id] = self.count;
        self.count += 1;
        self.open.push(id);
        self.is_open[id] = true;
    }

    /// Closes the component of `id` if `id` was entered first of it.
    fn leave(&mut self, id: NodeId, below: &[Vec<NodeId>]) {
        if self.order[id] != Some(self.low[id]) {
            return;
        }
        let mut members = Vec::new();
        while let Some(member) = self.open.pop() {
            self.is_open[member] = false;
            members.push(member);
            if member == id {
                break;
            }
        }
        if members.len() > 1 || below[id].contains(&id) {
            self.cyclic.extend(members);
        }
    }
}
