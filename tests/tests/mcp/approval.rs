//! A yes that a call's changes wait for, said by its client: where the operator lets it, to exactly
//! what was asked, once.

use std::fs;

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResponse, ClientCapabilities, ClientConfig,
    ClientRequest, ElicitRequestParams, ElicitResult, ErrorData, Implementation,
    InputRequiredResult, InputResponses,
};
use rmcp::service::{PeerRequestOptions, RequestContext, RunningService};
use rmcp::transport::TokioChildProcess;
use rmcp::{ClientHandler, ClientServiceExt, RoleClient};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::http::{Server, hash, request_with};
use crate::room::{Room, example};
use crate::site::{DISCOVER, INITIALIZE, Lifecycle, call, outcome};

const PLACES: [&str; 4] = ["--config", "hotcell.toml", "--data", "data"];
const CLIENT: &str = "preview = true\napproval = \"client\"";

/// Somebody at a client who answers what is asked.
struct Person {
    answer: Value,
    capabilities: ClientCapabilities,
    asked: UnboundedSender<String>,
}

type Running = RunningService<RoleClient, Person>;

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        ClientConfig::new(self.capabilities.clone(), Implementation::new("test", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            panic!("a form: {request:?}");
        };
        self.asked.send(message).unwrap();
        if self.answer.is_null() {
            // Nobody is there.
            std::future::pending::<()>().await;
        }
        Ok(serde_json::from_value(self.answer.clone()).unwrap())
    }
}

fn yes() -> Value {
    json!({ "action": "accept", "content": { "answer": "approve once" } })
}

