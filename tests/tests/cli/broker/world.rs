//! A CRM with a TLS server of its own authority, and an operator who may let the skill `crm` in.

use hotcell_testkit::servers::crm::Crm;
use hotcell_testkit::servers::encodings::{self, Encoding};
use hotcell_testkit::servers::{Authority, Behaviour, Server};
use tokio::runtime::Runtime;

use crate::room::{Ran, Room, example};

/// Two values of the secret, which may be nowhere but in the vault and at the server.
pub(crate) const TOKEN: &str = "Zq7f3a91c4.e8d25b60aa17-Kw9";
pub(crate) const NEXT_TOKEN: &str = "Vb02c6e5f8.b1947d3ebb84-Ty3";

/// A run of a secret that is as good as the secret.
const WINDOW: usize = 12;

/// Ways to write such a run. In base64 one of three runs in a row is aligned, whatever stands
/// before the secret.
const SPELLINGS: [Encoding; 5] = [
    encodings::raw,
    encodings::hex,
    encodings::hex_upper,
    encodings::base64_no_pad,
    encodings::base64url_no_pad,
];

/// The platform's place of the operator's file, below the room's home folder.
pub(crate) const CONFIG: &str = "home/.config/hotcell/hotcell.toml";

pub(crate) const SEARCH: &str = r#"{"query": "Weber"}"#;

/// What an operator writes of the skill `crm`.
pub(crate) const GRANT: &str = r#"[secret.crm-token]
source = "vault:crm-token"
kind = "bearer"
origins = ["ORIGIN"]
scopes = ["contacts:read", "contacts:write", "deals:read"]
[[grant]]
skill = "crm@1"
credential = "crm"
secret = "crm-token"
origins = ["ORIGIN"]
"#;

/// A room of the program, and the CRM that it may call.
pub(crate) struct World {
    pub(crate) room: Room,
    pub(crate) crm: Crm,
    pub(crate) server: Server,
    pub(crate) authority: Authority,
    runtime: Runtime,
}

impl World {
    /// Starts the CRM, which takes [`TOKEN`]; nothing is granted, and no secret is in the vault.
    pub(crate) fn new() -> World {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (crm, authority) = (Crm::new(TOKEN), Authority::new());
        let server = serve(&runtime, &authority, crm.behaviour());
        let room = Room::new();
        room.write("home/.config/hotcell/ca.pem", authority.pem());
        let world = World {
            room,
            crm,
            server,
            authority,
            runtime,
        };
        world.configure("");
        world
    }

    /// The same where the operator has set the secret, granted it and approved the package.
    pub(crate) fn granted() -> World {
        let world = World::new();
        world.configure(GRANT);
        world.done(&["secret", "set", "crm-token"], TOKEN);
        world.done(&["approve", &example("crm"), "--yes"], "");
        world
    }

    /// Starts another server of the same authority.
    pub(crate) fn serve(&self, behaviour: Behaviour) -> Server {
        serve(&self.runtime, &self.authority, behaviour)
    }

    pub(crate) fn origin(&self) -> String {
        self.server.origin("127.0.0.1")
    }

    /// Writes the operator's file: where the CRM is, that it may be dialled, and `tables`.
    pub(crate) fn configure(&self, tables: &str) {
        self.configure_with_servers(tables, &[&self.server]);
    }

    /// The same where these servers may be dialled.
    pub(crate) fn configure_with_servers(&self, tables: &str, servers: &[&Server]) {
        let origin = self.origin();
        let private: Vec<_> = servers
            .iter()
            .map(|server| server.address().to_string())
            .collect();
        let text = format!(
            "[settings.crm]\nbase_url = \"{origin}\"\n\
             [egress]\nca_files = [\"ca.pem\"]\nprivate = {private:?}\n{}",
            tables.replace("ORIGIN", &origin)
        );
        self.room.write(CONFIG, text);
    }

    /// Calls a tool of `crm`.
    pub(crate) fn call(&self, tool: &str, input: &str) -> Ran {
        self.hotcell(&["run", &example("crm"), tool, "--input", input], "")
    }

    /// Searches, as the shortest way to a request with the secret.
    pub(crate) fn search(&self) -> Ran {
        self.call("search_contacts", SEARCH)
    }

    /// Asserts that a search finds somebody.
    pub(crate) fn search_works(&self) {
        let ran = self.search();
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.json()["total"].as_u64().unwrap() > 0, "{}", ran.stdout);
    }

    /// Runs the program; nothing that it shows holds a secret.
    pub(crate) fn hotcell(&self, arguments: &[&str], stdin: &str) -> Ran {
        let ran = self.room.run_with_stdin(arguments, stdin.as_bytes());
        for shown in [&ran.stdout, &ran.stderr] {
            assert_clean(shown.as_bytes(), &format!("{arguments:?}"));
        }
        ran
    }

    /// The same where it must go well.
    pub(crate) fn done(&self, arguments: &[&str], stdin: &str) {
        let ran = self.hotcell(arguments, stdin);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
    }

    /// Asserts that no file of the room holds a secret. The vault is a file as the others: what
    /// is encrypted is not found.
    pub(crate) fn assert_nothing_left(&self) {
        let everything = self.room.everything();
        let vault = "home/.local/share/hotcell/vault.age";
        assert!(
            everything.contains_key(std::path::Path::new(vault)),
            "{everything:?}"
        );
        for (path, bytes) in everything {
            assert_clean(&bytes.unwrap_or_default(), &path.display().to_string());
        }
    }
}

fn serve(runtime: &Runtime, authority: &Authority, behaviour: Behaviour) -> Server {
    let identity = authority.issue(&["127.0.0.1"]);
    runtime.block_on(Server::tls(&identity, behaviour))
}

/// Asserts that these bytes hold neither secret, nor a part that is as good, however written.
pub(crate) fn assert_clean(bytes: &[u8], what: &str) {
    let found = spelling_in(bytes);
    assert_eq!(found, None, "{what}: {}", String::from_utf8_lossy(bytes));
}

/// Returns the first spelling of a secret, or of a part that is as good, in these bytes.
pub(crate) fn spelling_in(bytes: &[u8]) -> Option<String> {
    let tokens = [TOKEN, NEXT_TOKEN].map(str::as_bytes);
    let runs = tokens.iter().flat_map(|token| token.windows(WINDOW));
    let parts = runs.flat_map(|run| SPELLINGS.map(|spell| spell(run)));
    let wholes = tokens
        .iter()
        .flat_map(|token| encodings::TEXTS.map(|(_, spell)| spell(token)));
    let mut all = parts.chain(wholes);
    let found = all.find(|one| bytes.windows(one.len()).any(|window| window == one));
    found.map(|one| one.escape_ascii().to_string())
}
