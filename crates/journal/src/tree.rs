//! The Merkle tree of the log (RFC 6962, 2.1), as its right edge: what an append needs of it.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// Returns the hash of a leaf: SHA-256 of a zero byte and the leaf.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(leaf);
    hasher.finalize().into()
}

/// Returns the hash of an inner node: SHA-256 of a one byte and both hashes below.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The size of a log and the root of its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many events it covers.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

/// The right edge of a tree: the roots of its whole subtrees, the largest first. There is one for
/// each bit that is set in its size, so that an append costs O(log n).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    roots: Vec<Hash>,
}

impl Edge {
    /// Returns how many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        let mut size = self.size;
        while size & 1 == 1 {
            let left = self.roots.pop().expect("one root for each bit of the size");
            node = node_hash(&left, &node);
            size >>= 1;
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// Returns the root; that of no leaves is SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else {
            return Sha256::digest([]).into();
        };
        roots.fold(*last, |node, left| node_hash(left, &node))
    }

    /// Returns size and root.
    pub fn head(&self) -> TreeHead {
        TreeHead {
            size: self.size,
            root: self.root(),
        }
    }

    /// Returns the roots one after the other, to be stored.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    /// Reads what [`Edge::to_bytes`] wrote; none where it does not fit the size.
    pub(crate) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Edge> {
        let (roots, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && roots.len() == size.count_ones() as usize;
        fits.then(|| Edge {
            size,
            roots: roots.to_vec(),
        })
    }
}
