//! What `stat` and `metadata-hash` tell of a node.

use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::{DescriptorStat, MetadataHashValue};

use super::mount::Mount;
use super::times::Times;
use super::tree::{NodeId, NodeStat};

/// Returns WASI's record of `stat`; `now` is the call's one time.
pub(super) fn record(stat: NodeStat, now: Datetime) -> DescriptorStat {
    let times = stat.times.unwrap_or(Times::at(now));
    DescriptorStat {
        type_: stat.kind,
        link_count: stat.links,
        size: stat.len,
        data_access_timestamp: Some(times.accessed),
        data_modification_timestamp: Some(times.modified),
        status_change_timestamp: Some(now),
    }
}

/// Returns a hash of a node's identity alone. C libraries take it for the inode's number,
/// which must stay while the file changes; it is the same in every run.
pub(super) fn hash(mount: Mount, node: NodeId) -> MetadataHashValue {
    let identity = (mount as u64) << 56 | node.0;
    MetadataHashValue {
        lower: mix(identity),
        upper: mix(!identity),
    }
}

/// The finisher of SplitMix64 after one step: a bijection, so no two nodes share `lower`.
fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
