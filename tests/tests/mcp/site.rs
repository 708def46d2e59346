//! A room with skills, and clients of its server.

use std::process::Command;

use hotcell_testkit::components::Tool;
use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, Implementation,
    ProtocolVersion,
};
use rmcp::service::{NotificationContext, RunningService};
use rmcp::transport::TokioChildProcess;
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt, RoleClient};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::room::Room;

/// A client that keeps what it is told besides its answers.
pub(crate) struct Client {
    told: UnboundedSender<&'static str>,
    capabilities: ClientCapabilities,
}

/// A client at work.
pub(crate) type Running = RunningService<RoleClient, Client>;

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        ClientConfig::new(self.capabilities.clone(), Implementation::new("test", "1"))
    }

    async fn on_tool_list_changed(&self, _context: NotificationContext<RoleClient>) {
        let _ = self.told.send("tools");
    }
}

/// How a client begins.
pub(crate) type Lifecycle = fn() -> ClientLifecycleMode;

/// With a session, of the 2025 revision.
pub(crate) const INITIALIZE: Lifecycle = || ClientLifecycleMode::Initialize;
/// Without one, of the 2026 revision.
pub(crate) const DISCOVER: Lifecycle = || ClientLifecycleMode::Discover {
    preferred_versions: vec![ProtocolVersion::V_2026_07_28],
};

/// Returns a room in which the package `probe` is installed, with this component.
pub(crate) fn room(tool: &Tool) -> Room {
    let room = Room::new();
    room.tool(tool);
    add(&room, "probe");
    room
}

/// Installs a package.
pub(crate) fn add(room: &Room, package: &str) {
    let added = room.run(&["add", package]);
    assert_eq!(added.code, 0, "{}", added.stderr);
}

/// Starts a server in the room, and a client of the 2025 revision.
pub(crate) async fn session(room: &Room) -> (Running, UnboundedReceiver<&'static str>) {
    let capabilities = ClientCapabilities::default();
    start(room, capabilities, ClientLifecycleMode::Initialize).await
}

/// The same of the 2026 revision, which knows tasks.
pub(crate) async fn stateless(room: &Room, arguments: &[&str]) -> Running {
    let capabilities = ClientCapabilities::builder().enable_tasks().build();
    let command = room.command(&[&["mcp"], arguments].concat());
    connect(command, capabilities, DISCOVER()).await.0
}

async fn start(
    room: &Room,
    capabilities: ClientCapabilities,
    lifecycle: ClientLifecycleMode,
) -> (Running, UnboundedReceiver<&'static str>) {
    connect(room.command(&["mcp"]), capabilities, lifecycle).await
}

async fn connect(
    command: Command,
    capabilities: ClientCapabilities,
    lifecycle: ClientLifecycleMode,
) -> (Running, UnboundedReceiver<&'static str>) {
    let (told, hears) = unbounded_channel();
    let client = Client { told, capabilities };
    let server = TokioChildProcess::new(tokio::process::Command::from(command)).unwrap();
    let running = client.serve_with_lifecycle(server, lifecycle).await;
    (running.unwrap(), hears)
}

/// Returns the parameters of a call.
pub(crate) fn call(name: &str, arguments: Value) -> CallToolRequestParams {
    let arguments = arguments.as_object().unwrap().clone();
    CallToolRequestParams::new(name.to_owned()).with_arguments(arguments)
}

/// Returns the parameters of a call of a tool of `probe`, by `call_tool`.
pub(crate) fn probe(tool: &str, arguments: Value) -> CallToolRequestParams {
    let arguments = json!({ "skill": "probe", "tool": tool, "arguments": arguments });
    call("call_tool", arguments)
}

/// Returns the text of a result.
pub(crate) fn text(result: &CallToolResult) -> &str {
    let text = result.content.iter().find_map(|block| block.as_text());
    &text.unwrap().text
}

/// Returns what a result says of its Outcome.
pub(crate) fn outcome(result: &CallToolResult) -> &Value {
    &result.meta.as_ref().unwrap().0["hotcell/outcome"]
}
