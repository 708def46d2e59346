//! 2026-07-28: each request stands for itself.

use hotcell_testkit::components::answers::ok;
use rmcp::model::{CallToolResponse, CancelTaskParams, GetSkillRequestParams, GetTaskParams};
use rmcp::model::{SkillResources, TaskStatus};
use serde_json::json;

use crate::room::example;
use crate::site::{add, call, outcome, probe, room, stateless, text};

#[tokio::test]
async fn a_tool_is_called_without_being_loaded_and_no_list_changes() {
    let room = room(&ok());
    let client = stateless(&room, &[]).await;
    let before = client.list_all_tools().await.unwrap();
    let called = client.call_tool(probe("answer", json!({}))).await.unwrap();
    assert_eq!(called.structured_content, Some(json!({ "ok": true })));
    assert_eq!(outcome(&called)["status"], "ok");
    let loaded = call("load_skill", json!({ "skill": "probe" }));
    let loaded = client.call_tool(loaded).await.unwrap();
    assert!(
        text(&loaded).contains("to be called with `call_tool`"),
        "{loaded:?}"
    );
    assert_eq!(client.list_all_tools().await.unwrap(), before);
    let direct = client.call_tool(call("probe_answer", json!({}))).await;
    let direct = direct.unwrap_err().to_string();
    assert!(
        direct.contains("use `call_tool` with the skill `probe`"),
        "{direct}"
    );
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn an_assistant_may_list_its_tools_directly() {
    let room = room(&ok());
    room.write(
        "hotcell.toml",
        "[assistant.office]\nskills = [\"probe@1\"]\ntools = \"direct\"\n",
    );
    let arguments = ["--config", "hotcell.toml", "--assistant", "office"];
    let client = stateless(&room, &arguments).await;
    let tools = client.list_all_tools().await.unwrap();
    assert!(tools.iter().any(|tool| tool.name == "probe_answer"));
    let called = client
        .call_tool(call("probe_answer", json!({})))
        .await
        .unwrap();
    assert_eq!(called.structured_content, Some(json!({ "ok": true })));
    client.cancel().await.unwrap();
    let unknown = room.run(&["mcp", "--config", "hotcell.toml", "--assistant", "ofice"]);
    unknown.fails(3, &["there is no assistant", "`office`"]);
}

#[tokio::test]
async fn a_job_is_a_task_and_another_callers_looks_absent() {
    let room = room(&ok());
    let toml = std::fs::read_to_string(room.at("probe/skill.toml")).unwrap();
    let toml = toml.replacen(
        "effect = \"none\"",
        "effect = \"none\"\nmode = \"async\"",
        1,
    );
    room.write("probe/skill.toml", toml.replace("1.0.0", "1.1.0"));
    add(&room, "probe");
    // It asks for more than the version before, so an operator lets it.
    assert_eq!(room.run(&["approve", "probe@1.1.0", "--yes"]).code, 0);
    room.write("hotcell.toml", "[caller.local]\n[caller.bob]\n");
    let client = stateless(&room, &["--config", "hotcell.toml"]).await;
    let created = client.call_tool_once(probe("answer", json!({}))).await;
    let created = created.unwrap();
    let CallToolResponse::Task(created) = created else {
        panic!("it is a task: {created:?}");
    };
    let id = created.task.task_id;
    let bob = stateless(&room, &["--config", "hotcell.toml", "--as", "bob"]).await;
    assert!(bob.get_task(GetTaskParams::new(id.clone())).await.is_err());
    assert!(
        bob.cancel_task(CancelTaskParams::new(id.clone()))
            .await
            .is_err()
    );
    let status = call("job_status", json!({ "job_id": id, "wait_ms": 60_000 }));
    let absent = bob.call_tool(status.clone()).await.unwrap();
    assert!(text(&absent).contains("there is no job"), "{absent:?}");
    let ended = client.call_tool(status).await.unwrap();
    assert_eq!(ended.structured_content, Some(json!({ "ok": true })));
    let task = client.get_task(GetTaskParams::new(id)).await.unwrap();
    assert_eq!(task.task.status(), TaskStatus::Completed);
    bob.cancel().await.unwrap();
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn skills_are_served_with_their_digests_and_without_the_component() {
    let room = room(&ok());
    add(&room, &example("tax-check"));
    let client = stateless(&room, &[]).await;
    let all = client.list_skills(None).await.unwrap().skills;
    assert_eq!(all.len(), 2);
    for listed in all {
        let SkillResources::Files(files) = &listed.resources else {
            panic!("they are listed");
        };
        assert!(!files.iter().any(|file| file.uri.ends_with(".wasm")));
        for file in files {
            let read = rmcp::model::ReadResourceRequestParams::new(file.uri.clone());
            let read = client.read_resource(read).await.unwrap();
            let contents = serde_json::to_value(&read.contents[0]).unwrap();
            let text = contents["text"].as_str().unwrap();
            file.verify(text.as_bytes()).unwrap();
        }
        let got = GetSkillRequestParams::new(listed.uri.clone());
        assert_eq!(client.get_skill(got).await.unwrap().skill, listed);
    }
    client.cancel().await.unwrap();
}
