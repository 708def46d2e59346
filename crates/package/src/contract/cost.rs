//! A bound, found at load, on how long a schema can take on any instance.
//!
//! The validator follows the schema: it has no budget of its own, and a schema of 500 bytes
//! can make it run for years (`{"$ref": "#"}`; `allOf` that doubles at each step; a tree that
//! applies itself twice to each child, 2^depth). So the schema is measured first.
//!
//! **Same value.** From each subschema, everything that is applied to the same value (`$ref`,
//! `allOf`, `anyOf`, `if` …) is counted with its multiplicity. A cycle here never ends: refused.
//!
//! **Children.** What is then applied to one child (the worst property name, the worst index)
//! is summed, and so on down to the depth that an instance may have. The sum is the most
//! work that one value at that depth can meet; if it grows with the depth, it passes the limit.
//!
//! **All values.** A position that only names lead to (`properties`, `prefixItems`) exists
//! once: such positions are added up ([`FIXED_COST_MAX`]). Below `items`, `additionalProperties`
//! and their kind, and in a recursion, there can be as many values as the JSON limits allow
//! (131,072): there each may cost [`REPEATED_COST_MAX`]. Every byte of text may meet
//! [`TEXT_COST_MAX`] patterns.
//!
//! All three are upper bounds: the validator stops early where it can. Worst accepted
//! schemas are timed in `tests/schema_bombs/timed.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::graph::{Graph, Node, NodeId};
use crate::json::JsonLimits;

/// Most units of work over all positions that exist once. A unit is about 5 ns.
pub const FIXED_COST_MAX: u64 = 1_000_000;
/// Most units of work at one value that can exist many times.
pub const REPEATED_COST_MAX: u64 = 256;
/// Most times that one byte of text can be read by a pattern.
pub const TEXT_COST_MAX: u64 = 24;
/// Most pairs of a subschema and one that it applies to the same value.
const CLOSURE_PAIRS_MAX: usize = 100_000;

/// Why a schema is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CostError {
    /// It applies itself to the same value, for ever.
    Loop,
    /// It can take too long.
    TooCostly,
    /// Its patterns can take too long.
    TooCostlyText,
}

/// Checks the bounds.
pub(super) fn check(graph: &Graph) -> Result<(), CostError> {
    let closures = closures(graph)?;
    let flows: Vec<Flow> = closures.iter().map(|c| Flow::of(graph, c)).collect();
    let endless = endless(graph);
    let text: Vec<u64> = flows.iter().map(|f| f.text_work).collect();
    let work: Vec<u64> = flows.iter().map(|f| f.work).collect();
    let all_many = |_: &Edge| true;
    let text_peak = peak(&flows, &text, &all_many).max(text[0]);
    if text_peak > TEXT_COST_MAX {
        return Err(CostError::TooCostlyText);
    }
    let many = |edge: &Edge| edge.many || endless.contains(&edge.to);
    if peak(&flows, &work, &many) > REPEATED_COST_MAX {
        return Err(CostError::TooCostly);
    }
    if fixed(&flows, &many) > FIXED_COST_MAX {
        return Err(CostError::TooCostly);
    }
    Ok(())
}

/// What one subschema applies to one value: nodes with how often.
type Closure = BTreeMap<NodeId, u64>;

fn closures(graph: &Graph) -> Result<Vec<Closure>, CostError> {
    let mut done: Vec<Option<Closure>> = vec![None; graph.nodes.len()];
    let mut pairs = 0;
    for id in same_value_order(graph)? {
        let node = &graph.nodes[id];
        let mut closure = Closure::new();
        closure.insert(id, 1);
        let mut below = Closure::new();
        for target in &node.same {
            let inner = done[*target]
                .as_ref()
                .expect("targets come first in the order");
            for (to, times) in inner {
                let sum = below.entry(*to).or_insert(0_u64);
                *sum = sum.saturating_add(*times);
            }
        }
        // `unevaluated…` evaluates its neighbours once more at each level of nesting.
        let again = if node.evaluates_again {
            1 + height(graph, id)
        } else {
            1
        };
        closure.extend(
            below
                .into_iter()
                .map(|(to, n)| (to, n.saturating_mul(again))),
        );
        pairs += closure.len();
        if pairs > CLOSURE_PAIRS_MAX {
            return Err(CostError::TooCostly);
        }
        done[id] = Some(closure);
    }
    Ok(done.into_iter().flatten().collect())
}

