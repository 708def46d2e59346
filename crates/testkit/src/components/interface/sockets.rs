//! `wasi:sockets`, as a component imports it that asks for a connection.

use super::{Function, dropper, lower};

pub(super) const SOCKETS: &str = r#"
(import "wasi:sockets/network@0.2.0" (instance $network-interface
  (export "network" (type (sub resource)))
  (type $codes' (enum "unknown" "access-denied" "not-supported" "invalid-argument"
    "out-of-memory" "timeout" "concurrency-conflict" "not-in-progress" "would-block"
    "invalid-state" "new-socket-limit" "address-not-bindable" "address-in-use"
    "remote-unreachable" "connection-refused" "connection-reset" "connection-aborted"
    "datagram-too-large" "name-unresolvable" "temporary-resolver-failure"
    "permanent-resolver-failure"))
  (export "error-code" (type (eq $codes')))
  (type $families' (enum "ipv4" "ipv6"))
  (export "ip-address-family" (type (eq $families')))))
(alias export $network-interface "network" (type $network))
(alias export $network-interface "error-code" (type $socket-error))
(alias export $network-interface "ip-address-family" (type $family))
(import "wasi:sockets/instance-network@0.2.0" (instance $instance-network
  (export "network" (type $n (eq $network)))
  (export "instance-network" (func (result (own $n))))))
(import "wasi:sockets/ip-name-lookup@0.2.0" (instance $lookup
  (export "network" (type $n (eq $network)))
  (export "error-code" (type $e (eq $socket-error)))
  (export "resolve-address-stream" (type $s (sub resource)))
  (export "resolve-addresses" (func (param "network" (borrow $n)) (param "name" string)
    (result (result (own $s) (error $e)))))))
(import "wasi:sockets/tcp@0.2.0" (instance $tcp
  (export "tcp-socket" (type (sub resource)))))
(alias export $tcp "tcp-socket" (type $tcp-socket))
(import "wasi:sockets/tcp-create-socket@0.2.0" (instance $tcp-create
  (export "error-code" (type $e (eq $socket-error)))
  (export "ip-address-family" (type $f (eq $family)))
  (export "tcp-socket" (type $s (eq $tcp-socket)))
  (export "create-tcp-socket" (func (param "address-family" $f)
    (result (result (own $s) (error $e)))))))
(import "wasi:sockets/udp@0.2.0" (instance $udp
  (export "udp-socket" (type (sub resource)))))
(alias export $udp "udp-socket" (type $udp-socket))
(import "wasi:sockets/udp-create-socket@0.2.0" (instance $udp-create
  (export "error-code" (type $e (eq $socket-error)))
  (export "ip-address-family" (type $f (eq $family)))
  (export "udp-socket" (type $s (eq $udp-socket)))
  (export "create-udp-socket" (func (param "address-family" $f)
    (result (result (own $s) (error $e)))))))
"#;

pub(super) const FUNCTIONS: [Function; 5] = [
    lower(
        "instance-network",
        "$instance-network",
        "instance-network",
        "(result i32)",
    ),
    lower(
        "resolve",
        "$lookup",
        "resolve-addresses",
        "(param i32 i32 i32 i32)",
    ),
    lower(
        "create-tcp",
        "$tcp-create",
        "create-tcp-socket",
        "(param i32 i32)",
    ),
    lower(
        "create-udp",
        "$udp-create",
        "create-udp-socket",
        "(param i32 i32)",
    ),
    dropper("drop-network", "$network"),
];
