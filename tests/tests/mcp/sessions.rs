//! Sessions of 2025-11-25: what is loaded appears, and goes.

use hotcell_testkit::components::answers::ok;
use hotcell_testkit::components::spin::in_call;
use serde_json::{Value, json};

use crate::room::example;
use crate::site::{Running, add, call, outcome, probe, room, session, text};

async fn names(client: &Running) -> Vec<String> {
    let tools = client.list_all_tools().await.unwrap();
    tools.iter().map(|tool| tool.name.to_string()).collect()
}

#[tokio::test]
async fn the_tools_of_a_loaded_skill_appear_and_go() {
    let room = room(&ok());
    let (client, mut hears) = session(&room).await;
    let before = names(&client).await;
    assert_eq!(before.len(), 6, "{before:?}");
    let early = client.call_tool(call("probe_answer", json!({}))).await;
    let early = early.unwrap_err().to_string();
    assert!(early.contains("load the skill `probe` first"), "{early}");
    let loaded = call("load_skill", json!({ "skill": "probe" }));
    let loaded = client.call_tool(loaded).await.unwrap();
    assert!(
        text(&loaded).contains("in its author's words"),
        "{loaded:?}"
    );
    assert_eq!(hears.recv().await, Some("tools"));
    let tools = client.list_all_tools().await.unwrap();
    let answer = tools
        .iter()
        .find(|tool| tool.name == "probe_answer")
        .unwrap();
    let hints = serde_json::to_value(&answer.annotations).unwrap();
    assert_eq!(hints["readOnlyHint"], true);
    assert_eq!(hints["openWorldHint"], false);
    assert!(answer.output_schema.is_some());
    let number = tools
        .iter()
        .find(|tool| tool.name == "probe_number")
        .unwrap();
    assert!(number.output_schema.is_none(), "it is of no object");
    let called = client
        .call_tool(call("probe_answer", json!({})))
        .await
        .unwrap();
    assert_eq!(called.structured_content, Some(json!({ "ok": true })));
    let unload = call("unload_skill", json!({ "skill": "probe" }));
    client.call_tool(unload).await.unwrap();
    assert_eq!(hears.recv().await, Some("tools"));
    assert_eq!(names(&client).await, before);
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn errors_are_results_of_the_tool_and_say_what_to_do() {
    let room = room(&ok());
    let (client, _hears) = session(&room).await;
    let refused = client.call_tool(probe("post", json!({}))).await.unwrap();
    assert_eq!(refused.is_error, Some(true));
    assert_eq!(refused.structured_content, None);
    assert_eq!(
        outcome(&refused)["error"]["code"],
        "idempotency_key_required"
    );
    assert!(text(&refused).contains("`idempotency_key`"), "{refused:?}");
    let wrong = call("call_tool", json!({ "skill": "probe", "tool": "anwser" }));
    let wrong = client.call_tool(wrong).await.unwrap();
    assert_eq!(wrong.is_error, Some(true));
    assert!(text(&wrong).contains("did you mean `answer`?"), "{wrong:?}");
    let absent = call(
        "call_tool",
        json!({ "skill": "none", "tool": "x", "more": 1 }),
    );
    let absent = client.call_tool(absent).await.unwrap();
    assert!(text(&absent).contains("invalid_arguments"), "{absent:?}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_keyed_call_is_done_once() {
    let room = room(&ok());
    let (client, _hears) = session(&room).await;
    let arguments = json!({ "skill": "probe", "tool": "post", "idempotency_key": "k-1",
        "correlation_id": "req-9" });
    let first = client.call_tool(call("call_tool", arguments.clone())).await;
    let first = first.unwrap();
    let second = client
        .call_tool(call("call_tool", arguments))
        .await
        .unwrap();
    assert_eq!(outcome(&first)["replayed"], false);
    assert_eq!(outcome(&second)["replayed"], true);
    assert_eq!(outcome(&second)["correlation_id"], "req-9");
    assert_eq!(
        outcome(&first)["invocation_id"],
        outcome(&second)["invocation_id"]
    );
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_written_document_is_fetched_as_a_resource() {
    let room = room(&ok());
    add(&room, &example("quote-docx"));
    let (client, _hears) = session(&room).await;
    let office = std::fs::read(format!("{}/examples/office.json", example("quote-docx")));
    let office: Value = serde_json::from_slice(&office.unwrap()).unwrap();
    let arguments = json!({ "skill": "quote-docx", "tool": "make_quote", "arguments": office });
    let made = client
        .call_tool(call("call_tool", arguments))
        .await
        .unwrap();
    let link = made
        .content
        .iter()
        .find_map(|block| block.as_resource_link());
    let uri = &link.unwrap().uri;
    let read = rmcp::model::ReadResourceRequestParams::new(uri.clone());
    let read = client.read_resource(read).await.unwrap();
    let contents = serde_json::to_value(&read.contents[0]).unwrap();
    assert!(
        contents["blob"].as_str().unwrap().starts_with("UEsD"),
        "it is a zip"
    );
    let other = uri.replace("/artifacts/", "/artifacts/no-");
    let other = rmcp::model::ReadResourceRequestParams::new(other);
    assert!(client.read_resource(other).await.is_err());
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn an_endless_guest_is_stopped_and_never_holds_up_others() {
    let room = room(&in_call());
    let (client, _hears) = session(&room).await;
    let peer = client.peer().clone();
    let spinning = rmcp::model::ClientRequest::CallToolRequest(rmcp::model::CallToolRequest::new(
        probe("answer", json!({})),
    ));
    let options = rmcp::service::PeerRequestOptions::no_options();
    let spinning = peer
        .send_cancellable_request(spinning, options)
        .await
        .unwrap();
    let other = call("list_skills", json!({}));
    assert!(client.call_tool(other).await.is_ok());
    spinning.cancel(Some("enough".to_owned())).await.unwrap();
    client.cancel().await.unwrap();
    // The server has ended, and with it the call: its end is on record.
    let log = room.run(&["audit", "list", "--json"]);
    assert!(
        log.stdout.contains("cancelled"),
        "{}{}",
        log.stdout,
        log.stderr
    );
}
