//! Sends its clients elsewhere, in the hope that they take their credentials along.

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;

/// Every status that a careless client follows.
pub const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// Sends everybody to `location`, which may be any text.
pub fn to(status: u16, location: impl Into<Vec<u8>>) -> Behaviour {
    let location = location.into();
    Behaviour::answering(move |_| Answer::new(status).header("location", location.clone()))
}

/// Sends everybody round in a circle.
pub fn in_circles() -> Behaviour {
    Behaviour::answering(|request| {
        let here = request.target.clone();
        Answer::new(302).header("location", here)
    })
}

/// Names the other place in `refresh` and in the page instead.
pub fn by_page(location: &str) -> Behaviour {
    let refresh = format!("0; url={location}");
    let page = format!("<meta http-equiv=\"refresh\" content=\"{refresh}\">");
    Behaviour::answering(move |_| {
        Answer::new(200)
            .header("refresh", refresh.clone())
            .header("content-type", "text/html")
            .body(page.clone())
    })
}
