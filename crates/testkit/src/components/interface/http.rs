//! `wasi:http` as a component that asks for something imports it.

use super::{Function, dropper, lower};

pub(super) const TYPES: &str = r#"
(import "wasi:http/types@0.2.0" (instance $http
  (export "input-stream" (type $i (eq $input-stream)))
  (export "output-stream" (type $o (eq $output-stream)))
  (export "pollable" (type $p (eq $pollable)))
  (type $dns' (record (field "rcode" (option string)) (field "info-code" (option u16))))
  (export "DNS-error-payload" (type $dns (eq $dns')))
  (type $tls' (record (field "alert-id" (option u8)) (field "alert-message" (option string))))
  (export "TLS-alert-received-payload" (type $tls (eq $tls')))
  (type $size' (record (field "field-name" (option string)) (field "field-size" (option u32))))
  (export "field-size-payload" (type $size (eq $size')))
  (type $code' (variant (case "DNS-timeout") (case "DNS-error" $dns)
    (case "destination-not-found") (case "destination-unavailable")
    (case "destination-IP-prohibited") (case "destination-IP-unroutable")
    (case "connection-refused") (case "connection-terminated") (case "connection-timeout")
    (case "connection-read-timeout") (case "connection-write-timeout")
    (case "connection-limit-reached") (case "TLS-protocol-error")
    (case "TLS-certificate-error") (case "TLS-alert-received" $tls)
    (case "HTTP-request-denied") (case "HTTP-request-length-required")
    (case "HTTP-request-body-size" (option u64)) (case "HTTP-request-method-invalid")
    (case "HTTP-request-URI-invalid") (case "HTTP-request-URI-too-long")
    (case "HTTP-request-header-section-size" (option u32))
    (case "HTTP-request-header-size" (option $size))
    (case "HTTP-request-trailer-section-size" (option u32))
    (case "HTTP-request-trailer-size" $size) (case "HTTP-response-incomplete")
    (case "HTTP-response-header-section-size" (option u32))
    (case "HTTP-response-header-size" $size) (case "HTTP-response-body-size" (option u64))
    (case "HTTP-response-trailer-section-size" (option u32))
    (case "HTTP-response-trailer-size" $size)
    (case "HTTP-response-transfer-coding" (option string))
    (case "HTTP-response-content-coding" (option string)) (case "HTTP-response-timeout")
    (case "HTTP-upgrade-failed") (case "HTTP-protocol-error") (case "loop-detected")
    (case "configuration-error") (case "internal-error" (option string))))
  (export "error-code" (type $code (eq $code')))
  (export "fields" (type $f (sub resource)))
  (export "trailers" (type $t (eq $f)))
  (export "[constructor]fields" (func (result (own $f))))
  (export "outgoing-body" (type $ob (sub resource)))
  (export "[method]outgoing-body.write" (func (param "self" (borrow $ob))
    (result (result (own $o)))))
  (export "[static]outgoing-body.finish" (func (param "this" (own $ob))
    (param "trailers" (option (own $t))) (result (result (error $code)))))
  (export "outgoing-request" (type $or (sub resource)))
  (export "[constructor]outgoing-request" (func (param "headers" (own $f))
    (result (own $or))))
  (type $method' (variant (case "get") (case "head") (case "post") (case "put") (case "delete")
    (case "connect") (case "options") (case "trace") (case "patch") (case "other" string)))
  (export "method" (type $method (eq $method')))
  (export "[method]outgoing-request.set-method" (func (param "self" (borrow $or))
    (param "method" $method) (result (result))))
  (export "[method]outgoing-request.set-authority" (func (param "self" (borrow $or))
    (param "authority" (option string)) (result (result))))
  (export "[method]outgoing-request.set-path-with-query" (func (param "self" (borrow $or))
    (param "path-with-query" (option string)) (result (result))))
  (type $scheme' (variant (case "HTTP") (case "HTTPS") (case "other" string)))
  (export "scheme" (type $scheme (eq $scheme')))
  (export "[method]outgoing-request.set-scheme" (func (param "self" (borrow $or))
    (param "scheme" (option $scheme)) (result (result))))
  (export "[method]outgoing-request.body" (func (param "self" (borrow $or))
    (result (result (own $ob)))))
  (export "request-options" (type $options (sub resource)))
  (export "future-trailers" (type $ft (sub resource)))
  (export "[method]future-trailers.subscribe" (func (param "self" (borrow $ft))
    (result (own $p))))
  (export "[method]future-trailers.get" (func (param "self" (borrow $ft))
    (result (option (result (result (option (own $t)) (error $code)))))))
  (export "incoming-body" (type $ib (sub resource)))
  (export "[method]incoming-body.stream" (func (param "self" (borrow $ib))
    (result (result (own $i)))))
  (export "[static]incoming-body.finish" (func (param "this" (own $ib)) (result (own $ft))))
  (export "incoming-response" (type $ir (sub resource)))
  (export "[method]incoming-response.status" (func (param "self" (borrow $ir)) (result u16)))
  (export "[method]incoming-response.consume" (func (param "self" (borrow $ir))
    (result (result (own $ib)))))
  (export "future-incoming-response" (type $fr (sub resource)))
  (export "[method]future-incoming-response.subscribe" (func (param "self" (borrow $fr))
    (result (own $p))))
  (export "[method]future-incoming-response.get" (func (param "self" (borrow $fr))
    (result (option (result (result (own $ir) (error $code)))))))))
(alias export $http "error-code" (type $http-code))
(alias export $http "outgoing-request" (type $outgoing-request))
(alias export $http "request-options" (type $request-options))
(alias export $http "future-incoming-response" (type $future-response))
(alias export $http "incoming-response" (type $incoming-response))
(alias export $http "future-trailers" (type $future-trailers))
(import "wasi:http/outgoing-handler@0.2.0" (instance $handler
  (export "outgoing-request" (type $or (eq $outgoing-request)))
  (export "request-options" (type $options (eq $request-options)))
  (export "future-incoming-response" (type $fr (eq $future-response)))
  (export "error-code" (type $code (eq $http-code)))
  (export "handle" (func (param "request" (own $or)) (param "options" (option (own $options)))
    (result (result (own $fr) (error $code)))))))
"#;

pub(super) const FUNCTIONS: [Function; 21] = [
    method("fields-new", "[constructor]fields", "(result i32)"),
    method(
        "request-new",
        "[constructor]outgoing-request",
        "(param i32) (result i32)",
    ),
    method(
        "set-method",
        "[method]outgoing-request.set-method",
        "(param i32 i32 i32 i32) (result i32)",
    ),
    method(
        "set-authority",
        "[method]outgoing-request.set-authority",
        "(param i32 i32 i32 i32) (result i32)",
    ),
    method(
        "set-path",
        "[method]outgoing-request.set-path-with-query",
        "(param i32 i32 i32 i32) (result i32)",
    ),
    method(
        "set-scheme",
        "[method]outgoing-request.set-scheme",
        "(param i32 i32 i32 i32 i32) (result i32)",
    ),
    method(
        "request-body",
        "[method]outgoing-request.body",
        "(param i32 i32)",
    ),
    method(
        "body-write",
        "[method]outgoing-body.write",
        "(param i32 i32)",
    ),
    method(
        "body-finish",
        "[static]outgoing-body.finish",
        "(param i32 i32 i32 i32)",
    ),
    lower("handle", "$handler", "handle", "(param i32 i32 i32 i32)"),
    method(
        "response-subscribe",
        "[method]future-incoming-response.subscribe",
        "(param i32) (result i32)",
    ),
    method(
        "response-get",
        "[method]future-incoming-response.get",
        "(param i32 i32)",
    ),
    method(
        "status",
        "[method]incoming-response.status",
        "(param i32) (result i32)",
    ),
    method(
        "consume",
        "[method]incoming-response.consume",
        "(param i32 i32)",
    ),
    method(
        "body-stream",
        "[method]incoming-body.stream",
        "(param i32 i32)",
    ),
    method(
        "body-trailers",
        "[static]incoming-body.finish",
        "(param i32) (result i32)",
    ),
    method(
        "trailers-subscribe",
        "[method]future-trailers.subscribe",
        "(param i32) (result i32)",
    ),
    method(
        "trailers-get",
        "[method]future-trailers.get",
        "(param i32 i32)",
    ),
    dropper("drop-future-response", "$future-response"),
    dropper("drop-response", "$incoming-response"),
    dropper("drop-future-trailers", "$future-trailers"),
];

const fn method(name: &'static str, function: &'static str, signature: &'static str) -> Function {
    lower(name, "$http", function, signature)
}
