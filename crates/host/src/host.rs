//! What a host is made from.

use std::sync::Arc;
use std::time::SystemTime;

use hotcell_package::FileTree;
use hotcell_policy::Policy;
use hotcell_sandbox::{ReadTree, Sandbox};

use crate::load::read_tree;
use crate::outside::Operator;

/// What a host is made from.
#[derive(Debug)]
pub struct HostOptions {
    /// Where components run.
    pub sandbox: Sandbox,
    /// How far a call may go.
    pub policy: Policy,
    /// What the operator allows outside; without it, no request leaves a skill.
    pub operator: Option<Operator>,
    /// The time of day, for what guests see of it.
    pub clock: fn() -> SystemTime,
}

/// Runs skills. Share it behind an `Arc`.
#[derive(Debug)]
pub struct Host {
    pub(crate) options: HostOptions,
    /// What a guest sees at `/in` where the caller passed nothing.
    pub(crate) no_input: Arc<ReadTree>,
}

impl Host {
    /// Makes a host.
    pub fn new(options: HostOptions) -> Host {
        Host {
            options,
            no_input: Arc::new(read_tree(&FileTree::default())),
        }
    }
}
