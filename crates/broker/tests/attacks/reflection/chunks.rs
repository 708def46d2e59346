//! The secret, cut over chunks.

use hotcell_testkit::servers::Behaviour;
use hotcell_testkit::servers::behaviours::echo::{Place, What, echo};
use hotcell_testkit::servers::encodings::raw;

use crate::ledger::Tally;
use crate::reflection::{BYTES_BEFORE_STOP_MAX, Site};
use crate::world::CANARY;

/// Hands the secret back between other text, in chunks that end at these places of the body.
fn cut_at(ends: Vec<usize>, around: &'static str) -> Behaviour {
    Behaviour::on_connection(move |mut connection| {
        let ends = ends.clone();
        async move {
            while let Some(request) = connection.request().await? {
                let secret = What::Credential.of(&request);
                let body = [around.as_bytes(), &secret, around.as_bytes()].concat();
                let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                connection.write(head).await?;
                let mut at = 0;
                for end in ends.iter().copied().chain([body.len()]) {
                    let piece = &body[at..end];
                    let size = format!("{:x}\r\n", piece.len());
                    let chunk = [size.as_bytes(), piece, b"\r\n"].concat();
                    connection.write(chunk).await?;
                    at = end;
                }
                connection.write("0\r\n\r\n").await?;
            }
            Ok(())
        }
    })
}

#[tokio::test]
async fn attack_20_split_over_chunks() {
    let site = Site::new().await;
    let mut tally = Tally::default();
    let mut most = 0;
    let around = "{\"text\": \"";
    let mut splits: Vec<Vec<usize>> = (1..CANARY.len())
        .map(|at| vec![around.len() + at])
        .collect();
    // Around a long text as well: three pieces, the middle one of any length.
    splits.extend((1..CANARY.len() - 1).map(|at| {
        let at = around.len() + at;
        vec![at, at + 1]
    }));
    for ends in splits {
        let name = format!("cut at {ends:?}");
        let got = site.ask(cut_at(ends, around), &name).await;
        tally.refused(&name, &got.end, "secret_reflected");
        most = most.max(got.longest_start_of(CANARY.as_bytes()));
    }
    for bytes in 1..=CANARY.len() {
        let name = format!("chunks of {bytes}");
        let behaviour = echo(What::Everything, raw, Place::Chunks(bytes));
        let got = site.ask(behaviour, &name).await;
        tally.refused(&name, &got.end, "secret_reflected");
        most = most.max(got.longest_start_of(CANARY.as_bytes()));
    }
    assert!(most <= BYTES_BEFORE_STOP_MAX, "{most} bytes were delivered");
    tally.note(
        20,
        "the secret split over chunks",
        "chunks that end at every place of it, one byte alone, and chunks of every length; at \
         most three bytes of it were delivered before the stop",
    );
}

/// The same chunks with a text that is no secret.
#[tokio::test]
async fn innocent_chunks_pass() {
    let site = Site::new().await;
    for bytes in [1, 2, 11, 12, 13] {
        let got = site
            .ask(echo(What::Target, raw, Place::Chunks(bytes)), "a path")
            .await;
        assert_eq!(
            (got.code().as_str(), got.body.as_slice()),
            ("ok", b"/v1/x".as_slice())
        );
    }
}
