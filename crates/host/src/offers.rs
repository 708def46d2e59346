//! Offers: changes at `/work` to which a caller may say yes itself, because its grant lets it.
//!
//! A call that may be asked, and whose grant says `approval = "client"`, ends as refused and with an
//! offer of the changes that it would have made. Whoever has the offer's id may call again, and the
//! call goes on as with an operator's `--apply`: with the same changes or with none. An offer is
//! good once, for a while, and for the very call that it was made for: caller, assistant, package,
//! tool, key, arguments and files. It is kept here and nowhere else, so that there is nothing to
//! forge. It never gives more than the grant does: no folder, no request, no other digest.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hotcell_package::Digest;
use hotcell_policy::config::Approver;
use hotcell_policy::{Changes, Refusal, WorkAccess};
use serde_json::{Value, json};

use crate::Host;
use crate::artifacts::hex;
use crate::invoke::{Ask, Ready, Reply, ms, random};
use crate::record::fingerprint;
use crate::work::{Consent, NOT_APPROVED, WorkPlan};

/// Milliseconds for which an offer holds: ten minutes.
const OFFER_LIFE_MS: u64 = 600_000;
/// Offers of one caller at one time; the oldest goes.
const OFFERS_OF_CALLER_MAX: usize = 16;
/// Offers at one time; beyond them nothing is offered.
const OFFERS_MAX: usize = 1_024;

/// Changes that a caller may say yes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Names it; nobody else can guess it.
    pub id: String,
    /// The skill that would make them.
    pub skill: String,
    /// Its tool.
    pub tool: String,
    /// What they are.
    pub changes: Changes,
}

/// The offers that wait for an answer, by id.
#[derive(Debug, Default)]
pub(crate) struct Offers(Mutex<BTreeMap<String, Waiting>>);

#[derive(Debug)]
struct Waiting {
    caller: String,
    /// Of the call for which it was made.
    call: Digest,
    /// Of the changes.
    changes: String,
    made_ms: u64,
}

impl Waiting {
    /// A clock that was put back makes it void.
    fn holds(&self, now_ms: u64) -> bool {
        let age = now_ms.checked_sub(self.made_ms);
        age.is_some_and(|age| age < OFFER_LIFE_MS)
    }
}

impl Offers {
    /// Keeps an offer, and returns its id; none where there is no room.
    fn make(&self, caller: &str, call: Digest, changes: &str, now_ms: u64) -> Option<String> {
        let mut all = self.all();
        all.retain(|_, one| one.holds(now_ms));
        let own = all.iter().filter(|(_, one)| one.caller == caller);
        if own.clone().count() >= OFFERS_OF_CALLER_MAX {
            let oldest = own.min_by_key(|(_, one)| one.made_ms);
            let oldest = oldest.map(|(id, _)| id.clone())?;
            all.remove(&oldest);
        }
        if all.len() >= OFFERS_MAX {
            return None;
        }
        let id = format!("offer-{}", hex(&random::<16>()));
        let waiting = Waiting {
            caller: caller.to_owned(),
            call,
            changes: changes.to_owned(),
            made_ms: now_ms,
        };
        all.insert(id.clone(), waiting);
        Some(id)
    }

    /// Takes an offer, and returns the digest of its changes. It is gone afterwards, whether it
    /// holds for this call or not; another caller's stays.
    fn take(&self, id: &str, caller: &str, call: &Digest, now_ms: u64) -> Option<String> {
        let mut all = self.all();
        if all.get(id)?.caller != caller {
            return None;
        }
        let one = all.remove(id)?;
        (one.holds(now_ms) && one.call == *call).then_some(one.changes)
    }

