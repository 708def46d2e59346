//! The files of new skills, as they stand in this crate's `templates`.

use super::Template;

type File = (&'static str, &'static str);

const COMMON: &[File] = &[
    ("SKILL.md", include_str!("../../templates/common/SKILL.md")),
    (
        "skill.toml",
        include_str!("../../templates/common/skill.toml"),
    ),
    (
        "tests/greet.toml",
        include_str!("../../templates/common/greet.toml"),
    ),
    (
        "tests/count.toml",
        include_str!("../../templates/common/count.toml"),
    ),
    (
        "tests/refused.toml",
        include_str!("../../templates/common/refused.toml"),
    ),
    (
        "tests/status.toml",
        include_str!("../../templates/common/status.toml"),
    ),
];

const IGNORE: File = (
    ".gitignore",
    "skill.wasm\ntarget/\nnode_modules/\n__pycache__/\n",
);

/// Returns what every new skill has; the last of [`COMMON`] only one that asks a server.
pub(super) fn common(asks: bool) -> &'static [File] {
    &COMMON[..COMMON.len() - usize::from(!asks)]
}

/// Returns the files of a language.
pub(super) fn of(template: Template) -> &'static [File] {
    match template {
        Template::Rust => &[
            IGNORE,
            (
                "Cargo.toml",
                include_str!("../../templates/rust/Cargo.toml"),
            ),
            ("src/lib.rs", include_str!("../../templates/rust/lib.rs.in")),
            (
                ".hotcell/sdk/Cargo.toml",
                include_str!("../../templates/rust/sdk.toml"),
            ),
        ],
        Template::JavaScript => &[
            IGNORE,
            (
                "package.json",
                include_str!("../../templates/js/package.json"),
            ),
            ("src/index.js", include_str!("../../templates/js/index.js")),
        ],
        Template::TypeScript => &[
            IGNORE,
            (
                "package.json",
                include_str!("../../templates/ts/package.json"),
            ),
            ("src/index.ts", include_str!("../../templates/ts/index.ts")),
        ],
        Template::Python => &[
            IGNORE,
            (
                "pyproject.toml",
                include_str!("../../templates/python/pyproject.toml"),
            ),
            (
                "src/skill.py",
                include_str!("../../templates/python/skill.py"),
            ),
        ],
    }
}

/// The sources of `hotcell-sdk`.
const SDK: &[File] = &[
    ("bindings.rs", include_str!("../../../sdk/src/bindings.rs")),
    (
        "checkpoint.rs",
        include_str!("../../../sdk/src/checkpoint.rs"),
    ),
    (
        "component.rs",
        include_str!("../../../sdk/src/component.rs"),
    ),
    ("context.rs", include_str!("../../../sdk/src/context.rs")),
    ("contract.rs", include_str!("../../../sdk/src/contract.rs")),
    (
        "credentials.rs",
        include_str!("../../../sdk/src/credentials.rs"),
    ),
    ("failure.rs", include_str!("../../../sdk/src/failure.rs")),
    ("http.rs", include_str!("../../../sdk/src/http.rs")),
    (
        "http/error.rs",
        include_str!("../../../sdk/src/http/error.rs"),
    ),
    (
        "http/request.rs",
        include_str!("../../../sdk/src/http/request.rs"),
    ),
    (
        "http/response.rs",
        include_str!("../../../sdk/src/http/response.rs"),
    ),
    (
        "http/wasi.rs",
        include_str!("../../../sdk/src/http/wasi.rs"),
    ),
    ("lib.rs", include_str!("../../../sdk/src/lib.rs")),
    ("progress.rs", include_str!("../../../sdk/src/progress.rs")),
    ("settings.rs", include_str!("../../../sdk/src/settings.rs")),
    ("skill.rs", include_str!("../../../sdk/src/skill.rs")),
    ("stub.rs", include_str!("../../../sdk/src/stub.rs")),
    (
        "stub/reply.rs",
        include_str!("../../../sdk/src/stub/reply.rs"),
    ),
    (
        "stub/sent.rs",
        include_str!("../../../sdk/src/stub/sent.rs"),
    ),
    (
        "tool_error.rs",
        include_str!("../../../sdk/src/tool_error.rs"),
    ),
];

/// Returns the SDK as a crate that stands alone: the interfaces are in its own folder.
pub(super) fn sdk() -> Vec<(String, String)> {
    let sources = SDK.iter().map(|(place, text)| {
        let text = text.replace("path: \"../../wit\"", "path: \"wit\"");
        (format!(".hotcell/sdk/src/{place}"), text)
    });
    let interfaces = [
        ("skill.wit", include_str!("../../../../wit/skill.wit")),
        (
            "deps/wasi-config/store.wit",
            include_str!("../../../../wit/deps/wasi-config/store.wit"),
        ),
    ];
    let interfaces =
        interfaces.map(|(place, text)| (format!(".hotcell/sdk/wit/{place}"), text.to_owned()));
    sources.chain(interfaces).collect()
}
