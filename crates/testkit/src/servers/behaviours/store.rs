//! Keeps what one request brings and hands it back to another.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;

/// The most requests that are kept; the server refuses more with 507.
const KEPT_MAX: usize = 1_000;

/// Keeps a POST or PUT whole, head and body, under its path; a GET of that path returns it.
pub fn store() -> Behaviour {
    let kept = Mutex::new(HashMap::<String, Vec<u8>>::new());
    Behaviour::answering(move |request| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let path = request.path().to_owned();
        match request.method.as_str() {
            "POST" | "PUT" if kept.len() >= KEPT_MAX => Answer::new(507),
            "POST" | "PUT" => {
                kept.insert(path, request.raw.clone());
                Answer::new(201)
            }
            _ => match kept.get(&path) {
                Some(raw) => Answer::new(200).body(raw.clone()),
                None => Answer::new(404),
            },
        }
    })
}
