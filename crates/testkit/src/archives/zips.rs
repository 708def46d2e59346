//! The attacks on a reader of zips, by name.

use super::raw::{RawEntry, RawZip, crc32, deflate};
use super::{Attack, plain_package};

/// A flag: sizes and checksum stand behind the data.
const DESCRIPTOR: u16 = 1 << 3;

/// Returns every attack; each rests on the honest package, so that it is refused for its own
/// reason.
pub(super) fn all() -> Vec<Attack> {
    [names(), modes(), bombs(), layouts(), headers(), counts()]
        .into_iter()
        .flatten()
        .collect()
}

fn honest() -> Vec<RawEntry> {
    let files = plain_package();
    files
        .iter()
        .map(|(name, bytes)| RawEntry::deflated(name, bytes))
        .collect()
}

fn attack(name: &'static str, expected_code: &'static str, zip: RawZip) -> Attack {
    Attack {
        name,
        bytes: zip.build(),
        expected_code,
    }
}

/// The honest package and these entries.
fn with(name: &'static str, code: &'static str, extra: Vec<RawEntry>) -> Attack {
    attack(name, code, RawZip::of(honest().into_iter().chain(extra)))
}

/// The honest package, its first entry changed.
fn first(name: &'static str, code: &'static str, change: impl FnOnce(&mut RawEntry)) -> Attack {
    let mut entries = honest();
    change(&mut entries[0]);
    attack(name, code, RawZip::of(entries))
}

fn names() -> Vec<Attack> {
    let named = |name, code, path: &str| with(name, code, vec![RawEntry::stored(path, b"x")]);
    let pair = |name, code, a: &str, b: &str| {
        with(
            name,
            code,
            vec![RawEntry::stored(a, b"x"), RawEntry::stored(b, b"y")],
        )
    };
    let mut latin1 = RawEntry::stored("a.txt", b"x");
    latin1.name = b"\xfcber.txt".to_vec();
    latin1.local_name = latin1.name.clone();
    vec![
        named("slip", "path_parent", "../../etc/cron.d/x"),
        named("slip_inside", "path_parent", "references/../../x"),
        named("absolute", "path_absolute", "/etc/passwd"),
        named("drive", "path_drive", "C:/Windows/x"),
        named("drive_relative", "path_drive", "C:x"),
        named("device", "path_device", "assets/NUL.txt"),
        named("device_superscript", "path_device", "com¹"),
        named("nul", "path_nul", "SKILL.md\0.png"),
        named("backslash", "path_backslash", "..\\..\\x"),
        named(
            "alternate_stream",
            "path_character",
            "references/a.md:hidden",
        ),
        named("control_character", "path_character", "a\u{1b}[2J"),
        named("bidi_name", "path_character", "a\u{202e}gnp.exe"),
        named("trailing_dot", "path_ending", "assets./x"),
        named("dot_file", "path_dot", ".bashrc"),
        named("empty_segment", "path_empty_segment", "a//b"),
        named("long_name", "path_too_long", &"a".repeat(300)),
        named("deep_name", "path_too_deep", &["a"; 64].join("/")),
        named("not_nfc", "path_not_nfc", "u\u{308}ber.md"),
        pair("duplicate", "path_duplicate", "a.txt", "a.txt"),
        pair(
            "duplicate_manifest",
            "path_duplicate",
            "b.txt",
            "skill.toml",
        ),
        pair("case_twin", "path_twin", "b.txt", "Skill.md"),
        pair("case_twin_folder", "path_twin", "assets/a", "Assets/b"),
        pair("unicode_twin", "path_twin", "straße", "STRASSE"),
        pair("nfc_nfd_twin", "path_not_nfc", "\u{fc}.txt", "u\u{308}.txt"),
        pair("file_and_folder", "path_file_and_folder", "a", "a/b"),
        with("unmarked_encoding", "zip_name_encoding", vec![latin1]),
    ]
}

