//! Skills that attack the file world.
//!
//! All find their folders by name among what `get-directories` gives, so that they depend on
//! no order of them.

use super::{Interface, Tool};

/// What every attack on files needs.
///
/// `$folder (tag)` returns the folder whose name ends with that letter: `t` is `/out`, `p` is
/// `/tmp`, `n` is `/in`, `l` is `/skill`; `$reported (number)` answers the number and reports it
/// as progress, for a call that met its quota may not answer; `$name (n)` writes an eight-digit name to 1024 and
/// `$create (folder)` makes a file of that name: the descriptor, or -1.
const FIELDS: &str = r#"
    (func $folder (param $tag i32) (result i32)
      (local $at i32) (local $left i32)
      (call $get-directories (i32.const 768))
      (local.set $at (i32.load (i32.const 768)))
      (local.set $left (i32.load (i32.const 772)))
      (loop $next
        (if (i32.eqz (local.get $left)) (then (unreachable)))
        (if (i32.eq (local.get $tag) (i32.load8_u (i32.sub (i32.add
              (i32.load offset=4 (local.get $at)) (i32.load offset=8 (local.get $at)))
              (i32.const 1))))
          (then (return (i32.load (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next))
      (unreachable))
    (func $name (param $number i32)
      (local $at i32)
      (local.set $at (i32.const 1032))
      (loop $digits
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (i32.store8 (local.get $at)
          (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10))))
        (local.set $number (i32.div_u (local.get $number) (i32.const 10)))
        (br_if $digits (i32.gt_u (local.get $at) (i32.const 1024)))))
    (func $open (param $folder i32) (param $path i32) (param $len i32) (result i32)
      (call $open-at (local.get $folder) (i32.const 0) (local.get $path) (local.get $len)
        (i32.const 0x1) (i32.const 0x3) (i32.const 768))
      (if (i32.load8_u (i32.const 768)) (then (return (i32.const -1))))
      (i32.load (i32.const 772)))
    (func $reported (param $value i64) (result i32)
      (call $report (local.get $value) (i32.const 0) (i64.const 0) (i32.const 512) (i32.const 0))
      (call $number (local.get $value)))
    (func $create (param $folder i32) (result i32)
      (call $open (local.get $folder) (i32.const 1024) (i32.const 8)))
"#;

/// A writable folder of the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// What the tool produces.
    Out,
    /// Scratch.
    Tmp,
}

impl Folder {
    fn tag(self) -> u8 {
        match self {
            Folder::Out => b't',
            Folder::Tmp => b'p',
        }
    }
}

/// Writes one file in pieces of 64 KiB until it is refused; reports how many were taken.
pub fn fill(folder: Folder) -> Tool {
    filling(folder, "(call $reported (local.get $x))")
}

/// Writes until it is refused, and then never ends.
pub fn fill_and_spin(folder: Folder) -> Tool {
    filling(folder, "(loop $for_ever (br $for_ever)) (unreachable)")
}

fn filling(folder: Folder, then: &str) -> Tool {
    on_files(&format!(
        "(call $name (i32.const 1))
         (local.set $i (call $create (call $folder (i32.const {}))))
         (memory.fill (i32.const 65536) (i32.const 102) (i32.const 65536))
         (loop $more
           (call $file-write (local.get $i) (i32.const 65536) (i32.const 65536)
             (i64.shl (local.get $x) (i64.const 16)) (i32.const 768))
           (if (i32.eqz (i32.load8_u (i32.const 768)))
             (then (local.set $x (i64.add (local.get $x) (i64.const 1))) (br $more))))
         {then}",
        folder.tag()
    ))
    .pages(3)
}

/// The same through a stream, which it appends to as long as it may.
pub fn append(folder: Folder) -> Tool {
    on_files(&format!(
        "(call $name (i32.const 1))
         (call $append-via-stream (call $create (call $folder (i32.const {}))) (i32.const 768))
         (local.set $i (i32.load (i32.const 772)))
         (loop $more
           (call $stream-blocking-write (local.get $i) (i32.const 65536) (i32.const 4096)
             (i32.const 768))
           (if (i32.eqz (i32.load8_u (i32.const 768)))
             (then (local.set $x (i64.add (local.get $x) (i64.const 1))) (br $more))))
         (call $reported (local.get $x))",
        folder.tag()
    ))
    .pages(3)
}

/// Makes up to `count` empty files, closing each, and reports how many it could.
pub fn many(folder: Folder, count: u32) -> Tool {
    on_files(&format!(
        "(local.set $n (call $folder (i32.const {})))
         (block $refused
           (loop $more
             (call $name (local.get $i))
             (if (i32.eq (i32.const -1) (call $create (local.get $n)))
               (then (br $refused)))
             (call $drop-descriptor (i32.load (i32.const 772)))
             (local.set $i (i32.add (local.get $i) (i32.const 1)))
             (br_if $more (i32.lt_u (local.get $i) (i32.const {count})))))
         (call $reported (i64.extend_i32_u (local.get $i)))",
        folder.tag()
    ))
}

/// Makes files and keeps them open until it is stopped.
pub fn keep_open(folder: Folder) -> Tool {
    on_files(&format!(
        "(local.set $n (call $folder (i32.const {})))
         (loop $more
           (call $name (local.get $i))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.ne (i32.const -1) (call $create (local.get $n)))))
         (call $number (i64.extend_i32_u (local.get $i)))",
        folder.tag()
    ))
}

