//! A JSON number as what it is, so that `1`, `1.0` and `10e-1` are one.

use std::hash::{Hash, Hasher};

use serde_json::Number;

/// 2^64: past it no integer of a text is exact, so floats are compared with floats.
const INTEGERS_END: f64 = 18_446_744_073_709_551_616.0;

/// An integer, or a float that is none that a text could hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Exact {
    Integer(i128),
    Float(f64),
}

impl Exact {
    pub(super) fn of(number: &Number) -> Self {
        if let Some(integer) = number.as_i128() {
            return Self::Integer(integer);
        }
        let float = number.as_f64().unwrap_or(f64::NAN);
        match float.fract() == 0.0 && float.abs() < INTEGERS_END {
            true => Self::Integer(float as i128),
            false => Self::Float(float),
        }
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            _ => false,
        }
    }
}

impl Eq for Exact {}

impl Hash for Exact {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Self::Integer(integer) => hasher.write_i128(*integer),
            Self::Float(float) => hasher.write_u64(float.to_bits()),
        }
    }
}