/// Longest chain of same-value steps below a node, found within the schema's size.
fn height(graph: &Graph, from: NodeId) -> u64 {
    let mut level = BTreeSet::from([from]);
    let mut height = 0;
    loop {
        level = level
            .iter()
            .flat_map(|id| graph.nodes[*id].same.iter().copied())
            .collect();
        if level.is_empty() {
            return height;
        }
        height += 1;
    }
}

/// Returns the nodes with each after all that it applies to the same value.
fn same_value_order(graph: &Graph) -> Result<Vec<NodeId>, CostError> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; graph.nodes.len()];
    let mut order = Vec::with_capacity(graph.nodes.len());
    for start in 0..graph.nodes.len() {
        let mut stack = vec![(start, 0)];
        while let Some((id, next)) = stack.pop() {
            if next == 0 {
                match marks[id] {
                    Mark::Done => continue,
                    Mark::Open => return Err(CostError::Loop),
                    Mark::New => marks[id] = Mark::Open,
                }
            }
            match graph.nodes[id].same.get(next) {
                Some(target) => stack.extend([(id, next + 1), (*target, 0)]),
                None => {
                    marks[id] = Mark::Done;
                    order.push(id);
                }
            }
        }
    }
    Ok(order)
}

/// One application to a child.
#[derive(Clone, Copy)]
struct Edge {
    to: NodeId,
    times: u64,
    /// Whether one value can have many children that it is applied to.
    many: bool,
}

/// All that one subschema does, its same-value neighbours included.
struct Flow {
    work: u64,
    text_work: u64,
    /// Per property name, the edges that differ from `members`: added, and not meant after all.
    names: BTreeMap<String, Vec<(Edge, Option<Edge>)>>,
    /// Applied to every member of an object.
    members: Vec<Edge>,
    /// Per index of a prefix.
    prefix: Vec<Vec<Edge>>,
    /// Applied to every item.
    items: Vec<Edge>,
}

impl Flow {
    fn of(graph: &Graph, closure: &Closure) -> Self {
        let mut flow = Self {
            work: 0,
            text_work: 0,
            names: BTreeMap::new(),
            members: Vec::new(),
            prefix: Vec::new(),
            items: Vec::new(),
        };
        for (id, times) in closure {
            flow.add(&graph.nodes[*id], *times);
        }
        flow
    }

    fn add(&mut self, node: &Node, times: u64) {
        self.work = self.work.saturating_add(node.work.saturating_mul(times));
        self.text_work = self
            .text_work
            .saturating_add(node.text_work.saturating_mul(times));
        let many = |to: NodeId| Edge {
            to,
            times,
            many: true,
        };
        let once = |to: NodeId| Edge {
            to,
            times,
            many: false,
        };
        let additional = node.additional.map(many);
        self.members.extend(additional);
        self.members
            .extend(node.any_member.iter().copied().map(many));
        for (name, to) in &node.named {
            let edges = self.names.entry(name.clone()).or_default();
            edges.push((once(*to), additional));
        }
        for (index, to) in node.prefix.iter().enumerate() {
            if self.prefix.len() <= index {
                self.prefix.push(Vec::new());
            }
            self.prefix[index].push(once(*to));
        }
        self.items.extend(node.items.map(many));
        self.items.extend(node.any_item.iter().copied().map(many));
    }

