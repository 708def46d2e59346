//! Lists that are longer than a page, and who hears that they have changed.

use hotcell_testkit::components::answers::ok;
use rmcp::ServiceError;
use rmcp::model::{ErrorCode, PaginatedRequestParams, ServerNotification, SubscriptionFilter};
use serde_json::{Value, json};

use crate::room::Room;
use crate::site::{Running, add, call, room, stateless};

/// `LIST_PAGE_MAX` of the server's limits.
const PAGE: usize = 100;
const MANY: usize = 130;

/// Returns a room with many skills, two of them with 60 tools each.
fn crowded() -> Room {
    let room = room(&ok());
    for n in 0..MANY {
        let text = format!("---\nname: doc-{n:03}\ndescription: Says something.\n---\nIt does.\n");
        room.write(&format!("many/doc-{n:03}/SKILL.md"), text);
    }
    for name in ["wide-a", "wide-b"] {
        let text = format!("---\nname: {name}\ndescription: Has tools.\n---\nCall them.\n");
        room.write(&format!("{name}/SKILL.md"), text);
        room.write(
            &format!("{name}/skill.toml"),
            "[skill]\nversion = \"1.0.0\"\n",
        );
        let tool = |n: usize| {
            json!({ "name": format!("tool_{n}"), "description": "Does nothing.",
                "input_schema": { "type": "object", "properties": {} },
                "output_schema": { "type": "object" } })
        };
        let tools: Vec<Value> = (0..60).map(tool).collect();
        let schema = json!({ "tools": tools }).to_string();
        room.write(&format!("{name}/schema.json"), schema);
        room.write(&format!("{name}/skill.wasm"), ok().to_bytes());
        add(&room, name);
    }
    room.write(
        "hotcell.toml",
        "[registry]\nfolders = [\"many\"]\n\
         [assistant.wide]\nskills = [\"wide-a@1\", \"wide-b@1\"]\ntools = \"direct\"\n",
    );
    room
}

fn after(cursor: Option<String>) -> Option<PaginatedRequestParams> {
    Some(PaginatedRequestParams::default().with_cursor(cursor))
}

fn refuses<T: std::fmt::Debug>(told: Result<T, ServiceError>) {
    match told {
        Err(ServiceError::McpError(error)) => assert_eq!(error.code, ErrorCode::INVALID_PARAMS),
        other => panic!("a cursor of nobody's: {other:?}"),
    }
}

async fn skills(client: &Running) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = client.list_skills(after(cursor)).await.unwrap();
        assert!(page.skills.len() <= PAGE);
        all.extend(page.skills.into_iter().map(|skill| skill.uri));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn a_long_list_comes_in_pages() {
    let room = crowded();
    let client = stateless(&room, &["--config", "hotcell.toml"]).await;
    let first = client.list_prompts(None).await.unwrap();
    assert_eq!(first.prompts.len(), PAGE);
    let cursor = first.next_cursor.unwrap();
    let prompts = client.list_all_prompts().await.unwrap();
    let mut names: Vec<_> = prompts.iter().map(|prompt| &prompt.name).collect();
    names.dedup();
    assert_eq!(names.len(), MANY + 3);
    assert_eq!(client.list_all_resources().await.unwrap().len(), MANY + 3);
    assert_eq!(skills(&client).await.len(), MANY + 3);
    refuses(client.list_resources(after(Some(cursor.clone()))).await);
    refuses(client.list_skills(after(Some(cursor.clone()))).await);
    refuses(client.list_tools(after(Some(cursor))).await);
    refuses(client.list_prompts(after(Some("0".to_owned()))).await);
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_long_list_of_tools_comes_in_pages() {
    let room = crowded();
    let arguments = ["--config", "hotcell.toml", "--assistant", "wide"];
    let client = stateless(&room, &arguments).await;
    let first = client.list_tools(None).await.unwrap();
    assert_eq!(first.tools.len(), PAGE);
    assert_eq!(client.list_all_tools().await.unwrap().len(), 120 + 6);
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn who_listens_hears_what_has_changed() {
    let room = room(&ok());
    let client = stateless(&room, &[]).await;
    let all = SubscriptionFilter::builder()
        .tools_list_changed()
        .prompts_list_changed()
        .resources_list_changed()
        .resource_subscription("skill://probe/SKILL.md")
        .build();
    let mut hears = client.peer().listen(all).await.unwrap();
    let heard = hears.acknowledged();
    assert_eq!(heard.tools_list_changed, Some(true));
    assert_eq!(heard.resource_subscriptions, None, "no file ever changes");
    // What is loaded changes no list.
    let loaded = call("load_skill", json!({ "skill": "probe" }));
    client.call_tool(loaded).await.unwrap();
    assert_eq!(room.run(&["disable", "probe"]).code, 0);
    let first = hears.next().await.unwrap().unwrap();
    let second = hears.next().await.unwrap().unwrap();
    let names = |one: &ServerNotification| match one {
        ServerNotification::PromptListChangedNotification(_) => "prompts",
        ServerNotification::ResourceListChangedNotification(_) => "resources",
        other => panic!("nothing else has changed: {other:?}"),
    };
    assert_eq!([names(&first), names(&second)], ["prompts", "resources"]);
    assert!(client.list_all_prompts().await.unwrap().is_empty());
    drop(hears);
    client.cancel().await.unwrap();
}