fn modes() -> Vec<Attack> {
    let mode = |name, code, mode: u32| {
        let mut entry = RawEntry::stored("link", b"/etc/passwd");
        entry.attributes = mode << 16;
        with(name, code, vec![entry])
    };
    let folder = |name, code, mode: u32| {
        let mut entry = RawEntry::stored("link/", b"");
        entry.attributes = mode << 16;
        with(name, code, vec![entry])
    };
    let mut full_folder = RawEntry::stored("a/", b"data");
    full_folder.attributes = 0o040_755 << 16;
    vec![
        mode("symlink", "zip_symlink", 0o120_777),
        mode("device_file", "zip_special_mode", 0o060_644),
        mode("fifo", "zip_special_mode", 0o010_644),
        mode("socket", "zip_special_mode", 0o140_644),
        mode("set_uid", "zip_special_mode", 0o104_755),
        mode("folder_mode_on_file", "zip_special_mode", 0o040_755),
        folder("file_mode_on_folder", "zip_special_mode", 0o100_644),
        with("folder_with_data", "zip_folder_data", vec![full_folder]),
    ]
}

fn bombs() -> Vec<Attack> {
    let zeros = vec![0; 40 << 20];
    let bomb = RawEntry::deflated("bomb.bin", &zeros);
    let mut lying = bomb.clone();
    lying.size = 1000;
    lying.local_size = 1000;
    let mut lying_less = RawEntry::deflated("short.bin", b"short");
    lying_less.size = 60 << 20;
    lying_less.local_size = lying_less.size;
    lying_less.packed = lying_less.data.len() as u32;
    let mut padded = RawEntry::deflated("padded.bin", b"padded");
    padded.data.extend([0; 100]);
    padded.packed = padded.data.len() as u32;
    let mut declared = RawEntry::stored("huge.bin", b"");
    declared.method = 8;
    declared.local_method = 8;
    declared.size = 0xF000_0000;
    declared.local_size = declared.size;
    let kernel = RawEntry::deflated("k0.bin", &vec![0; 1 << 20]);
    let overlapping = (0..100).map(|n| {
        let mut entry = kernel.clone();
        entry.name = format!("k{n}.bin").into_bytes();
        entry.shares_local = n > 0;
        entry
    });
    let noise: Vec<u8> = (0..(1_u32 << 20))
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let many = (0..70).map(|n| RawEntry::deflated(&format!("part{n}.bin"), &noise));
    vec![
        with("bomb", "zip_ratio", vec![bomb]),
        with("bomb_that_lies", "zip_size_mismatch", vec![lying]),
        with("declares_more", "zip_ratio", vec![lying_less]),
        with("data_behind_the_end", "zip_size_mismatch", vec![padded]),
        with(
            "declares_four_gigabytes",
            "package_too_large",
            vec![declared],
        ),
        with("overlapping_bomb", "zip_overlap", overlapping.collect()),
        with("sum_of_many", "package_too_large", many.collect()),
    ]
}

fn layouts() -> Vec<Attack> {
    let zip = || RawZip::of(honest());
    let prepended = RawZip {
        before: b"#!/bin/sh\nexit\n".to_vec(),
        ..zip()
    };
    let skipped = RawZip {
        offsets_skip: true,
        ..prepended.clone()
    };
    let trailing = RawZip {
        after: b"trailing".to_vec(),
        ..zip()
    };
    let second = RawZip {
        after: super::plain_zip(),
        before: Vec::new(),
        ..zip()
    };
    let gap = RawZip {
        before_end: b"gap".to_vec(),
        ..zip()
    };
    let comment = RawZip {
        comment: vec![0; 64],
        ..zip()
    };
    let long_comment = RawZip {
        comment: vec![b' '; 5000],
        ..zip()
    };
    let nested = RawZip {
        comment: fake_end_record(),
        ..zip()
    };
    let locator = [b"PK\x06\x07".as_slice(), &[0; 16]].concat();
    let zip64 = RawZip {
        before_end: locator,
        ..zip()
    };
    vec![
        attack("prepended", "zip_prepended_data", prepended),
        attack("prepended_and_skipped", "zip_layout", skipped),
        attack("trailing", "zip_trailing_data", trailing),
        attack("two_archives", "zip_layout", second),
        attack("gap_before_end", "zip_layout", gap),
        attack("binary_comment", "zip_comment", comment),
        attack("long_comment", "zip_comment", long_comment),
        attack("end_record_in_comment", "zip_layout", nested),
        attack("zip64_locator", "zip64", zip64),
        first("hidden_between", "zip_hidden_data", |e| {
            e.after = b"hidden".to_vec();
        }),
        with(
            "hidden_before_directory",
            "zip_hidden_data",
            vec![{
                let mut entry = RawEntry::stored("z.txt", b"z");
                entry.after = b"hidden".to_vec();
                entry
            }],
        ),
        first("entry_comment", "zip_comment", |e| {
            e.comment = b"hello".to_vec();
        }),
    ]
}

