//! How large a package may be. One struct, one standard; every reader asks it.

/// Most bytes of an archive as it comes: 48 MiB.
///
/// The archive and its unpacked files are in memory together, so this and a little book-keeping
/// is all that reading costs beyond the package itself: under 64 MiB in sum. A Python
/// component of 18 MB, the largest honest one, packs to about 6 MB.
pub const ARCHIVE_BYTES_MAX: u64 = 48 << 20;
/// Most bytes of a package unpacked, and of its largest file: 64 MiB. JavaScript components
/// have 12 MB and Python ones 18 MB, so this is three times the largest honest one.
pub const PACKAGE_BYTES_MAX: u64 = 64 << 20;
/// Most files in a package: what hosts of "Skills over MCP" accept (OpenAI's upload: 500).
pub const FILES_MAX: usize = 512;
/// Most entries in an archive: the files, and as many folders.
pub const ENTRIES_MAX: usize = 2 * FILES_MAX;
/// Most bytes unpacked for one byte packed, in an entry that unpacks to more than
/// [`RATIO_FREE_BYTES`]. Wasm packs about 3:1, repetitive text 20:1; deflate's end is 1032:1.
pub const RATIO_MAX: u64 = 100;
/// An entry that unpacks to no more than this is not asked for its ratio: 1 MiB.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;
/// Most bytes of each of SKILL.md, skill.toml and schema.json: 1 MiB, 256 KiB, 1 MiB. The
/// standard advises a SKILL.md below 5,000 tokens, about 20 KB.
pub const DOCUMENT_BYTES_MAX: u64 = 1 << 20;
/// Most bytes of skill.toml.
pub const MANIFEST_BYTES_MAX: u64 = 256 << 10;
/// Most bytes of schema.json.
pub const CONTRACT_BYTES_MAX: u64 = 1 << 20;

/// What a reader accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Most bytes of an archive as it comes.
    pub archive_bytes: u64,
    /// Most bytes of all files unpacked.
    pub package_bytes: u64,
    /// Most files.
    pub files: usize,
    /// Most entries of an archive or a folder, folders included.
    pub entries: usize,
    /// Most bytes unpacked for one byte packed, in entries past [`RATIO_FREE_BYTES`].
    pub ratio: u64,
}

impl ReadLimits {
    /// The limits that Hotcell reads with where nobody asks for others.
    pub const STANDARD: Self = Self {
        archive_bytes: ARCHIVE_BYTES_MAX,
        package_bytes: PACKAGE_BYTES_MAX,
        files: FILES_MAX,
        entries: ENTRIES_MAX,
        ratio: RATIO_MAX,
    };
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self::STANDARD
    }
}
