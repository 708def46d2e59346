//! Asking a client for the yes that a call's changes wait for.
//!
//! The host decides whether a caller may say it, to what, and whether an answer is good; here it is
//! put into words and carried to and fro. In 2025-11-25 the client is asked while its call waits
//! (`elicitation/create`); in 2026-07-28 the call ends with the question, and the retry has the
//! answer (SEP-2322). Never is anything asked but this one yes or no: no secret, no free text.

use hotcell_host::{Consent, Offer};
use hotcell_package::printable;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationSchema, EnumSchema, InputRequest, InputRequiredResult,
    ServerRequest,
};
use rmcp::service::{PeerRequestOptions, RequestContext};
use serde_json::Value;

use super::session::Session;
use crate::limits::{QUESTION_CHANGES_MAX, QUESTION_WAIT};

/// The name of the one question of a call, and that of the one thing that it asks for.
const QUESTION: &str = "approval";
const ANSWER: &str = "answer";
/// What can be answered.
const NO: &str = "refuse";
const YES: &str = "approve once";

/// How a client is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is not: it did not declare that it asks anybody.
    None,
    /// By a request of the server's own.
    Request,
    /// By the result of its call.
    Result,
}

impl Way {
    fn of(context: &RequestContext<RoleServer>) -> Way {
        let declared = context.client_capabilities();
        let asks = declared.and_then(|declared| declared.elicitation);
        // One that names no mode has forms (2025-11-25, "Elicitation").
        let has_forms = asks.is_some_and(|asks| asks.form.is_some() || asks.url.is_none());
        match (has_forms, Session::remembers(context)) {
            (false, _) => Way::None,
            (true, true) => Way::Request,
            (true, false) => Way::Result,
        }
    }
}

/// Returns what a call's client says to the changes that it makes: nothing, or in a retry the answer
/// to what it was asked.
pub(super) fn consent(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Consent {
    let unanswered = match Way::of(context) {
        Way::None => Consent::AsGranted,
        Way::Request | Way::Result => Consent::Offer,
    };
    let state = request.request_state.as_ref();
    let Some(offer) = state.filter(|_| !Session::remembers(context)) else {
        return unanswered;
    };
    let answers = request.input_responses.as_ref();
    match answers.and_then(|answers| answers.get(QUESTION)) {
        None => unanswered,
        Some(answer) => match serde_json::from_value(answer.clone()) {
            Ok(answer) if is_yes(&answer) => Consent::Accepted(offer.clone()),
            _ => Consent::Declined(offer.clone()),
        },
    }
}

/// Returns the end of a call that asks its client, where its revision has that.
pub(super) fn in_result(
    offer: &Offer,
    context: &RequestContext<RoleServer>,
) -> Option<InputRequiredResult> {
    let question = InputRequest::Elicitation(ElicitRequest::new(question(offer)));
    let questions = [(QUESTION.to_owned(), question)].into();
    let is_way = Way::of(context) == Way::Result;
    is_way.then(|| InputRequiredResult::new(Some(questions), Some(offer.id.clone())))
}

impl Session {
    /// Asks the client for a yes to an offer. Whatever is no yes is a no, an error and a silence
    /// too; where as many as may be are asked already, nobody is.
    pub(super) async fn approves(
        &self,
        offer: &Offer,
        context: &RequestContext<RoleServer>,
    ) -> bool {
        if Way::of(context) != Way::Request {
            return false;
        }
        let Ok(_turn) = self.mcp.questions.try_acquire() else {
            return false;
        };
        let request = ServerRequest::ElicitRequest(ElicitRequest::new(question(offer)));
        let options = PeerRequestOptions::with_timeout(QUESTION_WAIT);
        let asked = async {
            let sent = context.peer.send_request_with_option(request, options);
            sent.await?.await_response().await
        };
        tokio::select! {
            told = asked => match told {
                Ok(ClientResult::ElicitResult(answer)) => is_yes(&answer),
                _ => false,
            },
            () = context.ct.cancelled() => false,
            () = self.gone.cancelled() => false,
        }
    }
}

fn is_yes(answer: &ElicitResult) -> bool {
    let said = answer
        .content
        .as_ref()
        .and_then(|content| content.get(ANSWER));
    answer.action == ElicitationAction::Accept && said.and_then(Value::as_str) == Some(YES)
}

/// Returns the question: our words, and between them names that a skill chose.
fn question(offer: &Offer) -> ElicitRequestParams {
    let all = &offer.changes.files;
    let mut message = format!(
        "The tool `{}` of the skill `{}` has {} in the folder that it was given. Nothing is \
         changed yet:\n",
        printable(&offer.tool),
        printable(&offer.skill),
        match all.len() {
            1 => "1 change to make".to_owned(),
            many => format!("{many} changes to make"),
        },
    );
    for change in all.iter().take(QUESTION_CHANGES_MAX) {
        let (kind, path) = (change.kind.as_str(), printable(&change.path));
        message.push_str(&format!("- {kind}: {path} ({} bytes)\n", change.bytes));
    }
    if let Some(more @ 1..) = all.len().checked_sub(QUESTION_CHANGES_MAX) {
        message.push_str(&format!("- and {more} more\n"));
    }
    message.push_str("A yes is for exactly these changes, once.");
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema: schema(),
    }
}