fn headers() -> Vec<Attack> {
    let contents = b"second contents".as_slice();
    vec![
        first("local_name_differs", "zip_local_mismatch", |e| {
            e.local_name = b"skill.MD".to_vec();
        }),
        first("local_size_differs", "zip_local_mismatch", |e| {
            e.local_size += 1;
        }),
        first("local_method_differs", "zip_local_mismatch", |e| {
            e.local_method = 0;
        }),
        first("wrong_checksum", "zip_checksum", |e| e.crc ^= 1),
        first("damaged", "zip_damaged", |e| e.data.fill(0xff)),
        first("encrypted", "zip_encrypted", |e| e.flags |= 1),
        first("strongly_encrypted", "zip_encrypted", |e| e.flags |= 1 << 6),
        first("aes", "zip_encrypted", |e| e.extra = field(0x9901, 7)),
        first("patched_data", "zip_flags", |e| e.flags |= 1 << 5),
        first("unknown_method", "zip_method", |e| {
            e.method = 14;
            e.local_method = 14;
        }),
        first("zip64_extra", "zip64", |e| e.extra = field(0x0001, 24)),
        first("zip64_size", "zip64", |e| e.size = u32::MAX),
        first("second_name", "zip_extra", |e| e.extra = field(0x7075, 14)),
        first("extra_cut_short", "zip_extra", |e| {
            e.extra = vec![0x55, 0x54, 0xff, 0x00];
        }),
        first("stored_with_two_sizes", "zip_size_mismatch", |e| {
            e.method = 0;
            e.local_method = 0;
        }),
        first("descriptor_lies", "zip_descriptor_mismatch", |e| {
            e.flags |= DESCRIPTOR;
            e.after = descriptor(crc32(contents), deflate(contents).len(), contents.len());
        }),
        first("descriptor_missing", "zip_descriptor_mismatch", |e| {
            e.flags |= DESCRIPTOR;
        }),
        first("runs_into_directory", "zip_overlap", |e| {
            e.packed += 1 << 20;
        }),
    ]
}

fn counts() -> Vec<Attack> {
    let entries = |count: usize| {
        let entries = (0..count).map(|n| RawEntry::stored(&format!("f/{n}"), b""));
        RawZip::of(entries)
    };
    let zip = || RawZip::of(honest());
    vec![
        attack("sixty_five_thousand", "too_many_entries", entries(65_000)),
        attack("as_many_as_zip_can_count", "zip64", entries(65_535)),
        attack("a_million", "archive_too_large", entries(1_000_000)),
        attack("six_hundred_files", "too_many_files", entries(600)),
        attack(
            "counts_too_few",
            "zip_layout",
            RawZip {
                count: Some(2),
                ..zip()
            },
        ),
        attack(
            "counts_too_many",
            "zip_layout",
            RawZip {
                count: Some(200),
                ..zip()
            },
        ),
        attack("no_entry", "zip_empty", RawZip::default()),
        Attack {
            name: "not_a_zip",
            bytes: b"<!doctype html>".repeat(10),
            expected_code: "not_a_package",
        },
        Attack {
            name: "empty_file",
            bytes: Vec::new(),
            expected_code: "not_a_package",
        },
        Attack {
            name: "bare_component",
            bytes: super::EMPTY_COMPONENT.to_vec(),
            expected_code: "not_a_package",
        },
    ]
}

fn field(id: u16, length: u16) -> Vec<u8> {
    let mut field = id.to_le_bytes().to_vec();
    field.extend(length.to_le_bytes());
    field.extend(vec![0; usize::from(length)]);
    field
}

fn descriptor(crc: u32, packed: usize, size: usize) -> Vec<u8> {
    let mut bytes = b"PK\x07\x08".to_vec();
    bytes.extend(crc.to_le_bytes());
    bytes.extend((packed as u32).to_le_bytes());
    bytes.extend((size as u32).to_le_bytes());
    bytes
}

/// An end record of one entry, for where a reader might find it before the real one.
fn fake_end_record() -> Vec<u8> {
    let mut record = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    record.extend([0; 10]);
    record
}
