//! A CRM that the operator lets the skill `crm` into, with a secret.

use std::io::Write;
use std::process::Stdio;

use hotcell_testkit::servers::crm::Crm;
use hotcell_testkit::servers::{Authority, Server};
use tokio::runtime::Runtime;

use crate::place::Place;

/// The secret, which may be nowhere but in the vault and at the server.
pub(crate) const TOKEN: &str = "Zq7f3a91c4.e8d25b60aa17-Kw9";

/// A place with `crm` and the server that it calls.
pub(crate) struct World {
    pub(crate) place: Place,
    _server: Server,
    _runtime: Runtime,
}

impl World {
    /// Starts the server, and grants the skill its use.
    pub(crate) fn granted() -> World {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let authority = Authority::new();
        let identity = authority.issue(&["127.0.0.1"]);
        let server = runtime.block_on(Server::tls(&identity, Crm::new(TOKEN).behaviour()));
        let (origin, address) = (server.origin("127.0.0.1"), server.address());
        let place = Place::new(&format!(
            "[settings.crm]\nbase_url = \"{origin}\"\n\
             [egress]\nca_files = [\"ca.pem\"]\nprivate = [\"{address}\"]\n\
             [secret.crm-token]\nsource = \"vault:crm-token\"\nkind = \"bearer\"\n\
             origins = [\"{origin}\"]\nscopes = [\"contacts:read\", \"contacts:write\", \"deals:read\"]\n\
             [[grant]]\nskill = \"crm@1\"\ncredential = \"crm\"\nsecret = \"crm-token\"\n\
             origins = [\"{origin}\"]\nmethods = [\"GET\"]\n"
        ));
        std::fs::write(place.at("ca.pem"), authority.pem()).unwrap();
        place.install_example("crm");
        set_secret(&place);
        let package = crate::place::repository().join("skills-examples/crm");
        place.run(&["approve", package.to_str().unwrap(), "--yes"]);
        World {
            place,
            _server: server,
            _runtime: runtime,
        }
    }
}

fn set_secret(place: &Place) {
    let mut command = place.command(&["secret", "set", "crm-token"]);
    let mut process = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(TOKEN.as_bytes()).unwrap();
    drop(stdin);
    assert!(process.wait().unwrap().success());
}
