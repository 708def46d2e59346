//! Jobs: by two tools for every client, and as tasks (SEP-2663) for those that know them.
//!
//! All of it is over the caller's own invocations; another's looks absent.

use std::time::{Duration, UNIX_EPOCH};

use hotcell_host::journal::{Commanded, InvocationRow, Mode};
use hotcell_host::{Cancel, Reply};
use hotcell_package::printable;
use hotcell_policy::Status;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolResult, ContentBlock, CreateTaskResult, DetailedTask, ErrorData, GetTaskResult, Task,
    TaskPayload, TaskStatus,
};
use rmcp::service::RequestContext;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::fault;
use super::session::{Session, Who};
use super::tell::{Answer, result};
use super::tools::refused;
use crate::limits::{JOB_WAIT_MAX, POLL_EVERY};

/// The arguments of `job_status`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusArguments {
    job_id: String,
    #[serde(default)]
    wait_ms: u64,
}

/// The arguments of `job_cancel`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelArguments {
    job_id: String,
}

impl Session {
    /// Tells how far a job is, or its end.
    pub(super) async fn job_status(
        &self,
        who: &Who,
        arguments: StatusArguments,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let wait = Duration::from_millis(arguments.wait_ms).min(JOB_WAIT_MAX);
        let gone = Cancel::new();
        let host = &self.mcp.host;
        let asked = Box::pin(host.own_reply(&who.caller, &arguments.job_id, wait, &gone));
        let told = self.until_stopped(asked, &gone, context).await;
        Ok(match told.map_err(fault)? {
            None => no_job(&arguments.job_id),
            Some((row, reply)) => match row.ended_ms {
                Some(_) => result(reply, Answer::Job),
                None => under_way(&row),
            },
        })
    }

    /// Tells a job to end.
    pub(super) async fn job_cancel(
        &self,
        who: &Who,
        arguments: CancelArguments,
    ) -> Result<CallToolResult, ErrorData> {
        let asked = self.mcp.host.cancel_own(&who.caller, &arguments.job_id);
        let id = printable(&arguments.job_id).into_owned();
        let (status, text) = match asked.await.map_err(fault)? {
            None => return Ok(no_job(&id)),
            Some(Commanded::Done) => ("cancelled", format!("the job {id} is cancelled")),
            Some(Commanded::Asked) => ("ending", format!("the job {id} is told to end")),
            Some(Commanded::TooLate) => ("ended", format!("the job {id} has ended already")),
            Some(Commanded::Unknown) => return Ok(no_job(&id)),
        };
        let mut told = CallToolResult::success(vec![ContentBlock::text(text)]);
        told.structured_content = Some(json!({ "job_id": id, "status": status }));
        Ok(told)
    }

    /// Returns a task of the caller.
    pub(super) async fn task(&self, who: &Who, id: &str) -> Result<GetTaskResult, ErrorData> {
        let (host, gone) = (&self.mcp.host, Cancel::new());
        let told = host.own_reply(&who.caller, id, Duration::ZERO, &gone);
        let told = told.await.map_err(fault)?;
        let (row, reply) = told.filter(|(row, _)| is_job(row)).ok_or_else(no_task)?;
        Ok(GetTaskResult::new(DetailedTask::new(
            task(&row),
            payload(&row, reply)?,
        )))
    }

    /// Tells a task of the caller to end.
    pub(super) async fn end_task(&self, who: &Who, id: &str) -> Result<(), ErrorData> {
        let host = &self.mcp.host;
        let row = host.own_invocation(&who.caller, id).await.map_err(fault)?;
        let row = row.filter(is_job).ok_or_else(no_task)?;
        host.cancel_own(&who.caller, &row.id).await.map_err(fault)?;
        Ok(())
    }

    /// Checks that a task is the caller's: it asks for nothing that could be handed in.
    pub(super) async fn has_task(&self, who: &Who, id: &str) -> Result<(), ErrorData> {
        let host = &self.mcp.host;
        let row = host.own_invocation(&who.caller, id).await.map_err(fault)?;
        row.filter(is_job).map(drop).ok_or_else(no_task)
    }
}

/// Tells that a call was made a task.
pub(super) fn task_created(row: &InvocationRow) -> CallToolTask {
    CallToolTask(CreateTaskResult::new(task(row)))
}

/// A task in the place of a call's result.
pub(super) struct CallToolTask(CreateTaskResult);

impl From<CallToolTask> for rmcp::model::CallToolResponse {
    fn from(created: CallToolTask) -> Self {
        rmcp::model::CallToolResponse::Task(created.0)
    }
}

fn is_job(row: &InvocationRow) -> bool {
    row.mode == Mode::Async
}

fn task(row: &InvocationRow) -> Task {
    let status = match (row.ended_ms, row.status) {
        (None, _) => TaskStatus::Working,
        (Some(_), Some(Status::Cancelled)) => TaskStatus::Cancelled,
        (Some(_), _) => TaskStatus::Completed,
    };
    let updated = row.ended_ms.unwrap_or(row.begun_ms);
    let poll = u64::try_from(POLL_EVERY.as_millis()).unwrap_or(u64::MAX);
    let task = Task::new(row.id.clone(), status, date(row.begun_ms), date(updated));
    let task = task.with_poll_interval_ms(poll);
    match &row.progress {
        Some(progress) if row.ended_ms.is_none() && !progress.message.is_empty() => {
            task.with_status_message(printable(&progress.message).into_owned())
        }
        _ => task,
    }
}

fn payload(row: &InvocationRow, reply: Reply) -> Result<TaskPayload, ErrorData> {
    Ok(match (row.ended_ms, row.status) {
        (None, _) => TaskPayload::Working,
        (Some(_), Some(Status::Cancelled)) => TaskPayload::Cancelled,
        (Some(_), _) => {
            let told = serde_json::to_value(result(reply, Answer::Job));
            let Ok(Value::Object(result)) = told else {
                return Err(ErrorData::internal_error("the result cannot be told", None));
            };
            TaskPayload::Completed { result }
        }
    })
}

/// Tells of a job that goes on.
fn under_way(row: &InvocationRow) -> CallToolResult {
    let state = json!(row.state);
    let state = state.as_str().unwrap_or("running");
    let mut told = json!({ "job_id": row.id, "status": state, "attempt": row.attempt });
    let mut text = format!("the job {} is {state}", row.id);
    if let Some(progress) = &row.progress {
        let message = printable(&progress.message);
        told["progress"] =
            json!({ "done": progress.done, "total": progress.total, "message": message });
        let total = progress.total.map_or(String::new(), |t| format!(" of {t}"));
        text.push_str(&format!(": {}{total} {message}", progress.done));
    }
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(told);
    result
}

fn no_job(id: &str) -> CallToolResult {
    refused("unknown_job", &format!("there is no job {}", printable(id)))
}

fn no_task() -> ErrorData {
    ErrorData::invalid_params("there is no such task", None)
}

/// Returns a time as RFC 3339 has it.
fn date(ms: u64) -> String {
    let time = UNIX_EPOCH + Duration::from_millis(ms);
    humantime::format_rfc3339_millis(time).to_string()
}