fn schema() -> ElicitationSchema {
    let answers = vec![NO.to_owned(), YES.to_owned()];
    let answer = EnumSchema::builder(answers).title("Your answer").build();
    let schema = ElicitationSchema::builder().required_enum_schema(ANSWER, answer);
    schema.build().expect("what it requires is there")
}

#[cfg(test)]
mod tests {
    use hotcell_policy::{Change, ChangeKind, Changes};
    use serde_json::json;

    use super::*;

    fn offer(paths: &[&str]) -> Offer {
        let change = |path: &&str| Change {
            path: (*path).to_owned(),
            kind: ChangeKind::Modified,
            bytes: 3,
            sha256: None,
            was_sha256: None,
        };
        Offer {
            id: "offer-1".to_owned(),
            skill: "files".to_owned(),
            tool: "edit".to_owned(),
            changes: Changes {
                applied: false,
                digest: "d".to_owned(),
                files: paths.iter().map(change).collect(),
            },
        }
    }

    fn message(offer: &Offer) -> String {
        match question(offer) {
            ElicitRequestParams::FormElicitationParams { message, .. } => message,
            other => panic!("a form: {other:?}"),
        }
    }

    #[test]
    fn only_the_very_word_is_a_yes() {
        let said = |action, content| {
            let answer = json!({ "action": action, "content": content });
            let answer = serde_json::from_value(answer);
            answer.is_ok_and(|answer| is_yes(&answer))
        };
        assert!(said("accept", json!({ "answer": "approve once" })));
        for content in [
            json!({ "answer": "refuse" }),
            json!({ "answer": true }),
            json!({ "answer": ["approve once"] }),
            json!({ "other": "approve once" }),
            json!({}),
            json!("approve once"),
            json!(null),
        ] {
            assert!(!said("accept", content.clone()), "{content}");
        }
        for action in ["decline", "cancel", "yes"] {
            assert!(
                !said(action, json!({ "answer": "approve once" })),
                "{action}"
            );
        }
    }

    #[test]
    fn a_path_cannot_speak_for_us() {
        let hostile = message(&offer(&["a\u{1b}[2J\n- created: b\u{202e}.md"]));
        assert_eq!(hostile.lines().count(), 3, "{hostile}");
        let shown = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
        assert!(hostile.chars().all(shown), "{hostile:?}");
        let many = vec!["a.md"; QUESTION_CHANGES_MAX + 2];
        let many = message(&offer(&many));
        assert!(many.contains("- and 2 more\n"), "{many}");
        assert_eq!(many.lines().count(), QUESTION_CHANGES_MAX + 3);
    }
}
