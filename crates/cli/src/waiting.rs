//! Shows that something long is at work, when a person is watching.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// What takes less than this is not announced: most loads come from the cache.
const ANNOUNCED_AFTER: Duration = Duration::from_millis(400);

/// How often the line is drawn anew.
const DRAWN_EVERY: Duration = Duration::from_millis(120);

/// Waits for `work`, and says on a terminal's stderr what it is and how long it has taken.
/// Where stderr is no terminal, nothing is drawn.
pub(crate) async fn for_work<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    if let Ok(done) = tokio::time::timeout(ANNOUNCED_AFTER, &mut work).await {
        return done;
    }
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    let bar = ProgressBar::new_spinner()
        .with_style(style.expect("the template is a valid one"))
        .with_message(what.to_owned());
    bar.enable_steady_tick(DRAWN_EVERY);
    let done = work.await;
    bar.finish_and_clear();
    done
}