/// Sets the size of a new file to `bytes`, and reports 1 where that was taken.
pub fn set_size(folder: Folder, bytes: u64) -> Tool {
    on_files(&format!(
        "(call $name (i32.const 1))
         (call $set-size (call $create (call $folder (i32.const {}))) (i64.const {bytes})
           (i32.const 768))
         (call $reported (i64.extend_i32_u (i32.eqz (i32.load8_u (i32.const 768)))))",
        folder.tag()
    ))
}

/// Writes one byte at `offset` of a new file, and reports 1 where that was taken.
pub fn write_far(folder: Folder, offset: u64) -> Tool {
    on_files(&format!(
        "(call $name (i32.const 1))
         (call $file-write (call $create (call $folder (i32.const {}))) (i32.const 65536)
           (i32.const 1) (i64.const {offset}) (i32.const 768))
         (call $reported (i64.extend_i32_u (i32.eqz (i32.load8_u (i32.const 768)))))",
        folder.tag()
    ))
}

/// Makes folders in one another until it is refused, and reports how many.
pub fn deep(folder: Folder) -> Tool {
    on_files(&format!(
        "(local.set $n (call $folder (i32.const {})))
         (i32.store8 (i32.const 1024) (i32.const 100))
         (block $refused
           (loop $more
             (call $create-directory-at (local.get $n) (i32.const 1024) (i32.const 1)
               (i32.const 768))
             (br_if $refused (i32.load8_u (i32.const 768)))
             (call $open-at (local.get $n) (i32.const 0) (i32.const 1024) (i32.const 1)
               (i32.const 0x2) (i32.const 0x21) (i32.const 768))
             (br_if $refused (i32.load8_u (i32.const 768)))
             (call $drop-descriptor (local.get $n))
             (local.set $n (i32.load (i32.const 772)))
             (local.set $x (i64.add (local.get $x) (i64.const 1)))
             (br $more)))
         (call $reported (local.get $x))",
        folder.tag()
    ))
}

/// Makes a file in `/out` by the path `path`, and answers 1 where that worked.
pub fn create(path: &str) -> Tool {
    on_paths(
        path,
        "",
        &format!(
        "(call $open-at (call $folder (i32.const 116)) (i32.const 0) (i32.const 1100) (local.get $n)
           (i32.const 0x1) {WRITE} (i32.const 768))"
    ),
    )
}

/// Makes a folder in `/out` by the path `path`, and answers 1 where that worked.
pub fn create_folder(path: &str) -> Tool {
    on_paths(
        path,
        "",
        "(call $create-directory-at (call $folder (i32.const 116)) (i32.const 1100)
           (local.get $n) (i32.const 768))",
    )
}

