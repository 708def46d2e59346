//! What one subschema does to a value and to its children, its same-value neighbours included.

use std::collections::BTreeMap;

use crate::contract::cost::closure::Closure;
use crate::contract::graph::{Graph, LOOK, Node, NodeId};

/// Looks at each child to mark what a subschema covers, for `unevaluated…`: where the
/// subschema says something of children, and else.
const MARK_LOOKS: u64 = 3;
const PASS_LOOKS: u64 = 1;

/// One application to a child.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) to: NodeId,
    pub(super) times: u64,
    /// Whether one value can have many children that it is applied to.
    pub(super) many: bool,
}

/// An application to one child by its name or index, and what is applied to the others in its
/// place.
type Own = (Edge, Option<Edge>);

/// A value for each node.
pub(super) type PerNode<'v> = &'v [u64];

/// All that one subschema does.
pub(super) struct Flow<'g> {
    pub(super) work: u64,
    pub(super) text_work: u64,
    /// Per property name.
    names: BTreeMap<&'g str, Vec<Own>>,
    /// Applied to every member of an object.
    members: Vec<Edge>,
    /// Per index of a prefix.
    prefix: Vec<Vec<Own>>,
    /// Applied to every item.
    items: Vec<Edge>,
}

impl<'g> Flow<'g> {
    /// Returns the flow of the node whose closure is `closures[id]`.
    pub(super) fn of(graph: &'g Graph, closures: &[Closure], id: NodeId) -> Self {
        let mut flow = Self {
            work: 0,
            text_work: 0,
            names: BTreeMap::new(),
            members: Vec::new(),
            prefix: Vec::new(),
            items: Vec::new(),
        };
        for (id, times) in &closures[id] {
            let node = &graph.nodes[*id];
            flow.add(node, *times);
            if node.evaluates_again {
                let looks = marking_looks(graph, &closures[*id]).saturating_mul(*times);
                flow.look(looks);
            }
        }
        flow
    }

    fn add(&mut self, node: &'g Node, times: u64) {
        self.work = self.work.saturating_add(node.work.saturating_mul(times));
        self.text_work = self
            .text_work
            .saturating_add(node.text_work.saturating_mul(times));
        let edge = |to: NodeId, many: bool| Edge { to, times, many };
        let many = |to: NodeId| edge(to, true);
        let additional = node.additional.map(many);
        self.members.extend(additional);
        self.members
            .extend(node.any_member.iter().copied().map(many));
        for (name, to) in &node.named {
            let edges = self.names.entry(name).or_default();
            edges.push((edge(*to, false), additional));
        }
        let rest = node.items.map(many);
        for (index, to) in node.prefix.iter().enumerate() {
            if self.prefix.len() <= index {
                self.prefix.push(Vec::new());
            }
            self.prefix[index].push((edge(*to, false), rest));
        }
        self.items.extend(rest);
        self.items.extend(node.any_item.iter().copied().map(many));
    }

    /// Adds looks at every child, of objects and of arrays.
    fn look(&mut self, times: u64) {
        let edge = Edge {
            to: LOOK,
            times,
            many: true,
        };
        self.members.push(edge);
        self.items.push(edge);
    }

    /// Returns the most that one child can meet, by a value for each node.
    pub(super) fn worst_child(&self, of: PerNode<'_>) -> u64 {
        self.worst_child_below(of, &|_| true)
    }

    /// As [`Flow::worst_child`], of those children that an edge leads to which `chosen` selects.
    pub(super) fn worst_child_below(&self, of: PerNode<'_>, chosen: &dyn Fn(&Edge) -> bool) -> u64 {
        let members = sum(of, &self.members);
        let items = sum(of, &self.items);
        let is_chosen = |own: &[Own]| own.iter().any(|(edge, _)| chosen(edge));
        let named = self.names.values().filter(|own| is_chosen(own));
        let named = named.map(|own| own_sum(of, members, own));
        let items_chosen = self.items.iter().any(chosen);
        let prefix = self.prefix.iter();
        let prefix = prefix.filter(|own| items_chosen || is_chosen(own));
        let prefix = prefix.map(|own| own_sum(of, items, own));
        let members = self.members.iter().any(chosen).then_some(members);
        let items = items_chosen.then_some(items);
        let whole = members.into_iter().chain(items);
        whole.chain(named).chain(prefix).max().unwrap_or(0)
    }

    /// Returns every edge, in no order.
    pub(super) fn edges(&self) -> impl Iterator<Item = &Edge> {
        let own = self.names.values().chain(&self.prefix).flatten();
        let own = own.map(|(edge, _)| edge);
        own.chain(&self.members).chain(&self.items)
    }
}

/// Returns how often a child is looked at to mark what the subschemas of a closure cover.
fn marking_looks(graph: &Graph, closure: &Closure) -> u64 {
    let looks = closure.iter().map(|(id, times)| {
        let each = match graph.nodes[*id].children() {
            0 => PASS_LOOKS,
            _ => MARK_LOOKS,
        };
        times.saturating_mul(each)
    });
    looks.fold(0, u64::saturating_add)
}

fn value(of: PerNode<'_>, edge: &Edge) -> u64 {
    of[edge.to].saturating_mul(edge.times)
}

fn sum(of: PerNode<'_>, edges: &[Edge]) -> u64 {
    let values = edges.iter().map(|edge| value(of, edge));
    values.fold(0, u64::saturating_add)
}

/// Returns what the child of one name or index meets, where every child meets `all`.
fn own_sum(of: PerNode<'_>, all: u64, own: &[Own]) -> u64 {
    let added = own.iter().map(|(edge, _)| value(of, edge));
    let sum = added.fold(all, u64::saturating_add);
    // Named members are not additional ones. A saturated sum stays past every limit.
    if sum == u64::MAX {
        return sum;
    }
    let instead = own.iter().filter_map(|(_, instead)| instead.as_ref());
    instead.fold(sum, |sum, edge| sum.saturating_sub(value(of, edge)))
}
