//! The kinds of secrets, in permitted and refused pairs.

use super::{check, faults, read, secret};
use crate::config::{HmacAlgorithm, JwtAlgorithm, SecretKind, SignatureEncoding};

fn kind(kind: &str, keys: &str) -> SecretKind {
    read(&secret(kind, keys)).secrets["s"].kind.clone()
}

#[test]
fn basic_and_query_and_json() {
    assert_eq!(kind("bearer", ""), SecretKind::Bearer);
    let user = "bot".to_owned();
    assert_eq!(
        kind("basic", "user = \"bot\"\n"),
        SecretKind::Basic { user }
    );
    check(&secret("basic", ""), "1:missing_key");
    check(&secret("basic", "user = \"a:b\"\n"), "5:wrong_value");
    check(&secret("basic", "user = \"a\\nb\"\n"), "5:wrong_value");
    let name = "api_key".to_owned();
    assert_eq!(
        kind("query", "parameter = \"api_key\"\n"),
        SecretKind::Query { name }
    );
    for wrong in ["a b", "a=b", "a&b", "a%20", "a#", "ü"] {
        check(
            &secret("query", &format!("parameter = \"{wrong}\"\n")),
            "5:wrong_value",
        );
    }
    check(&secret("query", ""), "1:missing_key");
    let pointer = "/auth/a~1b".to_owned();
    assert_eq!(
        kind("json", "pointer = \"/auth/a~1b\"\n"),
        SecretKind::Json { pointer }
    );
    for wrong in ["auth", "/", "/a//b", "/a~2", "/a~", "/a/"] {
        check(
            &secret("json", &format!("pointer = \"{wrong}\"\n")),
            "5:wrong_value",
        );
    }
    check(
        &secret("json", &format!("pointer = \"{}\"\n", "/a".repeat(17))),
        "5:wrong_value",
    );
}

#[test]
fn headers_that_a_secret_may_take() {
    let header = |name: &str| secret("header", &format!("header = \"{name}\"\n"));
    let expected = SecretKind::Header {
        name: "x-api-key".to_owned(),
        prefix: "Token ".to_owned(),
    };
    assert_eq!(
        kind("header", "header = \"X-Api-Key\"\nprefix = \"Token \"\n"),
        expected
    );
    check(&header("authorization"), "ok");
    for forbidden in [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "connection",
        "cookie",
        "te",
        "trailer",
        "upgrade",
        "accept-encoding",
        "expect",
        "range",
        "Proxy-Authorization",
        "proxy-x",
        "traceparent",
        "idempotency-key",
        "keep-alive",
    ] {
        check(&header(forbidden), "5:forbidden_header");
    }
    for wrong in ["x key", "x:key", "x\\r\\ny", "ü", "(x)"] {
        check(&header(wrong), "5:wrong_value");
    }
    check(&secret("header", ""), "1:missing_key");
    let prefixed = |prefix: &str| {
        secret(
            "header",
            &format!("header = \"x\"\nprefix = \"{prefix}\"\n"),
        )
    };
    for wrong in ["a\\r\\nhost: b", "ü", "a\\u0000"] {
        check(&prefixed(wrong), "6:wrong_value");
    }
}

const SIGN: &str =
    "sign = \"{timestamp}\\n{method}\\n{path}\\n{body_sha256}\"\nheader = \"x-sig\"\n";

