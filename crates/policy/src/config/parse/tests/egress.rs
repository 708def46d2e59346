//! `[egress]`, in permitted and refused pairs.

use super::{check, faults, read};
use crate::config::EgressLimits;

#[test]
fn addresses_files_and_plain_origins() {
    let egress = read(
        "[egress]\nca_files = [\"ca.pem\"]\nprivate = [\"10.0.0.5:8443\", \"[fd00::5]:443\"]\n\
         plain_http = [\"http://10.0.0.9:8080\"]\n",
    )
    .egress;
    assert_eq!(egress.ca_files, [std::path::PathBuf::from("ca.pem")]);
    assert_eq!(egress.private[0], "10.0.0.5:8443".parse().unwrap());
    assert_eq!(egress.plain_http[0].to_string(), "http://10.0.0.9:8080");
    for wrong in [
        "10.0.0.5",
        "10.0.0.0/8",
        "10.0.0.5:0",
        "host:80",
        "010.0.0.5:80",
        "[FD00::5]:443",
        "0.0.0.0:80",
        "224.0.0.1:80",
        "[::]:80",
        "10.0.0.5:8443 ",
    ] {
        check(
            &format!("[egress]\nprivate = [\"{wrong}\"]\n"),
            "2:wrong_address",
        );
    }
    for wrong in ["https://a.example", "http://a.example/", "http://*"] {
        check(
            &format!("[egress]\nplain_http = [\"{wrong}\"]\n"),
            "2:wrong_origin",
        );
    }
    check("[egress]\nca_files = [\"~/ca.pem\"]\n", "2:wrong_path");
    check("[egress]\nca_file = \"ca.pem\"\n", "2:unknown_key");
    check("[egress]\nca_files = []\n", "2:empty_pattern");
}

#[test]
fn limits_have_units_and_an_end() {
    let limits = |text: &str| read(&format!("[egress.limits]\n{text}")).egress.limits;
    let expected = EgressLimits {
        requests: 5,
        exchange_ms: 30_000,
        response_bytes: 1 << 30,
        ..EgressLimits::STANDARD
    };
    let text = "requests = 5\nexchange_ms = \"30s\"\nresponse_bytes = \"1GiB\"\n";
    assert_eq!(limits(text), expected);
    assert_eq!(read("").egress.limits, EgressLimits::STANDARD);
    let wrong = |text: &str, expected: &str| check(&format!("[egress.limits]\n{text}\n"), expected);
    wrong("requests = 0", "2:wrong_type");
    wrong("requests = \"0\"", "2:wrong_value");
    wrong("requests = \"5MiB\"", "2:wrong_value");
    wrong("head_ms = \"5MiB\"", "2:wrong_value");
    wrong("head_ms = \"1day\"", "2:wrong_value");
    wrong("head_ms = 86_400_001", "2:too_large");
    wrong("head_ms = 9223372036854775807", "2:too_large");
    wrong("url_bytes = \"64KiB\"", "2:too_large");
    wrong("timeout_ms = 1", "2:unknown_key");
    assert_eq!(
        faults("[egress.limits]\nreqests = 1\n")[0].hint,
        "write `requests`"
    );
}

/// Each name sets its own field, and the standard is within what may be written.
#[test]
fn every_limit_can_be_written() {
    let names = [
        "requests",
        "concurrent",
        "url_bytes",
        "header_bytes",
        "headers",
        "request_bytes",
        "signed_bytes",
        "response_bytes",
        "resolve_ms",
        "connect_ms",
        "tls_ms",
        "head_ms",
        "idle_ms",
        "exchange_ms",
    ];
    let debug = format!("{:?}", EgressLimits::STANDARD);
    assert_eq!(debug.matches(':').count(), names.len());
    for name in names {
        let limits = read(&format!("[egress.limits]\n{name} = 7\n"))
            .egress
            .limits;
        let shown = format!("{limits:?}");
        assert!(shown.contains(&format!(" {name}: 7")), "{shown}");
        assert_eq!(
            shown.matches(": 7,").count() + shown.matches(": 7 ").count(),
            1,
            "{shown}"
        );
        let standard = debug.split(&format!(" {name}: ")).nth(1).unwrap();
        let standard: String = standard.chars().take_while(char::is_ascii_digit).collect();
        check(&format!("[egress.limits]\n{name} = {standard}\n"), "ok");
    }
}
