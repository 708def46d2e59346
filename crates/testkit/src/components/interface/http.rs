//! `wasi:http` as a component imports it, as far as a request without a body needs it.

use super::{Function, dropper, lower};

pub(super) const HTTP_TYPES: &str = r#"
(import "wasi:http/types@0.2.0" (instance $http
  (export "pollable" (type $p (eq $pollable)))
  (type $methods (variant (case "get") (case "head") (case "post") (case "put") (case "delete")
    (case "connect") (case "options") (case "trace") (case "patch") (case "other" string)))
  (export "method" (type $method (eq $methods)))
  (type $schemes (variant (case "HTTP") (case "HTTPS") (case "other" string)))
  (export "scheme" (type $scheme (eq $schemes)))
  (type $dns (record (field "rcode" (option string)) (field "info-code" (option u16))))
  (export "DNS-error-payload" (type $dns-error (eq $dns)))
  (type $alert (record (field "alert-id" (option u8)) (field "alert-message" (option string))))
  (export "TLS-alert-received-payload" (type $tls-alert (eq $alert)))
  (type $size (record (field "field-name" (option string)) (field "field-size" (option u32))))
  (export "field-size-payload" (type $field-size (eq $size)))
  (type $codes (variant (case "DNS-timeout") (case "DNS-error" $dns-error)
    (case "destination-not-found") (case "destination-unavailable")
    (case "destination-IP-prohibited") (case "destination-IP-unroutable")
    (case "connection-refused") (case "connection-terminated") (case "connection-timeout")
    (case "connection-read-timeout") (case "connection-write-timeout")
    (case "connection-limit-reached") (case "TLS-protocol-error")
    (case "TLS-certificate-error") (case "TLS-alert-received" $tls-alert)
    (case "HTTP-request-denied") (case "HTTP-request-length-required")
    (case "HTTP-request-body-size" (option u64)) (case "HTTP-request-method-invalid")
    (case "HTTP-request-URI-invalid") (case "HTTP-request-URI-too-long")
    (case "HTTP-request-header-section-size" (option u32))
    (case "HTTP-request-header-size" (option $field-size))
    (case "HTTP-request-trailer-section-size" (option u32))
    (case "HTTP-request-trailer-size" $field-size) (case "HTTP-response-incomplete")
    (case "HTTP-response-header-section-size" (option u32))
    (case "HTTP-response-header-size" $field-size)
    (case "HTTP-response-body-size" (option u64))
    (case "HTTP-response-trailer-section-size" (option u32))
    (case "HTTP-response-trailer-size" $field-size)
    (case "HTTP-response-transfer-coding" (option string))
    (case "HTTP-response-content-coding" (option string)) (case "HTTP-response-timeout")
    (case "HTTP-upgrade-failed") (case "HTTP-protocol-error") (case "loop-detected")
    (case "configuration-error") (case "internal-error" (option string))))
  (export "error-code" (type $code (eq $codes)))
  (export "fields" (type $f (sub resource)))
  (export "outgoing-request" (type $r (sub resource)))
  (export "request-options" (type $o (sub resource)))
  (export "incoming-response" (type $i (sub resource)))
  (export "future-incoming-response" (type $w (sub resource)))
  (export "[constructor]fields" (func (result (own $f))))
  (export "[constructor]outgoing-request" (func (param "headers" (own $f)) (result (own $r))))
  (export "[method]outgoing-request.set-method" (func (param "self" (borrow $r))
    (param "method" $method) (result (result))))
  (export "[method]outgoing-request.set-scheme" (func (param "self" (borrow $r))
    (param "scheme" (option $scheme)) (result (result))))
  (export "[method]outgoing-request.set-authority" (func (param "self" (borrow $r))
    (param "authority" (option string)) (result (result))))
  (export "[method]outgoing-request.set-path-with-query" (func (param "self" (borrow $r))
    (param "path-with-query" (option string)) (result (result))))
  (export "[method]future-incoming-response.subscribe" (func (param "self" (borrow $w))
    (result (own $p))))
  (export "[method]future-incoming-response.get" (func (param "self" (borrow $w))
    (result (option (result (result (own $i) (error $code)))))))
  (export "[method]incoming-response.status" (func (param "self" (borrow $i)) (result u16)))))
(alias export $http "error-code" (type $http-error))
(alias export $http "outgoing-request" (type $outgoing-request'))
(alias export $http "request-options" (type $request-options))
(alias export $http "incoming-response" (type $incoming-response))
(alias export $http "future-incoming-response" (type $future-response))
"#;

pub(super) const HTTP_TYPES_FUNCTIONS: [Function; 11] = [
    lower("fields", "$http", "[constructor]fields", "(result i32)"),
    lower(
        "outgoing-request",
        "$http",
        "[constructor]outgoing-request",
        "(param i32) (result i32)",
    ),
    lower(
        "set-method",
        "$http",
        "[method]outgoing-request.set-method",
        "(param i32 i32 i32 i32) (result i32)",
    ),
    lower(
        "set-scheme",
        "$http",
        "[method]outgoing-request.set-scheme",
        "(param i32 i32 i32 i32 i32) (result i32)",
    ),
    lower(
        "set-authority",
        "$http",
        "[method]outgoing-request.set-authority",
        "(param i32 i32 i32 i32) (result i32)",
    ),
    lower(
        "set-path",
        "$http",
        "[method]outgoing-request.set-path-with-query",
        "(param i32 i32 i32 i32) (result i32)",
    ),
    lower(
        "subscribe-response",
        "$http",
        "[method]future-incoming-response.subscribe",
        "(param i32) (result i32)",
    ),
    lower(
        "get-response",
        "$http",
        "[method]future-incoming-response.get",
        "(param i32 i32)",
    ),
    lower(
        "status",
        "$http",
        "[method]incoming-response.status",
        "(param i32) (result i32)",
    ),
    dropper("drop-response", "$incoming-response"),
    dropper("drop-future-response", "$future-response"),
];

pub(super) const HTTP_HANDLER: &str = r#"
(import "wasi:http/outgoing-handler@0.2.0" (instance $handler
  (export "outgoing-request" (type $r (eq $outgoing-request')))
  (export "request-options" (type $o (eq $request-options)))
  (export "future-incoming-response" (type $w (eq $future-response)))
  (export "error-code" (type $code (eq $http-error)))
  (export "handle" (func (param "request" (own $r)) (param "options" (option (own $o)))
    (result (result (own $w) (error $code)))))))
"#;

pub(super) const HTTP_HANDLER_FUNCTIONS: [Function; 1] = [lower(
    "handle",
    "$handler",
    "handle",
    "(param i32 i32 i32 i32)",
)];
