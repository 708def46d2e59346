use rmcp::model::{JsonRpcMessage, ServerJsonRpcMessage};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, split};

use super::*;

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;

/// A transport, and the client's ends of it.
fn lines() -> (
    Lines<impl AsyncRead, impl AsyncWrite>,
    DuplexStream,
    BufReader<DuplexStream>,
) {
    let (to, read) = tokio::io::duplex(1 << 20);
    let (write, from) = tokio::io::duplex(1 << 20);
    let gone = CancellationToken::new();
    let (read, _) = split(read);
    let (_, write) = split(write);
    (Lines::new(read, write, gone), to, BufReader::new(from))
}

async fn answered(from: &mut BufReader<DuplexStream>) -> Value {
    let mut line = String::new();
    from.read_line(&mut line).await.expect("it is open");
    serde_json::from_str(&line).expect("it is JSON")
}

/// Sends one line, then one that the service gets, and returns what the first was answered.
async fn check(line: &[u8], code: i64, id: Option<i64>) {
    let (mut lines, mut to, mut from) = lines();
    to.write_all(line).await.expect("it is open");
    to.write_all(format!("\n{INITIALIZE}\n").as_bytes())
        .await
        .expect("it is open");
    let got = lines.receive().await.expect("the second line is a request");
    assert!(matches!(got, JsonRpcMessage::Request(_)));
    let told = answered(&mut from).await;
    let start = String::from_utf8_lossy(&line[..line.len().min(40)]).into_owned();
    assert_eq!(told["error"]["code"], code, "{start}: {told}");
    assert_eq!(told.get("id"), id.map(|id| json!(id)).as_ref(), "{start}");
}

#[tokio::test]
async fn what_is_no_message_is_answered() {
    check(b"not json", -32700, None).await;
    check(b"\xff\xfe{}", -32700, None).await;
    check(b"{\"jsonrpc\":\"2.0\",\"id\":7", -32700, None).await;
    check(b"{\"foo\":1}", -32600, None).await;
    check(b"[]", -32600, None).await;
    check(
        b"{\"id\":7,\"method\":\"tools/list\",\"result\":{},\"jsonrpc\":\"2.0\"}",
        -32600,
        Some(7),
    )
    .await;
}

#[tokio::test]
async fn a_deep_message_is_answered_by_its_id() {
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"a","arguments":{{"x":{}{}}}}}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    check(deep.as_bytes(), -32600, Some(7)).await;
}

#[tokio::test]
async fn a_message_beyond_its_limit_is_answered_and_skipped() {
    let (mut lines, mut to, mut from) = lines();
    let client = tokio::spawn(async move {
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..=MESSAGE_BYTES_MAX >> 20 {
            to.write_all(&piece).await.expect("it is open");
        }
        to.write_all(format!("\n{INITIALIZE}\n").as_bytes())
            .await
            .expect("it is open");
        to
    });
    let got = lines.receive().await.expect("the line behind it is read");
    assert!(matches!(got, JsonRpcMessage::Request(_)));
    assert_eq!(answered(&mut from).await["error"]["code"], -32600);
    drop(client.await);
}

#[tokio::test]
async fn a_call_is_read_as_rmcp_reads_it() {
    let line = br#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"echo","arguments":{"a":[1,{}]},"_meta":{"progressToken":3,"hotcell/correlation-id":"r"}}}"#;
    let quick = parse::parse(line)
        .expect("it is a call")
        .expect("it is not empty");
    let slow: ClientJsonRpcMessage = serde_json::from_slice(line).expect("it is a call");
    let told = |message: &ClientJsonRpcMessage| format!("{message:?}");
    assert_eq!(told(&quick), told(&slow));
    let JsonRpcMessage::Request(request) = quick else {
        panic!("it is a request");
    };
    let token = request.request.get_meta().get_progress_token();
    assert!(
        token.is_some(),
        "its meta is where the service looks for it"
    );
}

#[tokio::test]
async fn many_answers_are_whole_lines_in_order() {
    let (mut lines, _to, mut from) = lines();
    let sends: Vec<_> = (0..200)
        .map(|id| {
            let error = ErrorData::internal_error("x".repeat(10_000), None);
            let message = ServerJsonRpcMessage::error(error, Some(RequestId::Number(id)));
            tokio::spawn(lines.send(message))
        })
        .collect();
    for id in 0..200 {
        assert_eq!(answered(&mut from).await["id"], id);
    }
    for send in sends {
        send.await.expect("it ran").expect("it was written");
    }
}

#[tokio::test]
async fn before_its_session_a_client_can_only_ask() {
    let (mut lines, mut to, _from) = lines();
    let early = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    to.write_all(format!("{early}\n{INITIALIZE}\n{early}\n").as_bytes())
        .await
        .expect("it is open");
    let got = lines
        .receive()
        .await
        .expect("the early word is passed over");
    assert!(matches!(got, JsonRpcMessage::Request(_)));
    let got = lines.receive().await.expect("the later one is not");
    assert!(matches!(got, JsonRpcMessage::Notification(_)));
}

#[tokio::test]
async fn nobody_is_there_a_while_after_the_last_word() {
    let (to, read) = tokio::io::duplex(64);
    let (write, _from) = tokio::io::duplex(64);
    let gone = CancellationToken::new();
    let mut lines = Lines::new(read, write, gone.clone());
    drop(to);
    assert!(lines.receive().await.is_none());
    assert!(!gone.is_cancelled());
    gone.cancelled().await;
}
