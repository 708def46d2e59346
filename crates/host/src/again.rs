//! An invocation that is on record: told again, or begun again.

use std::time::Duration;

use hotcell_journal::Mode;
use hotcell_policy::Invocation;
use hotcell_sandbox::Cancel;
use serde_json::Value;

use crate::Host;
use crate::fault::Fault;
use crate::invoke::{Ask, Reply};
use crate::record::read_files;

/// Stands before an invocation's id in the key of the one that does it again.
const AGAIN: &str = "again:";

impl Host {
    /// Tells the end of an invocation; where it has not ended after `wait`, that it was accepted.
    ///
    /// # Errors
    ///
    /// Fails where there is no such invocation, or the record cannot be read.
    pub async fn reply_of(&self, id: &str, wait: Duration) -> Result<Reply, Fault> {
        let record = self.record()?;
        let row = record.row(id).await?;
        let is_job = row.mode == Mode::Async;
        let reply = record.wait(&row, wait, &Cancel::new()).await?;
        Ok(match is_job {
            true => reply,
            // Who waits for a call is not who made it.
            false => reply.told_again(),
        })
    }

    /// Begins an invocation again, as a new job of its caller, from the arguments on record. Its
    /// key follows from the first one's id, so that it is begun again once.
    ///
    /// # Errors
    ///
    /// Fails where there is no such invocation, or its arguments are not kept whole.
    pub async fn begin_again(&self, id: &str) -> Result<Reply, Fault> {
        let record = self.record()?;
        let row = record.row(id).await?;
        let not_kept = || {
            let message = format!("the arguments of {id} are not kept whole");
            Fault::new(message, "call the tool with them anew")
        };
        if !record.payloads(&row.skill, &row.tool).are_whole() {
            return Err(not_kept());
        }
        let input = record.payload(row.begun_seq, "input").await?;
        let input = input.ok_or_else(not_kept)?;
        let files = record.payload(row.begun_seq, "files").await?;
        let skill = match row.version.is_empty() {
            true => row.skill.clone(),
            false => format!("{}@{}", row.skill, row.version),
        };
        let invocation = Invocation {
            skill: Some(skill),
            tool: row.tool.clone(),
            input: serde_json::from_slice(&input).unwrap_or(Value::Null),
            idempotency_key: Some(format!("{AGAIN}{id}")),
            correlation_id: Some(row.correlation.clone()),
        };
        let ask = Ask {
            caller: row.caller.clone(),
            input: files.and_then(|b| read_files(&b)).unwrap_or_default(),
            queue: true,
            callback: row.callback.clone(),
            ..Ask::new(invocation)
        };
        self.call(ask).await
    }
}
