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
//! `unevaluated…` looks at each child once for every subschema that might cover it: these
//! looks are counted with the children.
//!
//! All three are upper bounds: the validator stops early where it can. Worst accepted
//! schemas are timed in `tests/schema_bombs/timed.rs`.

mod closure;
mod cycles;
mod flow;

use crate::contract::budget::LoadBudget;
use crate::contract::graph::Graph;
use crate::json::JsonLimits;

use closure::closures;
use cycles::endless;
use flow::{Edge, Flow};

/// Most units of work over all positions that exist once. A unit is about 5 ns.
pub const FIXED_COST_MAX: u64 = 1_000_000;
/// Most units of work at one value that can exist many times.
pub const REPEATED_COST_MAX: u64 = 256;
/// Most times that one byte of text can be read by a pattern.
pub const TEXT_COST_MAX: u64 = 24;

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
pub(super) fn check(graph: &Graph, budget: &mut LoadBudget) -> Result<(), CostError> {
    let closures = closures(graph, budget)?;
    let flows = (0..graph.nodes.len()).map(|id| Flow::of(graph, &closures, id));
    let flows: Vec<Flow<'_>> = flows.collect();
    let endless = endless(graph);
    let text: Vec<u64> = flows.iter().map(|f| f.text_work).collect();
    let work: Vec<u64> = flows.iter().map(|f| f.work).collect();
    let all_many = |_: &Edge| true;
    if text[0] > TEXT_COST_MAX || peak(&flows, &text, &all_many, TEXT_COST_MAX) > TEXT_COST_MAX {
        return Err(CostError::TooCostlyText);
    }
    let many = |edge: &Edge| edge.many || endless.contains(&edge.to);
    if peak(&flows, &work, &many, REPEATED_COST_MAX) > REPEATED_COST_MAX {
        return Err(CostError::TooCostly);
    }
    if fixed(&flows, &many) > FIXED_COST_MAX {
        return Err(CostError::TooCostly);
    }
    Ok(())
}

/// Returns the most work that one value can meet which stands, at any depth, below an edge
/// that `many` selects; past `enough`, perhaps not the most.
fn peak(flows: &[Flow<'_>], work: &[u64], many: &dyn Fn(&Edge) -> bool, enough: u64) -> u64 {
    // At each depth: the most below a node at all, and below a `many` edge.
    let mut deepest = work.to_vec();
    let mut repeated = vec![0; work.len()];
    let mut worst = 0;
    for _ in 0..JsonLimits::STANDARD.depth {
        let next_repeated: Vec<u64> = flows
            .iter()
            .map(|flow| {
                let chosen = flow.worst_child_below(&deepest, many);
                chosen.max(flow.worst_child(&repeated))
            })
            .collect();
        let next_deepest: Vec<u64> = flows.iter().map(|f| f.worst_child(&deepest)).collect();
        let is_settled = next_repeated == repeated && next_deepest == deepest;
        (repeated, deepest) = (next_repeated, next_deepest);
        worst = worst.max(repeated[0]);
        if is_settled || worst > enough {
            break;
        }
    }
    worst
}

/// Returns the work at the positions that names alone lead to, each once.
fn fixed(flows: &[Flow<'_>], many: &dyn Fn(&Edge) -> bool) -> u64 {
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