    /// Returns the groups of edges that one child can meet together, and in each what
    /// stands in the place of another edge.
    fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let members = Group {
            common: &self.members,
            own: &[],
            plain: &[],
        };
        let names = self.names.values().map(|own| Group {
            common: &self.members,
            own,
            plain: &[],
        });
        let items = Group {
            common: &self.items,
            own: &[],
            plain: &[],
        };
        let prefix = self.prefix.iter().map(|plain| Group {
            common: &self.items,
            own: &[],
            plain,
        });
        [members, items].into_iter().chain(names).chain(prefix)
    }

    fn edges(&self) -> impl Iterator<Item = &Edge> {
        let own = self.names.values().flatten().map(|(edge, _)| edge);
        own.chain(&self.members)
            .chain(&self.items)
            .chain(self.prefix.iter().flatten())
    }
}

struct Group<'f> {
    common: &'f [Edge],
    own: &'f [(Edge, Option<Edge>)],
    plain: &'f [Edge],
}

impl Group<'_> {
    /// Sums what the child meets, by a value for each node.
    fn sum(&self, of: &[u64]) -> u64 {
        let value = |edge: &Edge| of[edge.to].saturating_mul(edge.times);
        let add = |sum: u64, edge: &Edge| sum.saturating_add(value(edge));
        let sum = self.common.iter().chain(self.plain).fold(0, add);
        let sum = self.own.iter().fold(sum, |sum, (edge, _)| add(sum, edge));
        // Named members are not additional ones. A saturated sum stays past every limit.
        if sum == u64::MAX {
            return sum;
        }
        let instead = self.own.iter().filter_map(|(_, instead)| instead.as_ref());
        instead.fold(sum, |sum, edge| sum.saturating_sub(value(edge)))
    }

    fn any(&self, many: &dyn Fn(&Edge) -> bool) -> bool {
        self.own.iter().map(|(e, _)| e).chain(self.plain).any(many)
            || (self.own.is_empty() && self.common.iter().any(many))
    }
}

/// Returns the most work that one value can meet which stands, at any depth, below an edge
/// that `many` selects.
fn peak(flows: &[Flow], work: &[u64], many: &dyn Fn(&Edge) -> bool) -> u64 {
    // At each depth: the most below a node at all, and below a `many` edge.
    let mut deepest = work.to_vec();
    let mut repeated = vec![0; work.len()];
    let mut worst = 0;
    for _ in 0..JsonLimits::STANDARD.depth {
        let next = |of: &[u64], flow: &Flow| flow.groups().map(|g| g.sum(of)).max().unwrap_or(0);
        let chosen = |flow: &Flow| {
            let groups = flow.groups().filter(|g| g.any(many));
            groups.map(|g| g.sum(&deepest)).max().unwrap_or(0)
        };
        repeated = flows
            .iter()
            .map(|f| chosen(f).max(next(&repeated, f)))
            .collect();
        deepest = flows.iter().map(|f| next(&deepest, f)).collect();
        worst = worst.max(repeated[0]);
    }
    worst
}

/// Returns the work at the positions that names alone lead to, each once.
fn fixed(flows: &[Flow], many: &dyn Fn(&Edge) -> bool) -> u64 {
    let mut sums = vec![None; flows.len()];
    let mut stack = vec![(0, false)];
    while let Some((id, ready)) = stack.pop() {
        if sums[id].is_some() {
            continue;
        }
        let single = || flows[id].edges().filter(|e| !many(e));
        if ready {
            let below = single().map(|e| sums[e.to].unwrap_or(0_u64).saturating_mul(e.times));
            sums[id] = Some(below.fold(flows[id].work, u64::saturating_add));
        } else {
            stack.push((id, true));
            stack.extend(single().map(|e| (e.to, false)));
        }
    }
    sums[0].unwrap_or(0)
}

/// Returns the nodes that can come to be applied below themselves.
fn endless(graph: &Graph) -> BTreeSet<NodeId> {
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
