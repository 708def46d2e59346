//! Whether a made-up credential is where none may be.

use hotcell_host::Reply;
use hotcell_package::printable;

use crate::report::Problem;
use crate::stage::Stage;

/// Looks for the credentials in output, failure, log and artifacts.
pub(crate) fn leaks(stage: &Stage, reply: &Reply) -> Vec<Problem> {
    let outcome = &reply.outcome;
    let output = outcome.output.as_ref().map(ToString::to_string);
    let error = outcome.error.as_ref();
    let error = error.map(|error| {
        let details = error.details.as_ref().map(ToString::to_string);
        format!("{} {}", error.message, details.unwrap_or_default())
    });
    let texts = [
        ("output", output.unwrap_or_default().into_bytes()),
        ("failure", error.unwrap_or_default().into_bytes()),
        ("log", reply.log.bytes.clone()),
    ];
    let mut found = Vec::new();
    for (place, text) in &texts {
        if let Some(name) = stage.credentials.find(text) {
            let message = format!("the credential `{name}` is in the {place}");
            found.push(Problem::new("leak", message));
        }
    }
    for (path, bytes) in reply.files.iter() {
        let inside = stage.credentials.find(bytes);
        if let Some(name) = inside.or_else(|| stage.credentials.find(path.as_bytes())) {
            let path = printable(path);
            let message = format!("the credential `{name}` is in the file {path}");
            found.push(Problem::new("leak", message));
        }
    }
    found
}
