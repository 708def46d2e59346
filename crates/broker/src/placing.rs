//! Step 6: the secrets of a rule, placed at the last moment.

use hotcell_policy::config::{SecretKind, SecretTable};
use hotcell_policy::egress::EgressRule;

use crate::dial::ClientIdentity;
use crate::error::{Denial, SendError};
use crate::place::{self, Outgoing};
use crate::secrets::{Held, SecretValue};
use crate::session::Session;
use crate::tokens::TokenAsk;

/// What was placed.
#[derive(Default)]
pub(crate) struct Placed {
    /// The secrets with their versions: `crm-token@3`.
    pub(crate) names: Vec<String>,
    /// A TLS client certificate, where one of them is that.
    pub(crate) identity: Option<ClientIdentity>,
    /// The tokens among them, with their secrets.
    pub(crate) tokens: Vec<(String, SecretValue)>,
}

impl Session {
    /// Returns whether any of the rule's secrets must see the whole body.
    pub(crate) fn needs_whole_body(&self, rule: &EgressRule) -> bool {
        let mut kinds = rule
            .credentials
            .iter()
            .filter_map(|used| self.table(&used.secret));
        kinds.any(|table| place::needs_whole_body(&table.kind))
    }

    /// Places every secret of `rule` into `outgoing`. Signatures come last: they cover the rest.
    pub(crate) async fn place(
        &self,
        rule: &EgressRule,
        outgoing: &mut Outgoing,
    ) -> Result<Placed, SendError> {
        let mut uses: Vec<_> = rule.credentials.iter().collect();
        uses.sort_by_key(|used| {
            self.table(&used.secret)
                .map(|table| place::order(&table.kind))
        });
        let mut placed = Placed::default();
        for used in uses {
            let table = self
                .table(&used.secret)
                .ok_or_else(|| missing(&used.secret))?;
            // The decision named this server already; the secret's own record has the last word.
            if !table.origins.contains(&outgoing.origin) {
                let why = format!("the secret {} is not for {}", used.secret, outgoing.origin);
                return Err(Denial::new("egress_denied", why).into());
            }
            let held = self.held(&used.secret)?;
            self.place_one(
                &used.secret,
                &table.kind,
                &held.value,
                outgoing,
                &mut placed,
            )
            .await?;
            self.broker.secrets.used(&used.secret);
            placed
                .names
                .push([&used.secret, "@", &held.version].concat());
        }
        Ok(placed)
    }

    async fn place_one(
        &self,
        name: &str,
        kind: &SecretKind,
        value: &SecretValue,
        outgoing: &mut Outgoing,
        placed: &mut Placed,
    ) -> Result<(), SendError> {
        match kind {
            SecretKind::Mtls { certificate } => {
                let chain = tokio::fs::read(certificate).await.map_err(|error| {
                    let why = format!("{}: {}", certificate.display(), error.kind());
                    Denial::new("secret_unavailable", why)
                })?;
                let (chain, key) = place::mtls::client_identity(&chain, value)?;
                placed.identity = Some(ClientIdentity { chain, key });
                Ok(())
            }
            kind if place::is_for_tokens(kind) => {
                let client = client_secret_of(kind)
                    .map(|name| self.held(name))
                    .transpose()?;
                let ask = TokenAsk {
                    secret: name,
                    kind,
                    value,
                    client_secret: client.as_ref().map(|held| &held.value),
                };
                let token = Box::pin(self.broker.tokens.bearer(ask)).await?;
                placed.tokens.push((name.to_owned(), token.clone()));
                Ok(place::place_bearer(&token, outgoing)?)
            }
            kind => place::place(kind, value, outgoing, (self.broker.clock)()),
        }
    }

    /// Adds all values of a secret that a response could show: its own, that of its client
    /// secret, and the tokens that were made from it. One that cannot be read is placed nowhere.
    pub(crate) fn add_values<'a>(&self, secret: &'a str, values: &mut Vec<(&'a str, SecretValue)>) {
        let Some(table) = self.table(secret) else {
            return;
        };
        if place::is_for_tokens(&table.kind) {
            let tokens = self.broker.tokens.live(secret);
            values.extend(tokens.into_iter().map(|token| (secret, token)));
        }
        let client = client_secret_of(&table.kind);
        for name in [Some(secret), client].into_iter().flatten() {
            let held = self.broker.secrets.get(name).ok();
            values.extend(held.map(|held| (secret, held.value)));
        }
    }

    /// Returns what a request carries of a value besides the value.
    pub(crate) fn derived(&self, name: &str, value: &SecretValue) -> Option<SecretValue> {
        place::derived(&self.table(name)?.kind, value)
    }

    fn table(&self, secret: &str) -> Option<&SecretTable> {
        self.broker.secrets.table(secret).ok()
    }

    fn held(&self, secret: &str) -> Result<Held, SendError> {
        let held = self.broker.secrets.get(secret);
        held.map_err(|error| {
            let why = format!("{error}; {}", error.mend());
            Denial::new("secret_unavailable", why).into()
        })
    }
}

/// Returns the name of the other secret that a kind needs.
fn client_secret_of(kind: &SecretKind) -> Option<&str> {
    match kind {
        SecretKind::OauthRefresh(oauth) => oauth.client_secret.as_deref(),
        _ => None,
    }
}

fn missing(secret: &str) -> SendError {
    let why = format!("hotcell.toml has no [secret.{secret}]");
    Denial::new("secret_unavailable", why).into()
}
