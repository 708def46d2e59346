//! Writes zips field by field, wrong ones too.

use std::io::Write;

/// One entry, of which every field can lie.
#[derive(Clone)]
pub struct RawEntry {
    /// Name in the directory.
    pub name: Vec<u8>,
    /// Name in the local header.
    pub local_name: Vec<u8>,
    /// The data as it stands in the archive.
    pub data: Vec<u8>,
    /// Checksum, in both headers.
    pub crc: u32,
    /// Unpacked size in the directory.
    pub size: u32,
    /// Unpacked size in the local header.
    pub local_size: u32,
    /// Packed size in the directory.
    pub packed: u32,
    /// Compression method in the directory.
    pub method: u16,
    /// Compression method in the local header.
    pub local_method: u16,
    /// General purpose flags, in both headers.
    pub flags: u16,
    /// External attributes: a Unix mode in the upper half.
    pub attributes: u32,
    /// Extra fields in the directory.
    pub extra: Vec<u8>,
    /// Comment in the directory.
    pub comment: Vec<u8>,
    /// Bytes that stand behind the data: a descriptor, or something hidden.
    pub after: Vec<u8>,
    /// Whether the entry has a local header of its own, or the one before it.
    pub shares_local: bool,
}

impl RawEntry {
    /// Returns an honest entry of the method *stored*.
    pub fn stored(name: &str, contents: &[u8]) -> Self {
        let size = u32::try_from(contents.len()).expect("test contents are small");
        Self {
            name: name.as_bytes().to_vec(),
            local_name: name.as_bytes().to_vec(),
            data: contents.to_vec(),
            crc: crc32(contents),
            size,
            local_size: size,
            packed: size,
            method: 0,
            local_method: 0,
            flags: if name.is_ascii() { 0 } else { 1 << 11 },
            attributes: 0o100_644 << 16,
            extra: Vec::new(),
            comment: Vec::new(),
            after: Vec::new(),
            shares_local: false,
        }
    }

    /// Returns an honest entry of the method *deflate*.
    pub fn deflated(name: &str, contents: &[u8]) -> Self {
        let data = deflate(contents);
        let packed = u32::try_from(data.len()).expect("test contents are small");
        Self {
            data,
            packed,
            method: 8,
            local_method: 8,
            ..Self::stored(name, contents)
        }
    }
}

/// A whole archive.
#[derive(Clone, Default)]
pub struct RawZip {
    /// Bytes before the first entry; offsets count from behind them where `offsets_skip`.
    pub before: Vec<u8>,
    /// Whether offsets take `before` to be no part of the archive.
    pub offsets_skip: bool,
    /// The entries.
    pub entries: Vec<RawEntry>,
    /// The count in the end record, where it is not the number of entries.
    pub count: Option<u16>,
    /// Bytes between the directory and the end record.
    pub before_end: Vec<u8>,
    /// The archive's comment.
    pub comment: Vec<u8>,
    /// Bytes behind the archive.
    pub after: Vec<u8>,
}

impl RawZip {
    /// Returns an archive of these entries.
    pub fn of(entries: impl IntoIterator<Item = RawEntry>) -> Self {
        Self {
            entries: entries.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Writes the archive.
    pub fn build(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        let skip = if self.offsets_skip { out.len() } else { 0 };
        let mut offsets = Vec::new();
        for entry in &self.entries {
            if !entry.shares_local {
                offsets.push(out.len() - skip);
                write_local(&mut out, entry);
            } else {
                offsets.push(*offsets.last().expect("the first entry has its own header"));
            }
        }
        let start = out.len();
        for (entry, offset) in self.entries.iter().zip(offsets) {
            write_central(&mut out, entry, offset);
        }
        let size = out.len() - start;
        out.extend(&self.before_end);
        let entries = u16::try_from(self.entries.len()).unwrap_or(u16::MAX);
        let count = self.count.unwrap_or(entries);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        put_u32(&mut out, size);
        put_u32(&mut out, start - skip);
        put_u16(&mut out, self.comment.len());
        out.extend(&self.comment);
        out.extend(&self.after);
        out
    }
}

fn write_local(out: &mut Vec<u8>, entry: &RawEntry) {
    out.extend(b"PK\x03\x04\x14\0");
    out.extend(entry.flags.to_le_bytes());
    out.extend(entry.local_method.to_le_bytes());
    out.extend([0, 0, 0x21, 0]);
    let deferred = entry.flags & 8 != 0;
    let fields = [entry.crc, entry.packed, entry.local_size];
    for field in fields {
        out.extend(if deferred { 0 } else { field }.to_le_bytes());
    }
    put_u16(out, entry.local_name.len());
    put_u16(out, 0);
    out.extend(&entry.local_name);
    out.extend(&entry.data);
    out.extend(&entry.after);
}

fn write_central(out: &mut Vec<u8>, entry: &RawEntry, offset: usize) {
    out.extend(b"PK\x01\x02\x14\x03\x14\0");
    out.extend(entry.flags.to_le_bytes());
    out.extend(entry.method.to_le_bytes());
    out.extend([0, 0, 0x21, 0]);
    for field in [entry.crc, entry.packed, entry.size] {
        out.extend(field.to_le_bytes());
    }
    put_u16(out, entry.name.len());
    put_u16(out, entry.extra.len());
    put_u16(out, entry.comment.len());
    out.extend([0; 4]);
    out.extend(entry.attributes.to_le_bytes());
    put_u32(out, offset);
    out.extend(&entry.name);
    out.extend(&entry.extra);
    out.extend(&entry.comment);
}

fn put_u16(out: &mut Vec<u8>, value: usize) {
    let value = u16::try_from(value).expect("test fields are small");
    out.extend(value.to_le_bytes());
}

fn put_u32(out: &mut Vec<u8>, value: usize) {
    let value = u32::try_from(value).expect("test archives are small");
    out.extend(value.to_le_bytes());
}

/// Returns raw deflate data.
pub(super) fn deflate(contents: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(contents)
        .expect("writing to memory cannot fail");
    out.finish().expect("writing to memory cannot fail")
}

/// Returns zip's checksum.
pub(super) fn crc32(contents: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(contents);
    crc.sum()
}
