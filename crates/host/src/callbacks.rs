//! Callbacks: a job's end is told to a server that the operator listed, at least once.

use std::time::Duration;

use hotcell_broker::CallbackDelivery;
use hotcell_journal::{Callback, Settled};
use hotcell_package::Origin;
use hotcell_policy::{Refusal, Retry, backoff};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::Host;
use crate::fault::Fault;
use crate::invoke::{Ask, random};
use crate::record::Recorder;

/// How often callbacks that are due are looked for.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// Most bytes of a callback's URL.
const URL_BYTES_MAX: usize = 2_048;

impl Host {
    /// Refuses a callback to a server that the operator has not listed.
    pub(crate) fn check_callback(&self, ask: &Ask) -> Result<(), Refusal> {
        let Some(url) = &ask.callback else {
            return Ok(());
        };
        let origins = self.config().map(|config| &config.jobs.callback_origins);
        let is_listed =
            place(url).is_some_and(|(origin, _)| origins.is_some_and(|all| all.contains(&origin)));
        match is_listed {
            true => Ok(()),
            false => Err(Refusal::new(
                "callback_denied",
                "the operator lists no such server for callbacks",
            )
            .hint("in hotcell.toml: [jobs] callback_origins = [\"https://…\"]")),
        }
    }

    /// Delivers callbacks until `until` is told.
    pub(crate) async fn tell_ends(&self, mut until: watch::Receiver<bool>) {
        while !*until.borrow() {
            let told = tokio::select! {
                told = self.tell_one() => told,
                _ = until.wait_for(|told| *told) => return,
            };
            match told {
                Ok(true) => continue,
                Ok(false) => {}
                Err(fault) => tracing::error!("a callback cannot be delivered: {fault}"),
            }
            tokio::select! {
                () = sleep(ASK_EVERY) => {}
                _ = until.wait_for(|told| *told) => return,
            }
        }
    }

    /// Delivers one callback that is due, if there is one.
    async fn tell_one(&self) -> Result<bool, Fault> {
        let record = self.record()?;
        let (owner, lease_ms) = (&record.options.owner, record.jobs.lease_ms);
        let Some(callback) = record.journal().claim_callback(owner, lease_ms).await? else {
            return Ok(false);
        };
        let settled = match self.deliver_callback(&record, &callback).await? {
            Ok(()) => Settled::Delivered,
            Err(why) if callback.attempt >= record.jobs.callback_attempts => {
                Settled::GivenUp { why }
            }
            Err(_) => {
                let random = u64::from_le_bytes(random());
                let wait = backoff(&record.jobs, callback.attempt, Retry::SameKey, random);
                Settled::Again {
                    due_ms: record.now_ms().saturating_add(wait),
                }
            }
        };
        record.journal().settle_callback(&callback, settled).await?;
        Ok(true)
    }

    async fn deliver_callback(
        &self,
        record: &Recorder,
        callback: &Callback,
    ) -> Result<Result<(), String>, Fault> {
        let row = record.row(&callback.invocation).await?;
        let outcome = record.told_before(&row).await?.outcome;
        let body = json!({ "type": "job.ended", "id": callback.id, "outcome": outcome });
        let Some(operator) = &self.options.operator else {
            return Ok(Err(
                "no operator's file says where callbacks may go".to_owned()
            ));
        };
        let secret = &record.jobs.callback_secret;
        let (Some((origin, path)), Some(secret)) = (place(&callback.url), secret) else {
            return Ok(Err("no secret signs callbacks".to_owned()));
        };
        if !record.jobs.callback_origins.contains(&origin) {
            return Ok(Err("the operator lists its server no more".to_owned()));
        }
        let delivery = CallbackDelivery {
            origin: &origin,
            path: &path,
            id: &callback.id,
            secret,
            body: body.to_string().into_bytes(),
        };
        Ok(match operator.broker.call_back(delivery).await {
            Ok(status) if (200..300).contains(&status) => Ok(()),
            Ok(status) => Err(format!("the server answered {status}")),
            Err(error) => Err(error.to_string()),
        })
    }
}

/// Reads a URL: its server, and path and query.
fn place(url: &str) -> Option<(Origin, String)> {
    let uri: http::Uri = url.parse().ok().filter(|_| url.len() <= URL_BYTES_MAX)?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let origin = Origin::parse(&format!("{scheme}://{authority}")).ok()?;
    Some((origin, uri.path_and_query()?.to_string()))
}