#[test]
fn hmac_templates_know_their_names_only() {
    let SecretKind::Hmac(hmac) = kind("hmac", SIGN) else {
        panic!("it is one");
    };
    assert_eq!(
        (hmac.value.as_str(), hmac.header.as_str()),
        ("{signature}", "x-sig")
    );
    assert_eq!(hmac.sign, "{timestamp}\n{method}\n{path}\n{body_sha256}");
    assert_eq!(
        (hmac.algorithm, hmac.encoding),
        (HmacAlgorithm::Sha256, SignatureEncoding::Hex)
    );
    let more = "algorithm = \"sha512\"\nencoding = \"base64\"\ntimestamp_header = \"X-Time\"\n\
                value = \"t={timestamp},v1={signature}\"\n";
    let SecretKind::Hmac(hmac) = kind("hmac", &format!("{SIGN}{more}")) else {
        panic!("it is one");
    };
    assert_eq!(
        (hmac.algorithm, hmac.encoding),
        (HmacAlgorithm::Sha512, SignatureEncoding::Base64)
    );
    assert_eq!(hmac.timestamp_header.as_deref(), Some("x-time"));
    let sign = |sign: &str| secret("hmac", &format!("sign = \"{sign}\"\nheader = \"x\"\n"));
    for wrong in [
        "{boody}",
        "{signature}",
        "{}",
        "{body",
        "body}",
        "{{body}}",
        "{ body }",
        "{secret}",
    ] {
        check(&sign(wrong), "5:wrong_template");
    }
    assert_eq!(faults(&sign("{mehod}"))[0].hint, "write {method}");
    check(&sign("constant"), "5:empty_pattern");
    check(
        &sign(&format!("{{body}}{}", "x".repeat(2_000))),
        "5:too_large",
    );
    let value = |value: &str| secret("hmac", &format!("{SIGN}value = \"{value}\"\n"));
    check(&value("v1={signature}"), "ok");
    check(&value("{signature}{body}"), "7:wrong_template");
    check(&value("{timestamp}"), "7:wrong_value");
    check(&value("{signature}\\r\\nhost: a"), "7:wrong_value");
    check(&secret("hmac", "header = \"x\"\n"), "1:missing_key");
    check(
        &secret("hmac", &format!("{SIGN}algorithm = \"md5\"\n")),
        "7:wrong_value",
    );
    check(
        &secret("hmac", &format!("{SIGN}timestamp_header = \"x-sig\"\n")),
        "7:duplicate",
    );
    check(
        &secret("hmac", &format!("{SIGN}timestamp_header = \"host\"\n")),
        "7:forbidden_header",
    );
}

#[test]
fn sigv4_and_mtls() {
    let keys = "access_key_id = \"AKIA1\"\nregion = \"eu-central-1\"\nservice = \"s3\"\n";
    check(&secret("sigv4", keys), "ok");
    check(
        &secret("sigv4", &keys.replace("eu-central-1", "eu/central")),
        "6:wrong_value",
    );
    check(
        &secret("sigv4", &keys.replace("AKIA1", "AKIA 1")),
        "5:wrong_value",
    );
    check(
        &secret("sigv4", &keys.replace("s3", "S3\\n")),
        "7:wrong_value",
    );
    check(&secret("sigv4", ""), "1:missing_key");
    check(&secret("mtls", "certificate = \"crm.pem\"\n"), "ok");
    check(&secret("mtls", ""), "1:missing_key");
    check(
        &secret("mtls", "certificate = \"~/crm.pem\"\n"),
        "5:wrong_path",
    );
    let plain = secret(
        "mtls",
        "certificate = \"crm.pem\"\n[egress]\nplain_http = [\"http://a.example\"]\n",
    );
    check(
        &plain.replacen("https://a.example", "http://a.example", 1),
        "4:plain_http",
    );
}

#[test]
fn jwt() {
    let SecretKind::Jwt(jwt) = kind(
        "jwt",
        "issuer = \"me\"\n[secret.s.claims]\nrole = \"bot\"\n",
    ) else {
        panic!("it is one");
    };
    assert_eq!((jwt.algorithm, jwt.lifetime_s), (JwtAlgorithm::Rs256, 300));
    assert_eq!(
        (jwt.issuer.as_deref(), jwt.claims["role"].as_str()),
        (Some("me"), "bot")
    );
    for (name, algorithm) in [
        ("ES256", JwtAlgorithm::Es256),
        ("EdDSA", JwtAlgorithm::EdDsa),
        ("HS256", JwtAlgorithm::Hs256),
    ] {
        let SecretKind::Jwt(jwt) = kind("jwt", &format!("algorithm = \"{name}\"\n")) else {
            panic!("it is one");
        };
        assert_eq!(jwt.algorithm, algorithm);
    }
    check(&secret("jwt", "algorithm = \"none\"\n"), "5:wrong_value");
    check(&secret("jwt", "lifetime_s = 1\n"), "ok");
    check(&secret("jwt", "lifetime_s = 3600\n"), "ok");
    check(&secret("jwt", "lifetime_s = 0\n"), "5:wrong_type");
    check(&secret("jwt", "lifetime_s = 3601\n"), "5:too_large");
    check(&secret("jwt", "subject = \"\"\n"), "5:empty_pattern");
    for reserved in ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"] {
        check(
            &secret("jwt", &format!("[secret.s.claims]\n{reserved} = \"x\"\n")),
            "6:reserved_claim",
        );
    }
    check(
        &secret("jwt", "[secret.s.claims]\nadmin = true\n"),
        "6:wrong_type",
    );
}

