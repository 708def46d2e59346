//! The web site serves what its table says.

use bytes::Bytes;

use super::{NAME, start};
use crate::servers::{probe, web};

/// Checks the status, one header, and a piece of the body.
async fn check(path: &str, status: u16, header: (&str, &str), piece: &[u8]) {
    let (server, authority) = start(web::behaviour()).await;
    let request = http::Request::get(path).body(Bytes::new()).unwrap();
    let response = probe::fetch(&server, &authority, NAME, request)
        .await
        .unwrap();
    assert_eq!(response.status(), status, "{path}");
    assert_eq!(response.headers()[header.0], header.1, "{path}");
    let body = response.body();
    assert!(
        body.windows(piece.len().max(1))
            .any(|window| window == piece)
            || piece.is_empty(),
        "{path}"
    );
}

#[tokio::test]
async fn every_page_is_what_the_table_says() {
    let utf8 = ("content-type", "text/html; charset=utf-8");
    let latin = ("content-type", "text/html; charset=ISO-8859-1");
    let bare = ("content-type", "text/html");
    check("/", 200, utf8, "href=\"artikel/faehre.html\"".as_bytes()).await;
    check("/artikel/kirschen.html", 200, utf8, "„So etwas".as_bytes()).await;
    check("/artikel/faehre.html", 200, latin, b"Die F\xe4hre f\xe4hrt").await;
    check("/artikel/brief.html", 200, bare, b"G\xfcnther Vo\xdf").await;
    check("/hidden.html", 200, utf8, b"display:none").await;
    let text = ("content-type", "text/plain; charset=utf-8");
    check("/notes.txt", 200, text, "-2,4 °C".as_bytes()).await;
    check("/picture.png", 200, ("content-type", "image/png"), b"IHDR").await;
    check("/moved", 301, ("location", "/artikel/kirschen.html"), b"").await;
    check("/moved-twice", 302, ("location", "/moved"), b"").await;
    check("/away", 302, ("location", "https://elsewhere.test/"), b"").await;
    check("/circle", 302, ("location", "/circle/back"), b"").await;
    check("/error", 500, utf8, b"wrong").await;
    check("/busy", 429, ("retry-after", "7"), b"").await;
    check("/nowhere", 404, utf8, b"gibt es nicht").await;
    check("/large.html", 200, utf8, b"Hier endet die Chronik.").await;
}

#[tokio::test]
async fn the_large_page_is_large() {
    let (server, authority) = start(web::behaviour()).await;
    let request = http::Request::get("/large.html")
        .body(Bytes::new())
        .unwrap();
    let response = probe::fetch(&server, &authority, NAME, request)
        .await
        .unwrap();
    assert!(response.body().len() >= web::LARGE_BYTES_MIN);
}
