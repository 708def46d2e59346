//! What is measured: the skills, their usual work, and what that reaches.

use hotcell_testkit::servers::Behaviour;
use hotcell_testkit::servers::ci::Ci;
use hotcell_testkit::servers::crm::Crm;
use hotcell_testkit::servers::web;

use super::program::Program;
use crate::wire::TOKEN;

/// One skill and its usual work.
pub(super) struct Work {
    pub(super) skill: &'static str,
    pub(super) language: &'static str,
    pub(super) tool: &'static str,
    /// A file of `skills-examples`, or JSON in which `ORIGIN` is where the server is.
    pub(super) input: &'static str,
    /// Files of `skills-examples` that the tool sees at `/in`.
    pub(super) files: &'static [&'static str],
    pub(super) reach: Reach,
    pub(super) program: Option<Program>,
}

/// What a skill reaches outside its sandbox.
pub(super) enum Reach {
    Nothing,
    /// A server of the loopback, by TLS.
    Server(fn() -> Behaviour),
    /// A host folder of notes.
    Notes,
}

const fn rust(skill: &'static str, tool: &'static str, input: &'static str) -> Work {
    Work {
        skill,
        language: "Rust",
        tool,
        input,
        files: &[],
        reach: Reach::Nothing,
        program: None,
    }
}

const CRM: Reach = Reach::Server(|| Crm::new(TOKEN).behaviour());
const WEB: Reach = Reach::Server(web::behaviour);
/// A run has ended when it is asked for: what is measured is no waiting.
const CI: Reach = Reach::Server(|| Ci::new(TOKEN, 1).behaviour());

/// The works, a row of the table each.
pub(super) const WORKS: [Work; 14] = [
    rust(
        "tax-check",
        "check_invoice",
        "tax-check/examples/faulty.json",
    ),
    rust(
        "datev-export",
        "export_bookings",
        "datev-export/examples/october.json",
    ),
    Work {
        language: "JavaScript",
        program: Some(Program::Node),
        ..rust(
            "datev-export-js",
            "export_bookings",
            "datev-export/examples/october.json",
        )
    },
    rust(
        "quote-docx",
        "make_quote",
        "quote-docx/examples/office.json",
    ),
    Work {
        files: &["slides/tests/chart.png", "slides/tests/showroom.jpeg"],
        ..rust("slides", "make_deck", "slides/examples/review.json")
    },
    rust(
        "spreadsheet",
        "write_workbook",
        "spreadsheet/examples/offers.json",
    ),
    Work {
        language: "TypeScript",
        program: Some(Program::Node),
        ..rust("calendar", "create_event", "calendar/tests/invitation.json")
    },
    Work {
        language: "Python",
        files: &["pdf-extract/tests/pdf/letter-de.pdf"],
        program: Some(Program::Python),
        ..rust(
            "pdf-extract",
            "extract_invoice",
            r#"{"file": "letter-de.pdf"}"#,
        )
    },
    Work {
        reach: CRM,
        ..rust("crm", "search_contacts", "crm/examples/search.json")
    },
    Work {
        language: "Python",
        reach: CRM,
        program: Some(Program::Python),
        ..rust("crm-py", "search_contacts", "crm/examples/search.json")
    },
    Work {
        reach: CI,
        ..rust("ci", "run_tests", "ci/examples/run.json")
    },
    Work {
        reach: WEB,
        ..rust(
            "web",
            "read_page",
            r#"{"url": "ORIGIN/artikel/kirschen.html"}"#,
        )
    },
    Work {
        reach: Reach::Notes,
        ..rust("file-ops", "search", r#"{"query": "invoice"}"#)
    },
    Work {
        reach: Reach::Notes,
        ..rust("file-ops", "edit_file", "file-ops/examples/edit.json")
    },
];
