//! Abuse: what is granted is used for something else, by somebody else, or too often.

mod claims;
mod deputy;
mod logs;
mod oracle;
mod quota;
mod tokens;
