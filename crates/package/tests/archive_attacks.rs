//! Every hostile archive is refused by its name, in little memory.
#![allow(clippy::unwrap_used)]

use hotcell_package::{PACKAGE_BYTES_MAX, Package, ReadLimits};
use hotcell_testkit::archives::{self, RawEntry, RawZip};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One test, so that nothing else allocates while memory is measured.
#[test]
fn every_attack_is_refused_by_name_and_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for attack in archives::all() {
        let path = folder.path().join(attack.name);
        std::fs::write(&path, &attack.bytes).unwrap();
        let name = attack.name;
        let before = MEMORY.current_usage();
        drop(attack.bytes);
        MEMORY.reset_peak_usage();
        let result = Package::read(&path, &ReadLimits::STANDARD);
        let peak = MEMORY.peak_usage().saturating_sub(before);
        let error = result.err().unwrap_or_else(|| panic!("{name} was read"));
        if error.code() != attack.expected_code {
            wrong.push(format!(
                "{name} should be {}: {error}",
                attack.expected_code
            ));
        }
        assert!(
            !error.diagnostics()[0].hint.is_empty(),
            "{name} has no mend"
        );
        assert!(
            !error.to_string().contains('\u{1b}'),
            "{name} reaches the terminal"
        );
        let bound = (64 << 20) + PACKAGE_BYTES_MAX as usize;
        assert!(peak < bound, "{name} took {peak} bytes");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "{name} wrote something"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    largest_honest_package_stays_within_the_bound();
}

fn largest_honest_package_stays_within_the_bound() {
    let mut files = archives::plain_package();
    let noise: Vec<u8> = (0..45_u32 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    files.push(("assets/noise.bin".to_owned(), noise));
    let entries = files
        .iter()
        .map(|(name, bytes)| RawEntry::stored(name, bytes));
    let bytes = RawZip::of(entries).build();
    drop(files);
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), &bytes).unwrap();
    drop(bytes);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    Package::read(path.path(), &ReadLimits::STANDARD).unwrap();
    let peak = MEMORY.peak_usage() - before;
    assert!(peak < (64 << 20) + PACKAGE_BYTES_MAX as usize, "{peak}");
}
