//! A verifier that is not ours accepts what we write: Cloudflare's `signed_note` and `tlog_tiles`.

use std::fs;
use std::path::{Path, PathBuf};

use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{
    Checkpoint, Tile, TileHashReader, TileReader, check_record, check_tree, prove_record,
    prove_tree, record_hash, tree_hash,
};

use super::world::*;
use crate::{Journal, JournalError, Memory, SealedLog, Verifier, export};

/// Enough for two levels of whole tiles and partial ones on each.
const EVENTS: usize = 256 * 3 + 17;

struct Folder(PathBuf);

impl TileReader for Folder {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        // Their path names the height, as Go's sumdb does; C2SP's has 8 and leaves it out.
        let read = |tile: &Tile| fs::read(self.0.join(tile.path().replacen("tile/8/", "tile/", 1)));
        Ok(tiles.iter().map(|tile| read(tile).unwrap()).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

async fn exported(folder: &Path) -> (Memory, SealedLog, PathBuf) {
    let journal = Memory::new(TestClock::new().read());
    for number in 0..EVENTS {
        if number == 300 {
            journal.seal(&signer()).await.unwrap().unwrap();
        }
        journal
            .record(vec![entry(crate::Kind::Note)])
            .await
            .unwrap();
    }
    let seal = journal.seal(&signer()).await.unwrap().unwrap();
    let to = folder.join("log");
    export(&journal, &to, &seal).await.unwrap();
    (journal, seal, to)
}

#[tokio::test]
async fn other_peoples_verifiers_accept_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _, to) = exported(folder.path()).await;

    let vkey = signer().verifier().vkey();
    let key = StandardVerifier::new(&vkey).unwrap();
    let keys = VerifierList::new(vec![Box::new(key)]);
    let note = Note::from_bytes(&fs::read(to.join("checkpoint")).unwrap()).unwrap();
    let (verified, _) = note.verify(&keys).unwrap();
    assert_eq!(verified.len(), 1);
    let checkpoint = Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(
        (checkpoint.origin(), checkpoint.size()),
        ("hotcell.test/log", EVENTS as u64)
    );

    let (size, root) = (checkpoint.size(), *checkpoint.hash());
    let files = Folder(to.clone());
    let tiles = TileHashReader::new(size, root, &files);
    assert_eq!(tree_hash(size, &tiles).unwrap(), root);
    for place in [0, 255, 256, size - 1] {
        let proof = prove_record(size, place, &tiles).unwrap();
        let rows = journal.rows(place, 1).await.unwrap();
        let hash = record_hash(rows[0].leaf.as_bytes());
        check_record(&proof, size, root, place, hash).unwrap();
    }
    let early = &journal.seals().await.unwrap()[0];
    let proof = prove_tree(size, early.size, &tiles).unwrap();
    check_tree(&proof, size, root, early.size, tlog_tiles::Hash(early.root)).unwrap();
}

#[tokio::test]
async fn entries_are_the_leaves_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _, to) = exported(folder.path()).await;
    let mut entries = Vec::new();
    for tile in ["000", "001", "002", "003.p/17"] {
        let bytes = fs::read(to.join("tile/entries").join(tile)).unwrap();
        let mut rest = bytes.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (leaf, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
            entries.push(String::from_utf8(leaf.to_vec()).unwrap());
            rest = after;
        }
    }
    let rows = journal.rows(0, EVENTS).await.unwrap();
    let leaves: Vec<String> = rows.into_iter().map(|row| row.leaf).collect();
    assert_eq!(entries, leaves);
    assert!(to.join("tile/1/000.p/3").is_file());
}

#[tokio::test]
async fn a_folder_that_is_there_and_a_checkpoint_that_does_not_fit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, mut seal, to) = exported(folder.path()).await;
    let there = export(&journal, &to, &seal).await;
    assert!(matches!(there, Err(JournalError::File { .. })));
    seal.root = [0; 32];
    let odd = export(&journal, &folder.path().join("odd"), &seal).await;
    assert!(matches!(odd, Err(JournalError::Corrupt(_))));
    assert!(!folder.path().join("odd/checkpoint").exists());
}

#[test]
fn a_verifier_key_is_read_back_and_an_odd_one_refused() {
    let vkey = signer().verifier().vkey();
    assert_eq!(Verifier::parse(&vkey).unwrap(), signer().verifier());
    for odd in [
        "",
        "a+b",
        "a+00000000+AQ==",
        &vkey.replacen("hotcell", "hotcel", 1),
    ] {
        assert!(Verifier::parse(odd).is_err(), "{odd}");
    }
}

#[test]
fn a_changed_note_is_refused() {
    use crate::{NoteError, Sign};
    let (verifier, note) = (signer().verifier(), signer().sign(7, &[1; 32]));
    assert_eq!(verifier.verify(&note).unwrap().size, 7);
    let check = |note: &str, expected: NoteError| {
        assert_eq!(verifier.verify(note), Err(expected), "{note}");
    };
    check(&note.replacen("\n7\n", "\n8\n", 1), NoteError::Forged);
    check(
        &note.replacen("\u{2014} hotcell", "\u{2014} other", 1),
        NoteError::Unsigned,
    );
    check("", NoteError::Malformed("no signatures"));
    check(
        note.trim_end(),
        NoteError::Malformed("its last line is cut"),
    );
    let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
    assert_eq!(verifier.verify(&witnessed).unwrap().size, 7);
}
