//! No text makes the parser panic or talk without end.

use hotcell_package::DIAGNOSTICS_MAX;
use proptest::prelude::*;

use crate::config::Config;

/// Pieces of which a file is made, right and wrong ones.
const PIECES: &[&str] = &[
    "[secret.s]\n",
    "[secret.\"\"]\n",
    "[[secret]]\n",
    "[[grant]]\n",
    "[grant]\n",
    "[egress]\n",
    "[egress.limits]\n",
    "[vault]\n",
    "[settings.crm]\n",
    "[secret.s.claims]\n",
    "source = \"vault:s\"\n",
    "source = \"keyring:/\"\n",
    "source = \"env:\"\n",
    "source = 1\n",
    "kind = \"hmac\"\n",
    "kind = \"jwt\"\n",
    "kind = \"oauth-refresh\"\n",
    "kind = \"json\"\n",
    "kind = \"header\"\n",
    "kind = \"sigv4\"\n",
    "kind = \"mtls\"\n",
    "kind = []\n",
    "origins = [\"https://a.example\"]\n",
    "origins = [1, \"\"]\n",
    "origins = {}\n",
    "sign = \"{body\"\n",
    "sign = \"}é{\"\n",
    "value = \"{signature}\"\n",
    "header = \"é\"\n",
    "prefix = \"\\u0000\"\n",
    "pointer = \"/~\"\n",
    "lifetime_s = -1\n",
    "claims = 1\n",
    "token_url = \"https://é/é\"\n",
    "token_url = \"://\"\n",
    "client_id = \"\"\n",
    "client_secret = \"s\"\n",
    "skill = \"crm@1\"\n",
    "skill = \"é@\"\n",
    "credential = \"crm\"\n",
    "secret = \"s\"\n",
    "http = [\"a\"]\n",
    "http = 1979-05-27\n",
    "rate = \"1/é\"\n",
    "rate = \"9/9day\"\n",
    "methods = [\"GET\"]\n",
    "private = [\"[::1]:1\"]\n",
    "requests = \"é\"\n",
    "head_ms = 0x7fffffffffffffff\n",
    "key = \"file:\"\n",
    "a = \"b\"\n",
    "[caller]\n",
    "[caller.a]\n",
    "[caller.\"é\"]\n",
    "[caller.a.skill.crm]\n",
    "skills = []\n",
    "skills = [\"*\", \"crm.\"]\n",
    "limits = { time_ms = 1 }\n",
    "limits = { fuel = \"é\" }\n",
    "at_once = 0x7fffffffffffffff\n",
    "token_sha256 = \"é\"\n",
    "[record]\n",
    "[record.tool.\"crm.a\"]\n",
    "[record.tool.\"é\"]\n",
    "capture = \"redacted\"\n",
    "redact = [\"/~\"]\n",
    "sample_percent = -0\n",
    "keep_days = 3\n",
    "keep_keys_days = 4\n",
    "encrypt = 1\n",
    "[jobs]\n",
    "lease_ms = 1\n",
    "backoff_ms = 9999999999999\n",
    "callback_origins = [\"http://a.example\"]\n",
    "callback_secret = \"s\"\n",
    "[registry]\n",
    "folders = [\"~\"]\n",
    "= 1\n",
];

fn holds(text: &str) -> Result<(), TestCaseError> {
    if let Err(found) = Config::parse("hotcell.toml", text) {
        prop_assert!((1..=DIAGNOSTICS_MAX).contains(&found.len()));
        prop_assert!(
            found
                .iter()
                .all(|one| one.line.is_some() && !one.message.is_empty())
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn of_any_text(text in any::<String>()) {
        holds(&text)?;
    }

    #[test]
    fn of_pieces_of_files(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        holds(&pieces.concat())?;
    }
}

#[test]
fn many_mistakes_are_told_in_part() {
    let keys: String = (0..10_000).map(|n| format!("k{n} = 1\n")).collect();
    for text in [
        keys.clone(),
        format!("[egress]\n{keys}"),
        format!("[secret.s]\n{keys}"),
    ] {
        let found = Config::parse("hotcell.toml", &text).unwrap_err();
        assert_eq!(found.len(), DIAGNOSTICS_MAX);
    }
    let grants = "[[grant]]\n".repeat(2_000);
    assert_eq!(
        Config::parse("hotcell.toml", &grants).unwrap_err()[0].code,
        "too_many"
    );
    let deep = format!("settings = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(!Config::parse("hotcell.toml", &deep).unwrap_err().is_empty());
}