const OAUTH: &str = "token_url = \"https://auth.example/oauth/token\"\nclient_id = \"me\"\n";

#[test]
fn a_token_url_is_read_in_one_way() {
    let SecretKind::OauthClientCredentials(oauth) = kind(
        "oauth-client-credentials",
        &format!("{OAUTH}client_auth = \"body\"\nscopes = [\"a\"]\n"),
    ) else {
        panic!("it is one");
    };
    assert_eq!(oauth.token_url, "https://auth.example/oauth/token");
    assert_eq!(oauth.token_origin.to_string(), "https://auth.example");
    assert_eq!(
        (oauth.in_body, oauth.scopes, oauth.client_secret),
        (true, vec!["a".to_owned()], None)
    );
    let url = |url: &str| {
        secret(
            "oauth-client-credentials",
            &OAUTH.replace("https://auth.example/oauth/token", url),
        )
    };
    check(&url("https://auth.example:8443/"), "ok");
    for wrong in [
        "https://auth.example",
        "auth.example/token",
        "https://auth.example/a?b=c",
        "https://auth.example/a#b",
        "https://auth.example/a/../b",
        "https://auth.example//a",
        "https://auth.example/%61",
        "https://u@auth.example/a",
        "https://AUTH.example/a",
        "https://auth.example:443/a",
        "https://auth.example/{a}",
        "https://auth.example/{*a}",
        "ftp://auth.example/a",
        "https://0x7f.1/a",
        "https://auth.example/a b",
        "https:///a",
    ] {
        check(&url(wrong), "5:wrong_url");
    }
    let plain = url("http://auth.example/token");
    check(&plain, "5:plain_http");
    check(
        &format!("{plain}[egress]\nplain_http = [\"http://auth.example\"]\n"),
        "ok",
    );
    check(
        &secret("oauth-client-credentials", "client_id = \"me\"\n"),
        "1:missing_key",
    );
    check(
        &secret(
            "oauth-client-credentials",
            &format!("{OAUTH}client_secret = \"c\"\n"),
        ),
        "7:unfit_key",
    );
    check(
        &secret(
            "oauth-client-credentials",
            &format!("{OAUTH}client_auth = \"jwt\"\n"),
        ),
        "7:wrong_value",
    );
}

#[test]
fn a_refresh_token_can_be_replaced_and_its_client_secret_is_another() {
    let refresh = |rest: &str| secret("oauth-refresh", &format!("{OAUTH}{rest}"));
    check(&refresh(""), "ok");
    check(
        &refresh("").replace("vault:s", "env:TOKEN"),
        "2:source_not_writable",
    );
    check(&refresh("").replace("vault:s", "file:token"), "ok");
    let client = |kind: &str, origin: &str| {
        refresh(&format!(
            "client_secret = \"client\"\n[secret.client]\nsource = \"env:C\"\nkind = \"{kind}\"\n\
             user = \"me\"\norigins = [\"{origin}\"]\n"
        ))
    };
    check(&client("basic", "https://auth.example"), "ok");
    check(
        &client("basic", "https://a.example"),
        "7:origin_not_allowed",
    );
    check(
        &client("jwt", "https://auth.example").replace("user", "issuer"),
        "7:unfit_secret",
    );
    check(
        &refresh("client_secret = \"client\"\n"),
        "7:undefined_secret",
    );
    check(&refresh("client_secret = \"s\"\n"), "7:unfit_secret");
    let near = client("basic", "https://auth.example").replace("secret.client]", "secret.cleint]");
    assert_eq!(faults(&near)[0].hint, "write \"cleint\"");
}
