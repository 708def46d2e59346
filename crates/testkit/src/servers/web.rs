//! A small web site with real pages, as a page-reading skill meets them.
//!
//! | path | what it is |
//! |---|---|
//! | `/` | the first page: menu, script, relative and absolute links |
//! | `/artikel/kirschen.html` | an article in UTF-8 |
//! | `/artikel/faehre.html` | an article in ISO-8859-1, as its header says |
//! | `/artikel/brief.html` | an article in ISO-8859-1, as only the page itself says |
//! | `/hidden.html` | text that no reader sees, with instructions to machines |
//! | `/notes.txt` | plain text |
//! | `/large.html` | a page of more than 3 MB |
//! | `/picture.png` | no page at all |
//! | `/moved`, `/moved-twice` | 301 to the article on cherries; 302 to `/moved` |
//! | `/away` | 302 to `https://elsewhere.test/` |
//! | `/circle` | 302 to itself, by way of `/circle/back` |
//! | `/error` | 500 |
//! | `/busy` | 429 with `Retry-After: 7` |

mod pages;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use crate::servers::behaviour::Behaviour;

/// The least bytes of the large page.
pub const LARGE_BYTES_MIN: usize = 3 * 1000 * 1000;

const HTML: &str = "text/html; charset=utf-8";

/// Serves the site, on any host name.
pub fn behaviour() -> Behaviour {
    Behaviour::service(|request| answer(&request))
}

fn answer(request: &Request<Bytes>) -> Response<Bytes> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return page(405, "text/plain; charset=utf-8", "Only GET and HEAD.\n");
    }
    match request.uri().path() {
        "/" => page(200, HTML, pages::FIRST),
        "/artikel/kirschen.html" => page(200, HTML, pages::CHERRIES),
        "/artikel/faehre.html" => {
            let text = pages::latin_1(pages::FERRY);
            page(200, "text/html; charset=ISO-8859-1", text)
        }
        "/artikel/brief.html" => page(200, "text/html", pages::latin_1(pages::LETTER)),
        "/hidden.html" => page(200, HTML, pages::HIDDEN),
        "/notes.txt" => page(200, "text/plain; charset=utf-8", pages::NOTES),
        "/large.html" => page(200, HTML, pages::large(LARGE_BYTES_MIN)),
        "/picture.png" => page(200, "image/png", pages::PICTURE),
        "/moved" => moved(301, "/artikel/kirschen.html"),
        "/moved-twice" => moved(302, "/moved"),
        "/away" => moved(302, "https://elsewhere.test/"),
        "/circle" => moved(302, "/circle/back"),
        "/circle/back" => moved(302, "/circle"),
        "/error" => page(500, HTML, "<h1>Something went wrong</h1>"),
        "/busy" => with(page(429, HTML, "<h1>Later</h1>"), "retry-after", "7"),
        _ => page(404, HTML, pages::NOT_FOUND),
    }
}

fn page(status: u16, media_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status has three digits");
    with(response, "content-type", media_type)
}

fn moved(status: u16, to: &'static str) -> Response<Bytes> {
    with(page(status, HTML, "<a>Moved</a>"), "location", to)
}

fn with(mut response: Response<Bytes>, name: &'static str, value: &'static str) -> Response<Bytes> {
    let value = http::HeaderValue::from_static(value);
    response.headers_mut().insert(name, value);
    response
}
