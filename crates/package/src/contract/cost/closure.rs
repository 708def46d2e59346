//! What each subschema applies to one and the same value, itself included.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::budget::LoadBudget;
use crate::contract::cost::CostError;
use crate::contract::graph::{Graph, NodeId};

/// What one subschema applies to one value: nodes with how often.
pub(super) type Closure = BTreeMap<NodeId, u64>;

/// Returns the closure of every node.
///
/// # Errors
/// Where a closure has no end, or all together are more than `budget` has left: what each
/// applies to children counts as well, for whoever sums a closure looks at those.
pub(super) fn closures(graph: &Graph, budget: &mut LoadBudget) -> Result<Vec<Closure>, CostError> {
    let mut done: Vec<Option<Closure>> = vec![None; graph.nodes.len()];
    for id in same_value_order(graph)? {
        let node = &graph.nodes[id];
        let mut closure = Closure::new();
        closure.insert(id, 1);
        let mut below = Closure::new();
        for target in &node.same {
            let inner = done[*target]
                .as_ref()
                .expect("targets come first in the order");
            budget.spend_steps(inner.len())?;
            for (to, times) in inner {
                let sum = below.entry(*to).or_insert(0_u64);
                *sum = sum.saturating_add(*times);
            }
        }
        let looked_at = below.keys().chain([&id]);
        let steps = looked_at.map(|of| 1 + graph.nodes[*of].children());
        budget.spend_steps(steps.sum())?;
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