    fn drop_own(&self, id: &str, caller: &str) {
        let mut all = self.all();
        if all.get(id).is_some_and(|one| one.caller == caller) {
            all.remove(id);
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host {
    /// Forgets an offer of this caller, to which it said no.
    pub fn decline(&self, caller: &str, offer: &str) {
        self.offers.drop_own(offer, caller);
    }

    /// Turns a caller's yes to an offer into the consent to its changes.
    pub(crate) fn redeem(&self, ask: &Ask, ready: &mut Ready) -> Result<(), Refusal> {
        let id = match &ask.consent {
            Consent::Accepted(id) => id,
            Consent::Declined(id) => {
                self.decline(&ask.caller, id);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let now_ms = ms((self.options.clock)());
        let call = digest_of(ask, ready);
        let changes = self.offers.take(id, &ask.caller, &call, now_ms);
        match (changes, &mut ready.work) {
            (Some(changes), Some(plan)) if may_be_offered(plan) => {
                plan.consent = Consent::To(changes);
                Ok(())
            }
            _ => Err(void()),
        }
    }

    /// Offers a caller the changes that wait for a yes, where it may be the one who says it.
    pub(crate) fn offer(&self, ask: &Ask, ready: &Ready, reply: &Reply) -> Option<Offer> {
        let plan = ready.work.as_ref().filter(|plan| may_be_offered(plan))?;
        let waits = reply.outcome.error.as_ref()?.code == NOT_APPROVED;
        if !waits || plan.consent != Consent::Offer {
            return None;
        }
        let changes = reply.outcome.changes.clone()?;
        let now_ms = ms((self.options.clock)());
        let call = digest_of(ask, ready);
        let id = self
            .offers
            .make(&ask.caller, call, &changes.digest, now_ms)?;
        Some(Offer {
            id,
            skill: ready.skill.package.name.clone(),
            tool: ready.tool.clone(),
            changes,
        })
    }
}

/// Returns whether the operator lets the client of a call say yes to its changes.
fn may_be_offered(plan: &WorkPlan) -> bool {
    let is_asked = plan.allowed.preview && plan.access == WorkAccess::Write;
    is_asked && plan.allowed.approval == Approver::Client
}

/// Returns what tells a call from every other one.
fn digest_of(ask: &Ask, ready: &Ready) -> Digest {
    let package = &ready.skill.package;
    let call = json!([
        ask.caller,
        ask.assistant,
        package.name,
        package.digest,
        ready.tool,
        ready.key,
        hex(&fingerprint(&ask.invocation.input, &ask.input)),
    ]);
    Digest::of_bytes(call.to_string().as_bytes())
}

/// Refuses a yes that is to nothing that was offered.
pub(crate) fn void() -> Refusal {
    let message = "this approval is used, too old, or of another call; nothing was changed";
    Refusal::new("approval_void", message).hint("call again, and look at the changes anew")
}

/// Returns what is put on record of a yes: whose it is, and to which changes. None where nobody had
/// to say one.
pub(crate) fn on_record(ask: &Ask, ready: &Ready) -> Value {
    let by = match &ask.consent {
        Consent::To(_) | Consent::Any => "operator",
        Consent::Accepted(_) => "caller",
        Consent::AsGranted | Consent::Offer | Consent::Declined(_) | Consent::Preview => {
            return Value::Null;
        }
    };
    match ready.work.as_ref().map(|plan| &plan.consent) {
        Some(Consent::To(changes)) => json!({ "by": by, "changes": changes }),
        Some(_) => json!({ "by": by }),
        None => Value::Null,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn call(text: &str) -> Digest {
        Digest::of_bytes(text.as_bytes())
    }

    #[test]
    fn an_offer_is_good_once_for_its_caller_and_its_call() {
        let offers = Offers::default();
        let make = || offers.make("ann", call("a"), "changes", 1_000).unwrap();
        let take = |id: &str, caller, of, now| offers.take(id, caller, &call(of), now);
        let id = make();
        assert_eq!(take(&id, "bob", "a", 1_000), None, "another's");
        assert_eq!(take(&id, "ann", "a", 1_000).as_deref(), Some("changes"));
        assert_eq!(take(&id, "ann", "a", 1_000), None, "it is used");
        let other = make();
        assert_ne!(other, id);
        assert_eq!(take(&other, "ann", "b", 1_000), None, "another call");
        assert_eq!(take(&other, "ann", "a", 1_000), None, "tried once");
        let late = make();
        assert_eq!(take(&late, "ann", "a", 1_000 + OFFER_LIFE_MS), None);
        assert_eq!(take(&make(), "ann", "a", 999), None, "a clock put back");
        let declined = make();
        offers.drop_own(&declined, "bob");
        offers.drop_own(&declined, "ann");
        assert_eq!(take(&declined, "ann", "a", 1_000), None);
        assert_eq!(take("offer-0", "ann", "a", 1_000), None, "a guess");
    }

    #[test]
    fn a_caller_has_its_share_and_cannot_push_out_others() {
        let offers = Offers::default();
        let bobs = offers.make("bob", call("b"), "b", 0).unwrap();
        let first = offers.make("ann", call("a"), "a", 0).unwrap();
        for now in 1..=OFFERS_OF_CALLER_MAX as u64 {
            offers.make("ann", call("a"), "a", now).unwrap();
        }
        assert_eq!(offers.take(&first, "ann", &call("a"), 20), None);
        assert!(offers.take(&bobs, "bob", &call("b"), 20).is_some());
        let callers = OFFERS_MAX / OFFERS_OF_CALLER_MAX - 1;
        for n in 0..callers * OFFERS_OF_CALLER_MAX {
            let caller = format!("c{}", n / OFFERS_OF_CALLER_MAX);
            offers.make(&caller, call("c"), "c", 20).unwrap();
        }
        assert_eq!(offers.make("last", call("l"), "l", 20), None);
        let later = 40 + OFFER_LIFE_MS;
        assert!(offers.make("last", call("l"), "l", later).is_some());
    }
}
