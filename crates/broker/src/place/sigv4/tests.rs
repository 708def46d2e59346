use hotcell_package::Origin;
use hotcell_policy::config::SecretKind;
use http::{HeaderMap, HeaderName, Method};

use super::super::tests::{CANARY, code, outgoing, value};
use super::canonical::{Request, headers, path, query};
use super::*;

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn map(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

/// A case of AWS's own signing test suite, without the headers that all of its cases have.
struct Vector {
    method: &'static str,
    path: &'static str,
    query: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body_sha256: &'static str,
    signature: &'static str,
}

impl Vector {
    fn get(path: &'static str, query: &'static str, signature: &'static str) -> Self {
        Self {
            method: "GET",
            path,
            query,
            headers: &[],
            body_sha256: EMPTY_SHA256,
            signature,
        }
    }

    fn check(&self) {
        let scope = Scope {
            access_key_id: "AKIDEXAMPLE",
            region: "us-east-1",
            service: "service",
        };
        let mut all = map(self.headers);
        all.insert("x-amz-date", plain("20150830T123600Z"));
        let key = value("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let request = Request {
            method: self.method,
            path: self.path,
            query: &query(self.query),
            headers: &headers(&all, "example.amazonaws.com").unwrap(),
            body_sha256: self.body_sha256,
        };
        let value = authorization(&scope, &key, "20150830T123600Z", &request).unwrap();
        let text = value.to_str().unwrap();
        let signature = text.rsplit_once("Signature=").unwrap().1;
        assert_eq!(
            signature,
            self.signature,
            "{} {}",
            self.path,
            request.text()
        );
    }
}

#[test]
fn signs_as_the_test_suite_of_aws_does() {
    for (path, query, signature) in [
        (
            "/",
            "",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "/",
            "Param1=value1",
            "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
        ),
        (
            "/",
            "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
            "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
        ),
        (
            "/",
            "Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            "",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        ),
        (
            "/%E1%88%B4",
            "",
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        ),
    ] {
        Vector::get(path, query, signature).check();
    }
}

#[test]
fn signs_headers_as_the_test_suite_of_aws_does() {
    let get = |headers, signature| Vector {
        headers,
        ..Vector::get("/", "", signature)
    };
    get(
        &[
            ("My-Header1", "value2"),
            ("My-Header1", "value2"),
            ("My-Header1", "value1"),
        ],
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    )
    .check();
    get(
        &[("My-Header2", "\"a   b   c\""), ("My-Header1", " value1")],
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    )
    .check();
    Vector {
        method: "POST",
        ..get(
            &[("My-Header1", "value1")],
            "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        )
    }
    .check();
    Vector {
        method: "POST",
        ..Vector::get(
            "/",
            "Param1=value1",
            "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
        )
    }
    .check();
}

fn s3() -> SecretKind {
    SecretKind::SigV4 {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        region: "us-east-1".to_owned(),
        service: "s3".to_owned(),
    }
}

/// The examples of the S3 documentation, "Signature Calculations for the Authorization Header".
#[test]
fn signs_whole_requests_as_the_documentation_of_s3_does() {
    let check =
        |method: Method, target: &str, headers: &[(&str, &str)], body: &str, expected: &str| {
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let mut request = outgoing(query, headers, body);
            request.method = method;
            request.path = path.to_owned();
            request.origin = Origin::parse("https://examplebucket.s3.amazonaws.com").unwrap();
            let key = value("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
            super::super::place(&s3(), &key, &mut request, now).unwrap();
            assert_eq!(request.headers["x-amz-date"], "20130524T000000Z");
            let value = &request.headers["authorization"];
            assert!(value.is_sensitive());
            let text = value.to_str().unwrap();
            assert!(text.starts_with(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        ));
            assert_eq!(
                text.rsplit_once("Signature=").unwrap().1,
                expected,
                "{target}"
            );
        };
    check(
        Method::GET,
        "/test.txt",
        &[
            ("range", "bytes=0-9"),
            ("user-agent", "unsigned"),
            ("accept-encoding", "identity"),
        ],
        "",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
    check(
        Method::PUT,
        "/test$file.text",
        &[
            ("date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ],
        "Welcome to Amazon S3.",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    );
    check(
        Method::GET,
        "/?lifecycle",
        &[],
        "",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    );
    check(
        Method::GET,
        "/?max-keys=2&prefix=J",
        &[],
        "",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    );
}

#[test]
fn paths_and_queries_have_one_spelling() {
    assert_eq!(path("/a%20b/c$d+e", "s3"), "/a%20b/c%24d%2Be");
    assert_eq!(path("/a%e1/", "s3"), "/a%E1/");
    // Two cases of the test suite.
    assert_eq!(
        path("/test/@connections/JBDvjfGEIAMCERw%3D", "execute-api"),
        "/test/%40connections/JBDvjfGEIAMCERw%253D"
    );
    assert_eq!(
        path("/functions/arn%3Aaws%3Alambda/invocations", "lambda"),
        "/functions/arn%253Aaws%253Alambda/invocations"
    );
    assert_eq!(query("b=2&a&a=%7e%2f&c=1+2&"), "a=&a=~%2F&b=2&c=1%202");
}

/// Attack 16: what the signature is made of, and what would lead it elsewhere, is not a guest's.
#[test]
fn a_guest_has_no_part_in_the_signature() {
    let check = |query: &str, headers: &[(&str, &str)], expected: &str| {
        let mut request = outgoing(query, headers, "");
        assert_eq!(
            code(&s3(), CANARY, &mut request),
            expected,
            "{query} {headers:?}"
        );
        if expected != "ok" {
            assert_eq!(request.headers.len(), headers.len());
        }
    };
    for name in [
        "authorization",
        "x-amz-date",
        "x_amz_date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "x-amz-copy-source",
        "x-amz-copy-source-range",
    ] {
        check("", &[(name, "guest")], "placement_conflict");
    }
    for query in [
        "X-Amz-Signature=1",
        "a=1&x-amz-credential=2",
        "%58-Amz-Date=3",
        "X%2DAmz%2DDate",
    ] {
        check(query, &[], "placement_conflict");
    }
    check(
        "a=x-amz-date",
        &[("x-amz-acl", "private"), ("x-note", "a\tb")],
        "ok",
    );
    for bad in ["CANARY\n", "CANARY KEY", ""] {
        assert_eq!(
            code(&s3(), bad, &mut outgoing("", &[], "")),
            "secret_unusable"
        );
    }
    let mut unread = outgoing("", &[], "");
    unread.whole_body = None;
    assert_eq!(code(&s3(), CANARY, &mut unread), "placement_body");
}

/// What a guest sends is what is signed: each change gives another signature.
#[test]
fn every_part_is_signed() {
    let signature = |change: fn(&mut Outgoing)| {
        let mut request = outgoing("a=1", &[("content-type", "text/plain")], "x");
        change(&mut request);
        assert_eq!(code(&s3(), CANARY, &mut request), "ok");
        request.headers["authorization"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    let plain = signature(|_| {});
    assert_eq!(plain, signature(|_| {}));
    let changes: [fn(&mut Outgoing); 6] = [
        |r| r.method = Method::PUT,
        |r| r.path.push('x'),
        |r| r.query = None,
        |r| r.whole_body = Some("y".into()),
        |r| r.origin = Origin::parse("https://other.example.com").unwrap(),
        |r| {
            let html = HeaderValue::from_static("text/html");
            r.headers.insert("content-type", html);
        },
    ];
    for change in changes {
        assert_ne!(plain, signature(change));
    }
}
