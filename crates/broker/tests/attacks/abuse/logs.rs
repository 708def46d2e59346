//! What is written down while secrets, paths and bodies pass by.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use hotcell_testkit::servers::behaviours::{foreign, framing};
use hotcell_testkit::servers::{Answer, Authority, Behaviour};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::ledger::Tally;
use crate::world::{CANARY, Setup, World, honest, request};

/// Everything that anybody says by `tracing`, at every level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Everything {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for &Everything {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut &*self);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Parts of a request that are the guest's own business.
const MARKS: [&str; 4] = [
    "path-mark-81",
    "query-mark-82",
    "body-mark-83",
    "header-mark-84",
];

#[tokio::test]
async fn attack_28_logs_recordings_and_query_logging() {
    let heard = Everything::default();
    let _guard = tracing::subscriber::set_default(heard.clone());
    tracing::trace!(said = "control-85");
    assert!(heard.text().contains("control-85"), "what is said is heard");
    let authority = Authority::new();
    let mut tally = Tally::default();
    for (kind, what) in KINDS {
        for (behaviour, ending) in behaviours() {
            let server = honest(&authority, &["api.test"]).await;
            server.behave(behaviour);
            let world = World::new(
                &authority,
                &server,
                Setup {
                    secret: kind.to_owned(),
                    ..Setup::default()
                },
            );
            for (method, path, headers) in [
                ("POST", "/v1/path-mark-81", &[("x-a", MARKS[3])][..]),
                ("POST", "/v1/path-mark-81;x", &[]),
                ("POST", "/admin/path-mark-81", &[]),
                ("PATCH", "/v1/path-mark-81", &[]),
                ("POST", "/v1/path-mark-81", &[("cookie", MARKS[3])]),
                (
                    "POST",
                    "/v1/path-mark-81",
                    &[("header-mark-84", "a"), ("header-mark-84", "b")],
                ),
            ] {
                let url = format!("{}{path}?q={}", world.origin, MARKS[1]);
                let body = format!("{{\"a\":\"{}\"}}", MARKS[2]);
                let json = [("content-type", "application/json")];
                let headers = [headers, &json].concat();
                let session = world.session(hotcell_package::Effect::Write);
                let sent = crate::world::answer(
                    &session,
                    request(method, &url, &headers, body.as_bytes()),
                )
                .await;
                let told = format!("{:?}{session:?}{:?}", sent.err(), world.broker);
                tally.without_effect(&format!("{what}, {ending}: {told}"), holds_none(&told));
            }
            world.records_hold_none(&MARKS);
        }
    }
    assert!(holds_none(&heard.text()), "{}", heard.text());
    tally.note(28, "logs, recordings, query logging", "six kinds of secrets with seven kinds of endings: errors, Debug, records and everything said at level trace");
}

const KINDS: [(&str, &str); 6] = [
    ("kind = \"bearer\"", "bearer"),
    ("kind = \"basic\"\nuser = \"u\"", "basic"),
    ("kind = \"query\"\nparameter = \"key\"", "query"),
    ("kind = \"json\"\npointer = \"/key\"", "json"),
    (
        "kind = \"hmac\"\nsign = \"{path}\\n{body}\"\nheader = \"x-signature\"",
        "hmac",
    ),
    (
        "kind = \"sigv4\"\naccess_key_id = \"AKIAEXAMPLE\"\nregion = \"r\"\nservice = \"s\"",
        "sigv4",
    ),
];

fn behaviours() -> [(Behaviour, &'static str); 7] {
    [
        (
            Behaviour::answering(|_| Answer::new(200).body("ok")),
            "answered",
        ),
        (
            Behaviour::answering(|_| Answer::new(500).body("no")),
            "failed",
        ),
        (
            Behaviour::answering(|seen| Answer::new(200).body(seen.raw.clone())),
            "echoed",
        ),
        (
            Behaviour::answering(|seen| Answer::new(302).header("location", seen.target.clone())),
            "redirected",
        ),
        (framing::short(100, 5), "cut off"),
        (foreign::noise(), "noise"),
        (echo_header(), "echoed in a header"),
    ]
}

fn echo_header() -> Behaviour {
    Behaviour::answering(|seen| {
        let all: Vec<String> = seen
            .headers
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Answer::new(200).header("x-echo", all.join(" "))
    })
}

fn holds_none(text: &str) -> bool {
    !text.contains(CANARY) && MARKS.iter().all(|mark| !text.contains(mark))
}