/// Opens `path` under `/skill` for writing, and answers 1 where that worked.
pub fn write_to_package(path: &str) -> Tool {
    on_paths(
        path,
        "",
        &format!(
        "(call $open-at (call $folder (i32.const 108)) (i32.const 0) (i32.const 1100) (local.get $n)
           (i32.const 0) {WRITE} (i32.const 768))"
    ),
    )
}

/// Makes a symbolic link in `/out` to `target`, and answers 1 where that worked.
pub fn symlink(target: &str) -> Tool {
    on_paths(
        target,
        "link",
        "(call $symlink-at (call $folder (i32.const 116)) (i32.const 1100) (local.get $n)
           (i32.const 1600) (local.get $i) (i32.const 768))",
    )
}

/// Makes a file in `/tmp` and a hard link to it at `path` of `/out`; 1 where that worked.
pub fn hard_link(path: &str) -> Tool {
    on_paths(
        path,
        "00000001",
        "(call $name (i32.const 1))
         (drop (call $create (call $folder (i32.const 112))))
         (call $link-at (call $folder (i32.const 112)) (i32.const 0) (i32.const 1600)
           (local.get $i) (call $folder (i32.const 116)) (i32.const 1100) (local.get $n)
           (i32.const 768))",
    )
}

/// Moves a file of `/skill` to `/out`, and answers 1 where that worked.
pub fn rename_package_file(path: &str) -> Tool {
    on_paths(
        path,
        "stolen",
        "(call $rename-at (call $folder (i32.const 108)) (i32.const 1100) (local.get $n)
           (call $folder (i32.const 116)) (i32.const 1600) (local.get $i) (i32.const 768))",
    )
}

/// Moves a new file of `from` to `path` under `/out`, and answers 1 where that worked.
pub fn rename_to(from: Folder, path: &str) -> Tool {
    let tag = from.tag();
    on_paths(
        path,
        "00000001",
        &format!(
            "(call $name (i32.const 1))
             (drop (call $create (call $folder (i32.const {tag}))))
             (call $rename-at (call $folder (i32.const {tag})) (i32.const 1600) (local.get $i)
               (call $folder (i32.const 116)) (i32.const 1100) (local.get $n)
               (i32.const 768))"
        ),
    )
}

/// Makes a file, unlinks it and keeps it open, `count` times with 64 KiB each; reports how
/// many times that worked.
pub fn unlinked(folder: Folder, count: u32) -> Tool {
    on_files(&format!(
        "(local.set $n (call $folder (i32.const {tag})))
         (call $name (i32.const 1))
         (block $refused
           (loop $more
             (br_if $refused (i32.eq (i32.const -1) (call $create (local.get $n))))
             (call $set-size (i32.load (i32.const 772)) (i64.const 65536) (i32.const 780))
             (br_if $refused (i32.load8_u (i32.const 780)))
             (call $unlink-file-at (local.get $n) (i32.const 1024) (i32.const 8)
               (i32.const 788))
             (local.set $i (i32.add (local.get $i) (i32.const 1)))
             (br_if $more (i32.lt_u (local.get $i) (i32.const {count})))))
         (call $reported (i64.extend_i32_u (local.get $i)))",
        tag = folder.tag()
    ))
}

/// Descriptor flags: write.
const WRITE: &str = "(i32.const 0x2)";

/// `$n` is the length of `path`, which stands at 1100; `$i` that of `other`, at 1600.
fn on_paths(path: &str, other: &str, body: &str) -> Tool {
    on_files(&format!(
        "(local.set $n (i32.const {}))
         (local.set $i (i32.const {}))
         {body}
         (call $number (i64.extend_i32_u (i32.eqz (i32.load8_u (i32.const 768)))))",
        path.len(),
        other.len()
    ))
    .fields(format!(
        "(data (i32.const 1100) \"{}\") (data (i32.const 1600) \"{}\")",
        escaped(path),
        escaped(other)
    ))
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("\\{byte:02x}")).collect()
}

/// A skill with these instructions, and what they need for files.
pub(super) fn on_files(body: &str) -> Tool {
    Tool::new(body)
        .fields(FIELDS)
        .import(Interface::Preopens)
        .import(Interface::Progress)
}
