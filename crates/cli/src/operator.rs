//! The operator's side of a host: `hotcell.toml` turned into a broker.

use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use hotcell_host::broker::meter::Meter;
use hotcell_host::broker::secrets::{SecretError, SecretValue, host_key};
use hotcell_host::broker::{Broker, BrokerOptions, Roots, SystemResolver};
use hotcell_host::{Operator, SuspendInState};
use hotcell_package::Diagnostic;
use hotcell_policy::config::Config;

use crate::config::Places;

/// Folder of the rates in the data folder.
pub(crate) const RATES_FOLDER: &str = "rates";

/// Makes the operator's side from the places that a command was told.
///
/// # Errors
///
/// Returns all that is wrong with the operator's file, or what it names cannot be read.
pub(crate) fn operator(places: &Places) -> Result<Operator, Vec<Diagnostic>> {
    let config = places.read_config()?;
    let state = Arc::new(places.state());
    // Where nothing is granted, nothing is dialled: no authority and no key is looked for.
    let grants_any = !config.grants.is_empty();
    let roots = if grants_any {
        roots(&config)?
    } else {
        Roots::of_platform([])
    };
    let host_key = match grants_any {
        true => host_key(&places.data).map_err(|error| vec![told(&config, &error)])?,
        false => SecretValue::new(Vec::new()),
    };
    let secrets = crate::secrets::of_config(&config, places).map_err(|error| {
        let message = format!("the vault's passphrase: {error}");
        vec![Diagnostic::error("passphrase", &config.file, message)]
    })?;
    let broker = Broker::new(BrokerOptions {
        egress: config.egress.clone(),
        secrets,
        meter: Meter::new(places.data.join(RATES_FOLDER)),
        roots,
        resolver: Arc::new(SystemResolver),
        suspend: Arc::new(SuspendInState(Arc::clone(&state))),
        host_key,
        clock: SystemTime::now,
    });
    Ok(Operator {
        config,
        broker,
        state,
    })
}

/// The platform's authorities and those of the operator's files.
fn roots(config: &Config) -> Result<Roots, Vec<Diagnostic>> {
    let mut roots = Roots::of_platform(rustls_native_certs::load_native_certs().certs);
    let mut found = Vec::new();
    for path in &config.egress.ca_files {
        let added = match fs::read(path) {
            Ok(pem) => roots.add_pem(&pem).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = added {
            let message = format!("the authority {} cannot be used: {why}", path.display());
            let error = Diagnostic::error("ca_unreadable", &config.file, message);
            found.push(error.hint("correct `ca_files` under [egress]"));
        }
    }
    match found.is_empty() {
        true => Ok(roots),
        false => Err(found),
    }
}

fn told(config: &Config, error: &SecretError) -> Diagnostic {
    Diagnostic::error("host_key", &config.file, error.to_string()).hint(error.mend())
}
