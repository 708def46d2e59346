//! Canonical JSON as `serde_json_canonicalizer` writes it, an implementation that is not ours.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::canonical::canonical;
use crate::{Event, Kind, PayloadDigest};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-100..100_i32).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

fn check(event: &Event) {
    let ours = canonical(event).unwrap();
    assert_eq!(ours, serde_json_canonicalizer::to_string(event).unwrap());
    let again: Event = serde_json::from_str(&ours).unwrap();
    assert_eq!(
        canonical(&again).unwrap(),
        ours,
        "reading it changes nothing"
    );
}

fn event(body: Map<String, Value>, text: Option<String>) -> Event {
    let payload = PayloadDigest {
        name: "input".to_owned(),
        sha256: "00".to_owned(),
        bytes: 7,
    };
    Event {
        seq: 3,
        at_ms: 1_790_000_000_000,
        kind: Kind::ExchangeBegun,
        actor: text.clone(),
        invocation: text.clone(),
        correlation: text.clone(),
        attempt: text.as_ref().map(|_| 2),
        body,
        payloads: text
            .iter()
            .flat_map(|_| [payload.clone(), payload.clone()])
            .collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn it_is_what_others_write(
        fields in proptest::collection::vec((any::<String>(), value()), 0..6),
        text in proptest::option::of(any::<String>()),
    ) {
        check(&event(fields.into_iter().collect(), text));
    }
}

#[test]
fn names_are_in_the_order_of_their_utf_16() {
    // RFC 8785, 3.2.3.
    let body = json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet",
        "1": "One", "\u{1f600}": "Emoji", "\u{80}": "Control", "\u{f6}": "Latin Letter O",
        "numbers": [333_333_333.333_333_3, 1E30, 4.50, 2e-3, 9_007_199_254_740_993_u64, -0.0],
    });
    check(&event(body.as_object().unwrap().clone(), None));
}
