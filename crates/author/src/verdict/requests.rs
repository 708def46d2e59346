//! What a skill sent, beside what its case expects.

use hotcell_package::printable;

use super::end::difference;
use super::files::same_content;
use crate::cases::{Case, Order, ScriptedExchange};
use crate::report::Problem;
use crate::upstream::Received;

/// Checks that all of a script was used, in its order, and nothing beside it.
pub(super) fn check_requests(case: &Case, received: &[Received]) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut last = 0;
    for request in received {
        let line = format!("{} {}{}", request.method, request.origin, request.target);
        let line = printable(&line);
        let Some(at) = request.used else {
            let message = format!("{line} is not in the script");
            let body = String::from_utf8_lossy(&request.body);
            let shown = body.lines().map(printable).collect::<Vec<_>>().join("\n");
            found.push(Problem::new("request_beside", message).detail(shown));
            continue;
        };
        if at < last && case.order == Order::Script {
            let message = format!("{line} came after a later one of the script");
            found.push(Problem::new("request_order", message));
        }
        last = last.max(at);
        found.extend(check_request(&case.script[at], request));
    }
    for (at, exchange) in case.script.iter().enumerate() {
        if !received.iter().any(|request| request.used == Some(at)) {
            let line = exchange.place.line;
            let message = format!(
                "{} {} ({}:{line}) was not sent",
                exchange.method,
                exchange.url(),
                case.file
            );
            found.push(Problem::new("request_missing", message));
        }
    }
    found
}

fn check_request(expected: &ScriptedExchange, request: &Received) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, value) in &expected.headers {
        let values: Vec<_> = request.headers.get_all(name).iter().collect();
        if !values
            .iter()
            .any(|sent| sent.as_bytes() == value.as_bytes())
        {
            let sent = values.iter().map(|v| String::from_utf8_lossy(v.as_bytes()));
            let sent = sent.collect::<Vec<_>>().join(", ");
            let url = expected.url();
            let message = format!(
                "{url} has the header `{name}: {}`, not `{value}`",
                printable(&sent)
            );
            found.push(Problem::new("request_header", message));
        }
    }
    if let Some(body) = &expected.body
        && !same_content(body, &request.body)
    {
        let text = |bytes: &[u8]| match serde_json::from_slice::<serde_json::Value>(bytes) {
            Ok(value) => format!("{value:#}\n"),
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        };
        let shown = difference(&text(&body.bytes()), &text(&request.body));
        let message = format!("{} {} has another body", expected.method, expected.url());
        found.push(Problem::new("request_body", message).detail(shown));
    }
    found
}
