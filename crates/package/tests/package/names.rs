//! The allow-list of names and the digest, on names and contents made at random.

use std::path::Path;

use hotcell_package::{Digest, FileTree, check_path, pack};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A path that passes names one file inside any folder, whatever it is made of.
    #[test]
    fn accepted_paths_stay_inside(path in "[a-cA-C./\\\\: \u{308}u-]{1,12}") {
        if check_path(&path).is_ok() {
            let inside = Path::new(&path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
            prop_assert!(inside, "{path}");
            prop_assert!(!path.contains(['\\', ':']));
        }
    }

    /// The digest and the archive do not depend on the order in which files come, and the
    /// digest tells any two trees apart.
    #[test]
    fn digests_name_contents(
        files in proptest::collection::btree_map("[a-z]{1,6}", proptest::collection::vec(any::<u8>(), 0..40), 1..8),
    ) {
        let forward = FileTree::new(files.clone()).unwrap();
        let backward = FileTree::new(files.clone().into_iter().rev()).unwrap();
        prop_assert_eq!(Digest::of_tree(&forward), Digest::of_tree(&backward));
        prop_assert_eq!(pack(&forward, "x").unwrap(), pack(&backward, "x").unwrap());
        let mut changed = files.clone();
        changed.values_mut().next().unwrap().push(0);
        prop_assert_ne!(Digest::of_tree(&forward), Digest::of_tree(&FileTree::new(changed).unwrap()));
    }
}
