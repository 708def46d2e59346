//! The way of a tool call: from a request to an Ask, from its Reply to a result.

use hotcell_host::journal::{InvocationRow, Mode};
use hotcell_host::{Ask, Cancel, Consent, Reply};
use hotcell_policy::{Invocation, Status};
use rmcp::RoleServer;
use rmcp::model::{CallToolResponse, ErrorData, JsonObject};
use rmcp::service::RequestContext;
use serde_json::Value;

use super::approval;
use super::error::{busy, fault};
use super::jobs::task_created;
use super::progress::Notes;
use super::session::{Session, Who};
use super::tell::{Answer, result};
use super::words::{CORRELATION_KEY, IDEMPOTENCY_KEY};
use crate::limits::KEY_WAIT;

/// The keys by which `_meta` says them, and an invocation.
const IDS: [(&str, &str); 2] = [
    (IDEMPOTENCY_KEY, "idempotency_key"),
    (CORRELATION_KEY, "correlation_id"),
];

/// What came of a call, with the job that it was made.
type CarriedOut = Result<(Reply, Option<InvocationRow>), ErrorData>;

/// A call's shape: what an invocation is read from.
pub(super) type Shape = JsonObject;

impl Session {
    /// Calls a tool of a skill, and tells what came of it.
    ///
    /// # Errors
    ///
    /// Fails on a fault of ours, and where too many calls are under way.
    pub(super) async fn call(
        &self,
        who: Who,
        mut shape: Shape,
        consent: Consent,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        add_ids(&mut shape, context);
        let invocation = match Invocation::from_value(Value::Object(shape)) {
            Ok(invocation) => invocation,
            Err(error) => return Ok(super::tools::refused("invalid_arguments", &error).into()),
        };
        let ask = Ask {
            caller: who.caller,
            assistant: who.assistant,
            consent,
            ..Ask::new(invocation)
        };
        let (reply, job) = self.with_notes(ask, context).await?;
        if let Some(offer) = &reply.offer
            && let Some(question) = approval::in_result(offer, context)
        {
            return Ok(question.into());
        }
        let answer = match &job {
            Some(row) if Self::takes_tasks(context) => return Ok(task_created(row).into()),
            Some(_) => Answer::Job,
            None => Answer::AtOnce,
        };
        Ok(result(reply, answer).into())
    }

    /// Carries a call out, and tells its progress meanwhile.
    async fn with_notes(&self, mut ask: Ask, context: &RequestContext<RoleServer>) -> CarriedOut {
        let (sink, notes) = Notes::of(context).unzip();
        ask.progress = sink;
        let done = self.asking(ask, context).await;
        if let Some(notes) = notes {
            notes.end().await;
        }
        done
    }

    /// Carries a call out; where its changes wait for a yes that its client may say while it waits,
    /// asks for it, and goes on.
    async fn asking(&self, mut ask: Ask, context: &RequestContext<RoleServer>) -> CarriedOut {
        let (reply, job) = self.carry_out(ask.clone(), context).await?;
        let Some(offer) = &reply.offer else {
            return Ok((reply, job));
        };
        if approval::in_result(offer, context).is_some() {
            return Ok((reply, job));
        }
        if !self.approves(offer, context).await {
            self.mcp.host.decline(&ask.caller, &offer.id);
            return Ok((reply, job));
        }
        ask.consent = Consent::Accepted(offer.id.clone());
        self.carry_out(ask, context).await
    }

    /// Carries a call out, or waits a while for whoever does. With the reply comes the job that it
    /// was made, if it was.
    async fn carry_out(&self, ask: Ask, context: &RequestContext<RoleServer>) -> CarriedOut {
        let Ok(_place) = self.mcp.calls.try_acquire() else {
            return Err(busy());
        };
        let caller = ask.caller.clone();
        let cancel = ask.cancel.clone();
        let host = &self.mcp.host;
        let call = async {
            let reply = host.call(ask).await?;
            if reply.outcome.status != Status::Accepted {
                return Ok((reply, None));
            }
            let id = reply.outcome.invocation_id.clone();
            let row = host.own_invocation(&caller, &id).await?;
            if let Some(row) = row.filter(|row| row.mode == Mode::Async) {
                return Ok((reply, Some(row)));
            }
            let told = host.own_reply(&caller, &id, KEY_WAIT, &cancel).await?;
            Ok((told.map_or(reply, |(_, reply)| reply), None))
        };
        let done = self.until_stopped(Box::pin(call), &cancel, context).await;
        done.map_err(fault)
    }

    /// Awaits a call; where its client cancels it or goes, the guest is stopped, and its end is on
    /// record as such.
    pub(super) async fn until_stopped<T>(
        &self,
        mut call: impl Future<Output = T> + Unpin,
        cancel: &Cancel,
        context: &RequestContext<RoleServer>,
    ) -> T {
        tokio::select! {
            biased;
            done = &mut call => return done,
            () = context.ct.cancelled() => {}
            () = self.gone.cancelled() => {}
        }
        cancel.cancel();
        call.await
    }

    /// Returns whether a client takes a task in the place of a result.
    pub(super) fn takes_tasks(context: &RequestContext<RoleServer>) -> bool {
        let declared = context.client_capabilities();
        !Self::remembers(context) && declared.is_some_and(|declared| declared.supports_tasks())
    }
}

/// Returns the shape of a call of one tool.
pub(super) fn shape(skill: &str, tool: &str, arguments: Option<JsonObject>) -> Shape {
    let mut shape = Shape::new();
    shape.insert("skill".to_owned(), Value::String(skill.to_owned()));
    shape.insert("tool".to_owned(), Value::String(tool.to_owned()));
    let arguments = arguments.unwrap_or_default();
    shape.insert("input".to_owned(), Value::Object(arguments));
    shape
}

/// Adds what `_meta` says of the call, where the call does not say it itself. The trace of a W3C
/// `traceparent` ties it to a request as well: a retry has another span and the same trace.
fn add_ids(shape: &mut Shape, context: &RequestContext<RoleServer>) {
    let meta = &context.meta.0.0;
    for (key, name) in IDS {
        if let Some(given) = meta.get(key) {
            shape.entry(name).or_insert_with(|| given.clone());
        }
    }
    let trace = context.meta.get_traceparent().and_then(trace_id);
    if let Some(trace) = trace {
        shape
            .entry("correlation_id")
            .or_insert_with(|| Value::String(trace.to_owned()));
    }
}

/// Returns the trace of `00-TRACE-SPAN-FLAGS` (W3C Trace Context, 3.2.2).
fn trace_id(traceparent: &str) -> Option<&str> {
    let trace = traceparent.split('-').nth(1)?;
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let is_whole = trace.len() == 32 && trace.bytes().all(hex) && trace.bytes().any(|b| b != b'0');
    is_whole.then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_read_or_passed_over() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let whole = format!("00-{trace}-00f067aa0ba902b7-01");
        assert_eq!(trace_id(&whole), Some(trace));
        for odd in [
            "",
            "00",
            "00-xyz-1-1",
            "00-00000000000000000000000000000000-1-01",
        ] {
            assert_eq!(trace_id(odd), None, "{odd}");
        }
    }
}
