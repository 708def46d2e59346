//! What a caller may know of what it began: never more than it might still call.

use std::time::Duration;

use hotcell_journal::{Commanded, InvocationQuery, InvocationRow};
use hotcell_policy::Outcome;
use hotcell_policy::config::is_caller_name;
use hotcell_sandbox::Cancel;

use crate::Host;
use crate::fault::Fault;
use crate::invoke::Reply;

impl Host {
    /// Returns an invocation of this caller. That of another, and one of a tool that the caller may
    /// no longer use, looks absent.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn own_invocation(
        &self,
        caller: &str,
        id: &str,
    ) -> Result<Option<InvocationRow>, Fault> {
        let record = self.record()?;
        let journal = record.journal();
        let row = match journal.invocation(id).await? {
            Some(row) => Some(row),
            // The record of a call without effect is written after the reply.
            None if is_id(id) => {
                record.flush().await;
                journal.invocation(id).await?
            }
            None => None,
        };
        let may = |row: &InvocationRow| self.may_know(caller, row);
        Ok(row.filter(may))
    }

    /// Tells the end of an invocation of this caller; where it has not ended after `wait`, or once
    /// `gone` is told, that it was accepted. None where [`Host::own_invocation`] is none.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn own_reply(
        &self,
        caller: &str,
        id: &str,
        wait: Duration,
        gone: &Cancel,
    ) -> Result<Option<(InvocationRow, Reply)>, Fault> {
        let Some(row) = self.own_invocation(caller, id).await? else {
            return Ok(None);
        };
        let record = self.record()?;
        let reply = record.wait(&row, wait, gone).await?;
        let row = record.row(id).await?;
        Ok(Some((row, reply)))
    }

    /// Tells an invocation of this caller to end. None where [`Host::own_invocation`] is none.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be used.
    pub async fn cancel_own(&self, caller: &str, id: &str) -> Result<Option<Commanded>, Fault> {
        match self.own_invocation(caller, id).await? {
            Some(row) => self.cancel(&row.id, caller).await.map(Some),
            None => Ok(None),
        }
    }

    /// Returns the latest invocations of this caller, at most `limit`: of those that it may still
    /// know of.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn own_invocations(
        &self,
        caller: &str,
        limit: usize,
    ) -> Result<Vec<InvocationRow>, Fault> {
        let query = InvocationQuery {
            caller: Some(caller.to_owned()),
            limit,
            ..InvocationQuery::default()
        };
        let mut rows = self.record()?.journal().invocations(&query).await?;
        rows.retain(|row| self.may_know(caller, row));
        Ok(rows)
    }

    /// Returns how an invocation ended, as far as that is kept; none where it has not. The files that
    /// it produced are not read.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn outcome_of(&self, row: &InvocationRow) -> Result<Option<Outcome>, Fault> {
        let Some(seq) = row.ended_seq else {
            return Ok(None);
        };
        let kept = self.record()?.payload(seq, "outcome").await?;
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    fn may_know(&self, caller: &str, row: &InvocationRow) -> bool {
        is_caller_name(caller)
            && row.caller == caller
            && self.may_call(caller, &row.skill, &row.tool).is_ok()
    }
}

/// Returns whether a text may be the id of an invocation: what else somebody writes there asks
/// nothing of the record.
fn is_id(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let digits = text.strip_prefix("inv-");
    digits.is_some_and(|digits| digits.len() == 32 && digits.bytes().all(hex))
}
