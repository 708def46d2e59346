//! `datev-export`: invoices become a DATEV "Buchungsstapel" (EXTF, version 700, category 21,
//! format version 13).
//!
//! `batch` is the input, `check` the rules, `booking` the rows, `format` the columns and
//! `file` the bytes. The skill never repairs: what DATEV would refuse is a finding with its
//! place. It chooses no accounts: those come from the caller.
//!
//! Source of the format: DATEV, developer portal, "DATEV-Format", "Header" and
//! "Buchungsstapel", as of format version 13.

mod batch;
mod booking;
mod check;
mod check_bookings;
mod describe_format;
mod export_bookings;
mod file;
mod finding;
mod format;
mod windows_1252;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "check_bookings",
            "Checks invoices against DATEV's rules without writing a file: the bookings that would \
             be written, and every finding with its place. Call it first.",
            check_bookings::check_bookings,
        )
        .tool(
            "export_bookings",
            "Writes invoices as a DATEV booking batch to /out/EXTF_Buchungsstapel_….csv, ready for \
             import. Fails, and writes nothing, if a rule is broken.",
            export_bookings::export_bookings,
        )
        .tool(
            "describe_format",
            "Lists the columns of the file: number, German heading, kind, and what this skill \
             writes there. For questions about the format or a file.",
            describe_format::describe_format,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;
