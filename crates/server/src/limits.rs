//! Every limit of the faces, by name.

use std::time::Duration;

/// Bytes of one message that a client sends, over stdio and over HTTP: 4 MiB. Larger arguments are
/// beyond what any tool takes.
pub const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// Bytes of answers that wait for a client which does not read; the server reads nothing from it
/// until it does.
pub const BACKLOG_BYTES_MAX: usize = 8 << 20;
/// Tool calls under way in one server, those included that wait for room in the sandbox. What
/// comes beyond is refused at once.
pub const CALLS_MAX: usize = 1_024;
/// How long a client whose input has ended is still answered; then its calls are stopped.
pub const INPUT_END_GRACE: Duration = Duration::from_secs(2);
/// How long a server that ends waits for its calls, which it has told to stop.
pub const END_WAIT: Duration = Duration::from_secs(10);
/// How long a call waits for another one with its key before the caller is told that it is under way.
pub const KEY_WAIT: Duration = Duration::from_secs(60);
/// Progress notes of one call that wait to be sent; what comes beyond is dropped.
pub const PROGRESS_WAITING_MAX: usize = 16;
/// Bytes of an image or a sound that a result holds itself; a larger one is a link.
pub const INLINE_MEDIA_BYTES_MAX: usize = 512 << 10;
/// Bytes of a text file that a result holds itself; a larger one is a link.
pub const INLINE_TEXT_BYTES_MAX: usize = 64 << 10;
/// Bytes of all files that one result holds itself.
pub const INLINE_BYTES_MAX: usize = 1 << 20;
/// Artifacts that `resources/list` tells, of the caller's latest invocations.
pub const LISTED_ARTIFACTS_MAX: usize = 100;
/// Invocations that are looked through for them.
pub const LISTED_INVOCATIONS_MAX: usize = 50;
/// Bytes of an answer of `resources/read`.
pub const RESOURCE_BYTES_MAX: u64 = 32 << 20;
/// Files of a skill that is served (the Skills extension; its hosts accept no more).
pub const SKILL_FILES_MAX: usize = 512;
/// Bytes of a skill that is served (likewise).
pub const SKILL_BYTES_MAX: u64 = 16 << 20;
/// For how long a client may take a list as it was told.
pub const LIST_FRESH: Duration = Duration::from_secs(5);
/// How often a client should ask for a job that goes on.
pub const POLL_EVERY: Duration = Duration::from_millis(500);
/// The longest that `job_status` waits for a job's end.
pub const JOB_WAIT_MAX: Duration = Duration::from_secs(60);
/// Entries of one page of a list; the next page is asked for with its cursor.
pub const LIST_PAGE_MAX: usize = 100;
/// Clients that are asked for a yes at one time; the calls of others are refused without.
pub const QUESTIONS_MAX: usize = 64;
/// How long a client may take to answer, where its call waits for it.
pub const QUESTION_WAIT: Duration = Duration::from_secs(300);
/// Changes that a question tells one by one.
pub const QUESTION_CHANGES_MAX: usize = 20;
/// Clients that listen for changed lists at one time (`subscriptions/listen`).
pub const LISTENERS_MAX: usize = 256;
/// How often the lists are looked at for who listens.
pub const LISTEN_EVERY: Duration = Duration::from_secs(1);
/// Lists of tools that are kept ready, one for each caller and assistant.
pub const CATALOGS_MAX: usize = 256;
/// Connections over HTTP at one time; the next one waits to be taken.
pub const CONNECTIONS_MAX: usize = 512;
/// How long the server waits before it takes a connection again, where the system has just given it
/// none (it has no descriptors left): at first, and at most, for it waits twice as long each time.
pub const ACCEPT_WAIT_MIN: Duration = Duration::from_millis(5);
/// See [`ACCEPT_WAIT_MIN`].
pub const ACCEPT_WAIT_MAX: Duration = Duration::from_secs(1);
/// Requests over HTTP that are being answered at one time; what comes beyond is answered 503.
pub const REQUESTS_MAX: usize = 1_024;
/// Bytes of a request's head.
pub const HEAD_BYTES_MAX: usize = 16 << 10;
/// Headers of a request.
pub const HEADERS_MAX: usize = 64;
/// How long a request's head may take to come; a connection that is kept has as long for its next.
pub const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long a request's body may take to come.
pub const BODY_TIME: Duration = Duration::from_secs(30);
/// Sessions (of the 2025 revision) at one time; the next one is answered 503.
pub const SESSIONS_MAX: usize = 256;
/// A session in which nothing happened for so long is ended.
pub const SESSION_IDLE: Duration = Duration::from_secs(300);
/// Messages of a session that wait for a client which does not read.
pub const SESSION_STREAM_MESSAGES_MAX: usize = 64;
/// Bytes of a bearer token.
pub const TOKEN_BYTES_MAX: usize = 1_024;
