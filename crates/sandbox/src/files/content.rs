//! A file's bytes, in chunks, so that growing never holds them twice.
//!
//! One `Vec` would double its capacity and, while it moves, need both the old and the new.
//! Here at most one chunk moves. What was never written holds no memory, though it costs.

/// Bytes of one chunk; also the most that one read returns and one stream write takes.
pub(super) const CHUNK_BYTES: usize = 64 << 10;

/// The smallest tail that is paid for.
const TAIL_BYTES_MIN: u64 = 64;

/// Bytes that each chunk costs besides its own: its slot in the list, twice since the list
/// doubles, and the allocator's header.
const SLOT_BYTES: u64 = 64;

/// The content of one file.
#[derive(Debug, Default)]
pub(super) struct Content {
    len: u64,
    /// Chunk `i` begins at byte `i * CHUNK_BYTES`. Bytes past a chunk's end, and chunks past
    /// the list's, read as zero up to `len`.
    chunks: Vec<Vec<u8>>,
}

/// Returns what a content of `len` bytes costs: whole chunks, and for the rest the next
/// power of two, which is the capacity that it may have taken.
pub(super) fn cost(len: u64) -> u64 {
    let chunk = CHUNK_BYTES as u64;
    let whole = (len / chunk).saturating_mul(chunk + SLOT_BYTES);
    match len % chunk {
        0 => whole,
        tail => whole.saturating_add(tail_capacity(tail) + SLOT_BYTES),
    }
}

fn tail_capacity(tail: u64) -> u64 {
    tail.max(TAIL_BYTES_MIN).next_power_of_two()
}

impl Content {
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Returns at most [`CHUNK_BYTES`] and at most `len_max` bytes from `offset` on; none
    /// only at or past the end.
    pub(super) fn read(&self, offset: u64, len_max: u64) -> Vec<u8> {
        let len = self.len.saturating_sub(offset).min(len_max);
        let len = usize::try_from(len).unwrap_or(usize::MAX).min(CHUNK_BYTES);
        let mut bytes = Vec::with_capacity(len);
        while bytes.len() < len {
            let (index, start) = position(offset + bytes.len() as u64);
            let end = (start + len - bytes.len()).min(CHUNK_BYTES);
            let chunk = self.chunks.get(index).map_or(&[][..], Vec::as_slice);
            let before = bytes.len();
            bytes.extend_from_slice(&chunk[start.min(chunk.len())..end.min(chunk.len())]);
            bytes.resize(before + end - start, 0);
        }
        bytes
    }

    /// Writes `data` at `offset`, which the account has already paid for. The sum of both
    /// does not overflow, since no quota is that large.
    pub(super) fn write(&mut self, offset: u64, mut data: &[u8]) {
        self.len = self.len.max(offset + data.len() as u64);
        let mut at = offset;
        while !data.is_empty() {
            let (index, start) = position(at);
            let (now, rest) = data.split_at(data.len().min(CHUNK_BYTES - start));
            self.list_up_to(index);
            write_chunk(&mut self.chunks[index], start, now);
            at += now.len() as u64;
            data = rest;
        }
    }

    /// Makes the list reach chunk `index`. Its capacity is at most twice its length.
    fn list_up_to(&mut self, index: usize) {
        let (len, capacity) = (self.chunks.len(), self.chunks.capacity());
        if index >= capacity {
            let wanted = (index + 1).max(len * 2);
            self.chunks.reserve_exact(wanted - len);
        }
        if index >= len {
            self.chunks.resize_with(index + 1, Vec::new);
        }
    }

    /// Cuts the content, or lets it grow by zeros that the account has already paid for.
    pub(super) fn set_len(&mut self, len: u64) {
        self.len = len;
        let (whole, tail) = position(len);
        if self.chunks.len() <= whole {
            return;
        }
        self.chunks.truncate(whole + usize::from(tail > 0));
        self.chunks.shrink_to(self.chunks.len() * 2);
        if tail > 0 {
            self.chunks[whole].truncate(tail);
            // What the shorter tail pays for is all that it may keep.
            let capacity = tail_capacity(tail as u64);
            self.chunks[whole].shrink_to(usize::try_from(capacity).unwrap_or(CHUNK_BYTES));
        }
    }

    /// Returns all bytes in one piece. A file of one chunk is moved; a larger one is copied
    /// chunk by chunk, each given back as soon as it is copied.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        let len = usize::try_from(self.len).expect("no quota lets a file pass the address space");
        let mut bytes = match self.chunks.first_mut() {
            Some(first) if len <= CHUNK_BYTES => std::mem::take(first),
            _ => Vec::new(),
        };
        bytes.reserve_exact(len - bytes.len());
        for (index, chunk) in self.chunks.into_iter().enumerate() {
            if !chunk.is_empty() {
                bytes.resize(index * CHUNK_BYTES, 0);
                bytes.extend_from_slice(&chunk);
            }
        }
        bytes.resize(len, 0);
        bytes
    }

    /// Returns the memory that is really held, for the proof that it is paid for.
    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> u64 {
        let slots = self.chunks.capacity() * size_of::<Vec<u8>>();
        let chunks: usize = self.chunks.iter().map(Vec::capacity).sum();
        (slots + chunks) as u64
    }
}

fn position(offset: u64) -> (usize, usize) {
    let chunk = CHUNK_BYTES as u64;
    let index = usize::try_from(offset / chunk).unwrap_or(usize::MAX);
    let start = usize::try_from(offset % chunk).expect("a chunk's length fits");
    (index, start)
}

/// Grows by powers of two up to the chunk, so that many small writes stay cheap and the
/// capacity never passes what the content's length costs.
fn write_chunk(chunk: &mut Vec<u8>, start: usize, data: &[u8]) {
    let end = start + data.len();
    if end > chunk.capacity() {
        let capacity = end.next_power_of_two().max(TAIL_BYTES_MIN as usize);
        chunk.reserve_exact(capacity - chunk.len());
    }
    if end > chunk.len() {
        chunk.resize(end, 0);
    }
    chunk[start..end].copy_from_slice(data);
}
