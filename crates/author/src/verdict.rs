//! Whether what came of a call is what a case expects.

mod end;
mod files;
mod leak;
mod requests;

use hotcell_host::Reply;
use hotcell_package::Manifest;

use crate::cases::Case;
use crate::report::Problem;
use crate::stage::Stage;

pub(crate) use end::own_end;
pub(crate) use leak::leaks;

/// Returns all that is wrong with what came of a case.
pub(crate) fn judge(stage: &Stage, case: &Case, reply: &Reply) -> Vec<Problem> {
    let manifest: &Manifest = &stage.skill.package().manifest;
    let received = stage.upstream.received();
    let mut found: Vec<Problem> = end::check_end(case, reply).into_iter().collect();
    found.extend(files::check_artifacts(case, reply));
    found.extend(files::check_changes(case, reply));
    found.extend(requests::check_requests(case, &received));
    for request in &received {
        let wrong = stage.credentials.check(manifest, request);
        found.extend(wrong.into_iter().map(|what| {
            let message = format!(
                "{} {}{} {what}",
                request.method, request.origin, request.target
            );
            Problem::new("credential", message)
        }));
    }
    found.extend(leaks(stage, reply));
    if !found.is_empty() {
        found.extend(end::log(reply));
        found.extend(end::refused_requests(reply));
    }
    found
}
