//! Placement: a secret stands in the one place that its record names, and nowhere else.

mod breaks;
mod framing;
mod methods;
mod protocols;
mod signing;
mod twins;
mod visible;
