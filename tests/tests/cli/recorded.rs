//! What is on record: calls that are done once, jobs, the story of a request, the signed log, and
//! what outlasts a process.

mod audit;
mod calls;
mod copies;
mod jobs;
mod replay;
mod rules;
mod slow;
mod story;
