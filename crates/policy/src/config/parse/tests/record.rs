//! `[record]`, in permitted and refused pairs.

use super::{check, faults, read};
use crate::config::{Capture, RecordTable};

/// The table: its own keys begin in line 2.
fn record(keys: &str) -> RecordTable {
    read(&format!("[record]\n{keys}")).record
}

fn refused(keys: &str, expected: &str) {
    check(&format!("[record]\n{keys}"), expected);
}

/// The mend of the first mistake.
fn mend(keys: &str) -> String {
    faults(&format!("[record]\n{keys}"))[0].hint.clone()
}

#[test]
fn what_holds_without_a_word() {
    let standard = RecordTable {
        capture: Capture::Full,
        tools: std::collections::BTreeMap::new(),
        sample_percent: 100,
        keep_days: 30,
        keep_keys_days: 7,
        encrypt: false,
        response_bytes: 1 << 20,
    };
    assert_eq!(read("").record, standard);
    assert_eq!(record(""), standard);
    refused("samples = 1\n", "2:unknown_key");
    assert_eq!(mend("keep_day = 1\n"), "write `keep_days`");
    check("record = \"full\"\n", "1:wrong_type");
}

#[test]
fn how_much_is_kept() {
    assert_eq!(record("capture = \"full\"\n").capture, Capture::Full);
    assert_eq!(record("capture = \"digest\"\n").capture, Capture::Digest);
    let redacted = "capture = \"redacted\"\nredact = [\"/customer/email\", \"/a~1b\"]\n";
    let pointers = vec!["/customer/email".to_owned(), "/a~1b".to_owned()];
    assert_eq!(record(redacted).capture, Capture::Redacted(pointers));
    refused("capture = \"none\"\n", "2:wrong_value");
    assert_eq!(
        mend("capture = \"none\"\n"),
        "write one of `full`, `redacted`, `digest`"
    );
    refused("capture = \"redacted\"\n", "1:missing_key");
    assert_eq!(mend("capture = \"redacted\"\n"), "add `redact = …`");
    refused("capture = \"redacted\"\nredact = []\n", "3:empty_pattern");
    refused("redact = [\"/a\"]\n", "2:unfit_key");
    refused("capture = \"digest\"\nredact = [\"/a\"]\n", "3:unfit_key");
    for wrong in [
        "email", "/", "//", "/a/", "/a~2", "/a~", "a/b", "#/a", "/\\u0000",
    ] {
        let keys = format!("capture = \"redacted\"\nredact = [\"{wrong}\"]\n");
        refused(&keys, "3:wrong_value");
    }
}

#[test]
fn a_tool_has_its_own_word() {
    let text = "capture = \"digest\"\n[record.tool.\"crm.find\"]\ncapture = \"redacted\"\n\
                redact = [\"/email\"]\n[record.tool.\"crm.add\"]\ncapture = \"full\"\n";
    let tools = record(text).tools;
    let redacted = Capture::Redacted(vec!["/email".to_owned()]);
    assert_eq!(
        (&tools["crm.find"], &tools["crm.add"]),
        (&redacted, &Capture::Full)
    );
    for name in [
        "crm",
        "\"crm.\"",
        "\".find\"",
        "\"CRM.find\"",
        "\"crm.a.b\"",
        "\"*\"",
    ] {
        refused(
            &format!("[record.tool.{name}]\ncapture = \"full\"\n"),
            "2:wrong_value",
        );
    }
    refused(
        "[record.tool.crm.find]\ncapture = \"full\"\n",
        "2:wrong_value",
    );
    let hint = "write skill and tool in quotes: [record.tool.\"crm.find_customer\"]";
    assert_eq!(mend("[record.tool.crm.find]\ncapture = \"full\"\n"), hint);
    refused("[record.tool.\"crm.find\"]\n", "2:missing_key");
    refused(
        "[record.tool.\"crm.find\"]\nkeep_days = 1\n",
        "2:missing_key",
    );
    let one = "[record.tool.\"crm.find\"]\ncapture = \"full\"\nkeep_days = 1\n";
    refused(one, "4:unknown_key");
}

#[test]
fn how_long_and_how_much_of_a_body() {
    let days = |keys: &str| {
        let table = record(keys);
        (table.keep_days, table.keep_keys_days)
    };
    assert_eq!(days("keep_days = 90\nkeep_keys_days = 90\n"), (90, 90));
    assert_eq!(days("keep_days = 3\n"), (3, 3));
    assert_eq!(days("keep_keys_days = 1\n"), (30, 1));
    refused("keep_keys_days = 31\n", "2:too_large");
    refused("keep_days = 3\nkeep_keys_days = 4\n", "3:too_large");
    let hint = "write at most 3, or raise `keep_days`";
    assert_eq!(mend("keep_days = 3\nkeep_keys_days = 4\n"), hint);
    refused("keep_days = 0\n", "2:wrong_type");
    refused("keep_days = 36_500\n", "ok");
    refused("keep_days = 36_501\n", "2:too_large");
    refused("keep_days = \"30day\"\n", "2:wrong_value");
    assert_eq!(
        record("response_bytes = \"64KiB\"\n").response_bytes,
        64 << 10
    );
    refused("response_bytes = \"64MiB\"\n", "ok");
    refused("response_bytes = \"65MiB\"\n", "2:too_large");
}

#[test]
fn samples_and_encryption() {
    let percent = |text: &str| record(&format!("sample_percent = {text}\n")).sample_percent;
    assert_eq!((percent("0"), percent("10"), percent("100")), (0, 10, 100));
    for wrong in ["101", "-1", "1.0", "\"10\"", "256", "[]"] {
        refused(&format!("sample_percent = {wrong}\n"), "2:wrong_type");
    }
    assert!(record("encrypt = true\n").encrypt && !record("encrypt = false\n").encrypt);
    refused("encrypt = \"true\"\n", "2:wrong_type");
    let hint = "write `encrypt = true`, without quotes";
    assert_eq!(mend("encrypt = 1\n"), hint);
}
