//! `hotcell:skill`, as a component imports it.

use super::{Function, lower};

pub(super) const CREDENTIALS: &str = r#"
(import "hotcell:skill/credentials@0.1.0" (instance $credentials
  (type $statuses (enum "granted" "not-granted" "suspended" "undeclared"))
  (export "credential-status" (type $status (eq $statuses)))
  (type $denial' (record (field "code" string) (field "retry-after-ms" (option u64))))
  (export "denial" (type $denial (eq $denial')))
  (export "status" (func (param "name" string) (result $status)))
  (export "last-denial" (func (result (option $denial))))))
"#;

pub(super) const CREDENTIALS_FUNCTIONS: [Function; 2] = [
    lower(
        "credential-status",
        "$credentials",
        "status",
        "(param i32 i32) (result i32)",
    ),
    lower("last-denial", "$credentials", "last-denial", "(param i32)"),
];

pub(super) const PROGRESS: &str = r#"
(import "hotcell:skill/progress@0.1.0" (instance $progress
  (export "report" (func (param "done" u64) (param "total" (option u64))
    (param "message" string)))))
"#;

pub(super) const PROGRESS_FUNCTIONS: [Function; 1] = [lower(
    "report",
    "$progress",
    "report",
    "(param i64 i32 i64 i32 i32)",
)];

pub(super) const CHECKPOINT: &str = r#"
(import "hotcell:skill/checkpoint@0.1.0" (instance $checkpoint
  (type $codes (enum "unavailable" "too-large"))
  (export "error" (type $code (eq $codes)))
  (export "save" (func (param "state" (list u8)) (result (result (error $code)))))
  (export "load" (func (result (option (list u8)))))))
"#;

pub(super) const CHECKPOINT_FUNCTIONS: [Function; 2] = [
    lower("save", "$checkpoint", "save", "(param i32 i32 i32)"),
    lower("load", "$checkpoint", "load", "(param i32)"),
];
