//! What no scan finds: a server that computes. The tests show that it passes, so that the
//! documents stay honest.

use hotcell_testkit::servers::behaviours::coding;
use hotcell_testkit::servers::behaviours::echo::{Place, What, echo};
use hotcell_testkit::servers::encodings::{Encoding, reversed};

use crate::ledger::note;
use crate::reflection::Site;
use crate::world::CANARY;

fn masked(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ 0x2a).collect()
}

fn numbers(bytes: &[u8]) -> Vec<u8> {
    format!("{bytes:?}").into_bytes()
}

fn spread(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [*byte, b'-', b'-']).collect()
}

#[tokio::test]
async fn attack_24_colluding_transform_is_documented() {
    let site = Site::new().await;
    let transforms: [(&str, Encoding); 4] = [
        ("reversed", reversed),
        ("masked", masked),
        ("numbers", numbers),
        ("spread", spread),
    ];
    for (name, encoding) in transforms {
        let got = site
            .ask(echo(What::Credential, encoding, Place::Body), name)
            .await;
        assert_eq!(
            got.code(),
            "ok",
            "{name} is stopped: the documents say that it is not"
        );
        assert_eq!(got.body, encoding(CANARY.as_bytes()), "{name}");
    }
    let got = site
        .ask(coding::echo_hidden(What::Credential), "hidden gzip")
        .await;
    assert_eq!(
        got.code(),
        "ok",
        "gzip that nobody declares is documented as open"
    );
    note(
        24,
        "a colluding server transforms",
        "reversed, masked, as numbers, spread out, in gzip without saying so: documented, not \
         stopped",
        5,
        0,
    );
}

/// Its pair: the same server, where it does not transform.
#[tokio::test]
async fn the_plain_text_of_the_same_server_is_stopped() {
    let site = Site::new().await;
    let plain = |bytes: &[u8]| bytes.to_vec();
    let got = site
        .ask(echo(What::Credential, plain, Place::Body), "plain")
        .await;
    assert_eq!(got.code(), "secret_reflected");
}