/// Returns a room with `file-ops` and the folder `notes`, granted as `keys` say.
fn room(keys: &str) -> Room {
    let room = Room::new();
    room.write("notes/a.md", "one\ntwo\n");
    let grant = "[[grant]]\nskill = \"file-ops@1\"\nwork = \"notes\"\naccess = \"write\"\n";
    let callers = format!(
        "[caller.local]\n[caller.ann]\ntoken_sha256 = \"{}\"\n[caller.bob]\ntoken_sha256 = \"{}\"\n",
        hash("ann-token"),
        hash("bob-token")
    );
    room.write("hotcell.toml", format!("{callers}{grant}{keys}\n"));
    let skill = example("file-ops");
    for command in [&["approve", &skill, "--yes"][..], &["add", &skill]] {
        let ran = room.run(&[command, &PLACES].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    room
}

async fn client(
    room: &Room,
    lifecycle: Lifecycle,
    answer: Value,
) -> (Running, UnboundedReceiver<String>) {
    let capabilities = ClientCapabilities::builder().enable_elicitation().build();
    able(room, lifecycle, answer, capabilities).await
}

async fn able(
    room: &Room,
    lifecycle: Lifecycle,
    answer: Value,
    capabilities: ClientCapabilities,
) -> (Running, UnboundedReceiver<String>) {
    let (asked, hears) = unbounded_channel();
    let person = Person {
        answer,
        capabilities,
        asked,
    };
    let command = room.command(&[&["mcp"], &PLACES[..]].concat());
    let server = TokioChildProcess::new(tokio::process::Command::from(command)).unwrap();
    let running = person.serve_with_lifecycle(server, lifecycle()).await;
    (running.unwrap(), hears)
}

fn arguments(replace: &str) -> Value {
    let edit = json!({ "path": "a.md", "edits": [{ "find": "one", "replace": replace }] });
    json!({ "skill": "file-ops", "tool": "edit_file", "arguments": edit })
}

fn edit(replace: &str) -> CallToolRequestParams {
    call("call_tool", arguments(replace))
}

fn note(room: &Room) -> String {
    fs::read_to_string(room.at("notes/a.md")).unwrap()
}

/// Returns what is on record of the yeses to calls.
fn approvals(room: &Room) -> Vec<Value> {
    let log = room.run(&[&["audit", "list", "--json", "--limit", "1000"], &PLACES[..]].concat());
    let log: Value = serde_json::from_str(&log.stdout).unwrap();
    let begun = log["events"].as_array().unwrap().iter();
    let begun = begun.filter(|event| event["kind"] == "begun");
    let all = begun.map(|event| event["body"]["approved"].clone());
    all.filter(|approved| !approved.is_null()).collect()
}

async fn a_yes_is_heard(lifecycle: Lifecycle) {
    let room = room(CLIENT);
    let (client, mut asked) = client(&room, lifecycle, yes()).await;
    let made = client.call_tool(edit("ONE")).await.unwrap();
    assert_eq!(outcome(&made)["status"], "ok", "{made:?}");
    let question = asked.recv().await.unwrap();
    assert!(question.contains("`edit_file`"), "{question}");
    assert!(
        question.contains("- modified: a.md (8 bytes)"),
        "{question}"
    );
    assert_eq!(note(&room), "ONE\ntwo\n");
    let read = json!({ "skill": "file-ops", "tool": "read_file", "arguments": { "path": "a.md" } });
    let read = client.call_tool(call("call_tool", read)).await.unwrap();
    assert_eq!(outcome(&read)["status"], "ok", "{read:?}");
    client.cancel().await.unwrap();
    assert!(asked.recv().await.is_none(), "who reads is not asked");
    let approved = approvals(&room);
    assert_eq!(approved.len(), 1, "{approved:?}");
    assert_eq!(approved[0]["by"], "caller");
    assert_eq!(approved[0]["changes"].as_str().map(str::len), Some(64));
}

#[tokio::test]
async fn a_yes_is_heard_in_a_session() {
    a_yes_is_heard(INITIALIZE).await;
}

#[tokio::test]
async fn a_yes_is_heard_without_a_session() {
    a_yes_is_heard(DISCOVER).await;
}

async fn anything_else_is_a_no(lifecycle: Lifecycle) {
    let room = room(CLIENT);
    for answer in [
        json!({ "action": "decline" }),
        json!({ "action": "cancel" }),
        json!({ "action": "accept" }),
        json!({ "action": "accept", "content": { "answer": "refuse" } }),
        json!({ "action": "accept", "content": { "answer": true } }),
    ] {
        let (client, mut asked) = client(&room, lifecycle, answer.clone()).await;
        let refused = client.call_tool(edit("ONE")).await.unwrap();
        let code = &outcome(&refused)["error"]["code"];
        assert_eq!(code, "changes_not_approved", "{answer}");
        client.cancel().await.unwrap();
        assert!(asked.recv().await.is_some() && asked.recv().await.is_none());
        assert_eq!(note(&room), "one\ntwo\n", "{answer}");
    }
    assert_eq!(approvals(&room), Vec::<Value>::new());
}

#[tokio::test]
async fn anything_else_is_a_no_in_a_session() {
    anything_else_is_a_no(INITIALIZE).await;
}

#[tokio::test]
async fn anything_else_is_a_no_without_a_session() {
    anything_else_is_a_no(DISCOVER).await;
}

#[tokio::test]
async fn a_call_that_is_cancelled_waits_for_no_answer() {
    let room = room(CLIENT);
    let (client, mut asked) = client(&room, INITIALIZE, Value::Null).await;
    let request = CallToolRequest::new(edit("ONE"));
    let waiting = client.peer().send_cancellable_request(
        ClientRequest::CallToolRequest(request),
        PeerRequestOptions::no_options(),
    );
    let waiting = waiting.await.unwrap();
    assert!(asked.recv().await.is_some());
    let listed = client.call_tool(call("list_skills", json!({}))).await;
    assert!(listed.is_ok(), "others are answered meanwhile");
    waiting.cancel(None).await.unwrap();
    // It ends with its client, at once: the question would wait for minutes.
    client.cancel().await.unwrap();
    assert_eq!(note(&room), "one\ntwo\n");
    assert_eq!(approvals(&room), Vec::<Value>::new());
}

async fn nobody_is_asked(room: &Room, lifecycle: Lifecycle, capabilities: ClientCapabilities) {
    let (client, mut asked) = able(room, lifecycle, yes(), capabilities).await;
    let refused = client.call_tool(edit("ONE")).await.unwrap();
    let code = &outcome(&refused)["error"]["code"];
    assert_eq!(code, "changes_not_approved", "{refused:?}");
    client.cancel().await.unwrap();
    assert!(asked.recv().await.is_none());
    assert_eq!(note(room), "one\ntwo\n");
}

#[tokio::test]
async fn nobody_is_asked_unless_operator_and_client_want_it() {
    let asks = ClientCapabilities::builder().enable_elicitation().build();
    let (operators, clients) = (room("preview = true"), room(CLIENT));
    for lifecycle in [INITIALIZE, DISCOVER] {
        nobody_is_asked(&operators, lifecycle, asks.clone()).await;
        nobody_is_asked(&clients, lifecycle, ClientCapabilities::default()).await;
    }
}

async fn asked(client: &Running, request: CallToolRequestParams) -> InputRequiredResult {
    match client.call_tool_once(request).await.unwrap() {
        CallToolResponse::InputRequired(asked) => asked,
        other => panic!("it asks: {other:?}"),
    }
}

/// Returns the retry of a call, with an answer.
fn retry(request: CallToolRequestParams, state: &str, answer: Value) -> CallToolRequestParams {
    let answers = InputResponses::from([("approval".to_owned(), answer)]);
    let request = request.with_input_responses(answers);
    request.with_request_state(state)
}

async fn code(client: &Running, request: CallToolRequestParams) -> Value {
    match client.call_tool_once(request).await.unwrap() {
        CallToolResponse::Complete(told) => outcome(&told)["error"]["code"].clone(),
        other => panic!("it ends: {other:?}"),
    }
}

#[tokio::test]
async fn an_answer_is_good_once_and_for_its_very_call() {
    let room = room(CLIENT);
    let (client, _asked) = client(&room, DISCOVER, yes()).await;
    let state = |asked: InputRequiredResult| asked.request_state.unwrap();
    for forged in ["", "offer-0", "offer-00000000000000000000000000000000"] {
        assert_eq!(
            code(&client, retry(edit("ONE"), forged, yes())).await,
            "approval_void"
        );
    }
    let first = state(asked(&client, edit("ONE")).await);
    let changed = retry(edit("TWO"), &first, yes());
    assert_eq!(code(&client, changed).await, "approval_void");
    let spoiled = retry(edit("ONE"), &first, yes());
    assert_eq!(
        code(&client, spoiled).await,
        "approval_void",
        "it was tried"
    );
    let keyed = state(asked(&client, edit("ONE")).await);
    let mut with_key = arguments("ONE");
    with_key["idempotency_key"] = json!("k");
    let with_key = retry(call("call_tool", with_key), &keyed, yes());
    assert_eq!(code(&client, with_key).await, "approval_void");
    assert_eq!(note(&room), "one\ntwo\n");
    let good = state(asked(&client, edit("ONE")).await);
    let unanswered = edit("ONE").with_request_state(good.clone());
    assert_ne!(
        state(asked(&client, unanswered).await),
        good,
        "it is asked anew"
    );
    assert_eq!(
        code(&client, retry(edit("ONE"), &good, yes())).await,
        Value::Null
    );
    assert_eq!(note(&room), "ONE\ntwo\n");
    fs::write(room.at("notes/a.md"), "one\ntwo\n").unwrap();
    assert_eq!(
        code(&client, retry(edit("ONE"), &good, yes())).await,
        "approval_void"
    );
    let declined = state(asked(&client, edit("ONE")).await);
    let no = retry(edit("ONE"), &declined, json!({ "action": "decline" }));
    assert_eq!(code(&client, no).await, "changes_not_approved");
    assert_eq!(
        code(&client, retry(edit("ONE"), &declined, yes())).await,
        "approval_void"
    );
    assert_eq!(note(&room), "one\ntwo\n");
    client.cancel().await.unwrap();
    assert_eq!(approvals(&room).len(), 1);
}

#[tokio::test]
async fn what_has_changed_since_is_not_what_was_approved() {
    let room = room(CLIENT);
    let (client, _asked) = client(&room, DISCOVER, yes()).await;
    let state = asked(&client, edit("ONE")).await.request_state.unwrap();
    fs::write(room.at("notes/a.md"), "one\nand more\n").unwrap();
    assert_eq!(
        code(&client, retry(edit("ONE"), &state, yes())).await,
        "changes_differ"
    );
    assert_eq!(note(&room), "one\nand more\n");
    client.cancel().await.unwrap();
}

#[test]
fn an_answer_is_good_for_its_caller() {
    let room = room(CLIENT);
    let server = Server::start(&room, &PLACES);
    let asks = json!({ "elicitation": { "form": {} } });
    let send = |token: &str, answered: Option<&str>| {
        let mut params = json!({ "name": "call_tool", "arguments": arguments("ONE") });
        if let Some(state) = answered {
            params["requestState"] = json!(state);
            params["inputResponses"] = json!({ "approval": yes() });
        }
        let (mut headers, body) = request_with("tools/call", params, &asks);
        headers.push(format!("authorization: Bearer {token}"));
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let (status, _, answer) = server.send("/mcp", &headers, &body);
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str::<Value>(&answer).unwrap()["result"].take()
    };
    let asked = send("ann-token", None);
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let state = asked["requestState"].as_str().unwrap();
    let question = &asked["inputRequests"]["approval"];
    assert_eq!(question["method"], "elicitation/create", "{asked}");
    let told = |told: &Value| told["_meta"]["hotcell/outcome"]["error"]["code"].clone();
    assert_eq!(told(&send("bob-token", Some(state))), "approval_void");
    assert_eq!(note(&room), "one\ntwo\n");
    let done = send("ann-token", Some(state));
    assert_eq!(
        told(&done),
        Value::Null,
        "another's try spoils nothing: {done}"
    );
    assert_eq!(note(&room), "ONE\ntwo\n");
    server.end();
}
