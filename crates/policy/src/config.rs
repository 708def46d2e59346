//! `hotcell.toml`: what the operator allows.
//!
//! Secrets say where a value comes from, how it is placed, and to which servers it may go;
//! grants say which skill may use which secret for what it asks; egress says what holds for every
//! request; callers say who may call what; assistants say which skills one has, and in which
//! versions; record and jobs say what is kept of calls and how jobs are worked off. An author
//! writes none of this, and no mistake is passed over: an unknown key, an empty pattern, a grant
//! of a secret that is not there are errors with their line.
//!
//! Here stand the words; `config/parse.rs` has the grammar, and `egress.rs` the decision.

mod assistant;
mod caller;
mod jobs;
mod parse;
mod record;
mod server;
mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;

use hotcell_package::{Diagnostic, Digest, Origin, Place, WorkAccess};

pub use assistant::{
    ASSISTANT_NAME_BYTES_MAX, AssistantTable, Attachment, ToolListing, is_assistant_name,
};
pub use caller::{
    CALLER_NAME_BYTES_MAX, CallerSkillTable, CallerTable, Cap, LOCAL_CALLER, SkillPattern,
    TokenHash, is_caller_name,
};
pub use jobs::JobsTable;
pub use record::{Capture, RecordTable};
pub use server::ServerTable;

/// The file's usual name.
pub const CONFIG_FILE: &str = "hotcell.toml";
/// Most bytes of it: 1 MiB.
pub const CONFIG_BYTES_MAX: usize = 1 << 20;

/// What an operator's `hotcell.toml` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// The file's name in messages: the path under which the operator knows it.
    pub file: String,
    /// `[secret.NAME]` tables by name.
    pub secrets: BTreeMap<String, SecretTable>,
    /// `[[grant]]` tables, in the order of the file.
    pub grants: Vec<GrantTable>,
    /// `[egress]`.
    pub egress: EgressTable,
    /// `[vault]`.
    pub vault: VaultKey,
    /// `[settings.SKILL]`: values for what a manifest asks for in `[[config]]`, by skill and key.
    pub settings: BTreeMap<String, BTreeMap<String, String>>,
    /// `[caller.NAME]` tables by name. Where there is none, every caller may use every skill.
    pub callers: BTreeMap<String, CallerTable>,
    /// `[assistant.NAME]` tables by name.
    pub assistants: BTreeMap<String, AssistantTable>,
    /// `[record]`.
    pub record: RecordTable,
    /// `[jobs]`.
    pub jobs: JobsTable,
    /// `[registry] folders`: folders of packages that are read as if each were added.
    pub package_folders: Vec<PathBuf>,
    /// `[server]`.
    pub server: ServerTable,
}

impl Config {
    /// Parses the text of a `hotcell.toml`; `file` is its name in messages.
    ///
    /// # Errors
    /// Every mistake that can be found at once, each with its line and a mend.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        parse::parse(file, text)
    }
}

/// One `[secret.NAME]` table: a value, how it is placed, and where it may go.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretTable {
    /// Where the value comes from.
    pub source: SecretSource,
    /// How it is placed into a request.
    pub kind: SecretKind,
    /// The servers that may get it; at least one.
    pub origins: Vec<Origin>,
    /// The scopes that it has, in the words of the service; a manifest that requires more is
    /// not granted it.
    pub scopes: Vec<String>,
    /// Where the table stands.
    pub place: Place,
}

/// Where a secret's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretSource {
    /// `env:NAME`: an environment variable that the binary reads once, when it starts.
    Env(String),
    /// `file:PATH`: a file that only its owner may read (mode 0600 or less).
    File(PathBuf),
    /// `keyring:SERVICE/USER`: the platform's keyring, where this build has the feature.
    Keyring {
        /// The service's name.
        service: String,
        /// The user's name.
        user: String,
    },
    /// `vault:NAME`: Hotcell's own vault, `hotcell secret set NAME`.
    Vault(String),
}

/// How a secret is placed into a request. All of it is the operator's: no name, template, URL,
/// region, scope or subject comes from a manifest or a guest.
#[derive(Debug, Clone, PartialEq)]
pub enum SecretKind {
    /// `Authorization: Bearer VALUE` (RFC 6750).
    Bearer,
    /// `Authorization: Basic …` (RFC 7617); the value is the password.
    Basic {
        /// The user's name, without a colon.
        user: String,
    },
    /// A header of its own.
    Header {
        /// The header's name, in lower case.
        name: String,
        /// What stands before the value, such as `Token `; may be empty.
        prefix: String,
    },
    /// A parameter of the query.
    Query {
        /// The parameter's name.
        name: String,
    },
    /// A string in a JSON body.
    Json {
        /// Where, as a JSON pointer (RFC 6901) to a member that the body does not have.
        pointer: String,
    },
    /// An HMAC over a text made from the request.
    Hmac(HmacKind),
    /// AWS Signature Version 4; the value is the secret access key.
    SigV4 {
        /// The id of the access key.
        access_key_id: String,
        /// The region, such as `eu-central-1`.
        region: String,
        /// The service, such as `s3`.
        service: String,
    },
    /// A signed JWT as bearer token (RFC 7519); the value is the key.
    Jwt(JwtKind),
    /// A token by OAuth 2.0 client credentials (RFC 6749, 4.4); the value is the client secret.
    OauthClientCredentials(OauthKind),
    /// A token by an OAuth 2.0 refresh token (RFC 6749, 6); the value is the refresh token.
    OauthRefresh(OauthKind),
    /// A TLS client certificate; the value is its private key in PEM.
    Mtls {
        /// The certificate chain in PEM.
        certificate: PathBuf,
    },
}

/// How an HMAC is made and placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HmacKind {
    /// The hash.
    pub algorithm: HmacAlgorithm,
    /// The text that is signed, with `{method}`, `{host}`, `{path}`, `{query}`, `{body}`,
    /// `{body_sha256}`, `{timestamp}` (seconds since 1970) and `{date}` (RFC 9110 IMF-fixdate).
    pub sign: String,
    /// The header that gets the signature, in lower case.
    pub header: String,
    /// That header's value: `{signature}` and any of the names above but `{body}`.
    pub value: String,
    /// How the signature is written.
    pub encoding: SignatureEncoding,
    /// A header that gets `{timestamp}`, where the service wants one of its own.
    pub timestamp_header: Option<String>,
}

/// The hash of an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HmacAlgorithm {
    /// HMAC with SHA-256.
    #[default]
    Sha256,
    /// HMAC with SHA-512.
    Sha512,
}

/// How the bytes of a signature are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureEncoding {
    /// Lower-case hex.
    #[default]
    Hex,
    /// Base64 with padding.
    Base64,
}

/// How a JWT is made.
#[derive(Debug, Clone, PartialEq)]
pub struct JwtKind {
    /// The algorithm (RFC 7518, 3.1; RFC 8037).
    pub algorithm: JwtAlgorithm,
    /// `kid` of the header.
    pub key_id: Option<String>,
    /// `iss`.
    pub issuer: Option<String>,
    /// `sub`.
    pub subject: Option<String>,
    /// `aud`.
    pub audience: Option<String>,
    /// Seconds from `iat` to `exp`.
    pub lifetime_s: u64,
    /// Further claims, all of them strings.
    pub claims: BTreeMap<String, String>,
}

/// The algorithm of a JWT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JwtAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256; the key is a PKCS#8 PEM.
    #[default]
    Rs256,
    /// ECDSA on P-256 with SHA-256; the key is a PKCS#8 PEM.
    Es256,
    /// Ed25519; the key is a PKCS#8 PEM.
    EdDsa,
    /// HMAC with SHA-256; the key is the value's bytes.
    Hs256,
}

/// How an OAuth 2.0 token is got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthKind {
    /// The token endpoint: `https://` origin and path. The broker's own dialer calls it.
    pub token_url: String,
    /// Its origin.
    pub token_origin: Origin,
    /// The client's id.
    pub client_id: String,
    /// The name of another `[secret.NAME]` that holds the client secret, where a refresh token
    /// needs one. Client credentials have it as their own value.
    pub client_secret: Option<String>,
    /// Where the client secret goes: in the form (`client_secret_post`) rather than in an
    /// `Authorization: Basic` header (`client_secret_basic`).
    pub in_body: bool,
    /// `scope` of the request.
    pub scopes: Vec<String>,
    /// `audience` of the request, which some services want.
    pub audience: Option<String>,
}

/// One `[[grant]]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantTable {
    /// Which skill.
    pub skill: SkillSelector,
    /// What of it.
    pub subject: GrantSubject,
    /// Servers: for an ask whose origin is `*` the ones that it may reach; for any other, if not
    /// empty, a narrowing.
    pub origins: Vec<Origin>,
    /// Methods, if not empty: a narrowing.
    pub methods: Vec<String>,
    /// How often.
    pub rate: Option<Rate>,
    /// Where the table stands.
    pub place: Place,
}

/// What a grant gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantSubject {
    /// A secret for a credential that the manifest asks for, on the requests that the manifest
    /// names there. It allows these requests as well.
    Credential {
        /// The manifest's name for it.
        credential: String,
        /// The `[secret.NAME]`.
        secret: String,
    },
    /// Requests without a credential: ids of the manifest's `[[http]]` tables.
    Http(Vec<String>),
    /// A host folder, which the skill finds at `/work`.
    Work(WorkGrant),
}

/// What a grant of a host folder says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkGrant {
    /// The folder.
    pub folder: PathBuf,
    /// What may be done there.
    pub access: WorkAccess,
    /// Whether somebody has to say yes to each call's changes before they are applied.
    pub preview: bool,
    /// Who that may be.
    pub approval: Approver,
}

/// Who may say yes to the changes of a call, where a grant wants each call's seen first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Approver {
    /// Whoever sits where the host runs.
    #[default]
    Operator,
    /// The client that calls as well. A client can answer without asking anybody, so that this
    /// takes the changes of a call for seen that its caller says it has seen.
    Client,
}

impl Approver {
    /// Returns its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Approver::Operator => "operator",
            Approver::Client => "client",
        }
    }
}

/// Which versions of a skill a grant is for: `crm@sha256:…` or `crm@1`.
#[derive(Debug, Clone, PartialEq)]
pub struct SkillSelector {
    /// The skill's name.
    pub name: String,
    /// Which of them.
    pub version: VersionSelector,
}

/// Which versions.
#[derive(Debug, Clone, PartialEq)]
pub enum VersionSelector {
    /// One package, by its digest.
    Digest(Digest),
    /// A range of versions; each digest in it waits for the operator's approval.
    Range(semver::VersionReq),
}

/// At most so many requests in a time: `30/min`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least 1.
    pub count: u32,
    /// In how many milliseconds.
    pub per_ms: u64,
}

/// `[egress]`: what holds for every request of every skill.
#[derive(Debug, Clone, PartialEq)]
pub struct EgressTable {
    /// Files with further certificate authorities, in PEM.
    pub ca_files: Vec<PathBuf>,
    /// Addresses and ports that may be dialled though they are private: `10.0.0.5:8443`.
    pub private: Vec<std::net::SocketAddr>,
    /// Exact `http://` origins that may be spoken to without TLS.
    pub plain_http: Vec<Origin>,
    /// Sizes, counts and times.
    pub limits: EgressLimits,
}

impl Default for EgressTable {
    fn default() -> Self {
        Self {
            ca_files: Vec::new(),
            private: Vec::new(),
            plain_http: Vec::new(),
            limits: EgressLimits::STANDARD,
        }
    }
}

/// How far an exchange may go. All of these are the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EgressLimits {
    /// Requests of one call.
    pub requests: u64,
    /// Requests of one call that are under way at one time.
    pub concurrent: u64,
    /// Bytes of a request's URL.
    pub url_bytes: u64,
    /// Bytes of all names and values of a message's headers, or of its trailers.
    pub header_bytes: u64,
    /// Headers of a message.
    pub headers: u64,
    /// Bytes of a request's body.
    pub request_bytes: u64,
    /// Bytes of a request's body that is read whole, because its signature or a JSON place
    /// needs all of it.
    pub signed_bytes: u64,
    /// Bytes of a response's body, decoded.
    pub response_bytes: u64,
    /// Milliseconds to resolve a name.
    pub resolve_ms: u64,
    /// Milliseconds to connect to one address.
    pub connect_ms: u64,
    /// Milliseconds of the TLS handshake.
    pub tls_ms: u64,
    /// Milliseconds from the request's last byte to the response's head.
    pub head_ms: u64,
    /// Milliseconds between two pieces of a body.
    pub idle_ms: u64,
    /// Milliseconds of a whole exchange.
    pub exchange_ms: u64,
}

impl EgressLimits {
    /// What holds where the operator says nothing.
    pub const STANDARD: Self = Self {
        requests: 100,
        concurrent: 8,
        url_bytes: 8 << 10,
        header_bytes: 64 << 10,
        headers: 100,
        request_bytes: 16 << 20,
        signed_bytes: 4 << 20,
        response_bytes: 64 << 20,
        resolve_ms: 5_000,
        connect_ms: 5_000,
        tls_ms: 5_000,
        head_ms: 30_000,
        idle_ms: 30_000,
        exchange_ms: 120_000,
    };
}

/// `[vault] key`: what opens the vault.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum VaultKey {
    /// A key file beside the vault, mode 0600; made when the first secret is set.
    #[default]
    BesideVault,
    /// `file:PATH`: a key file elsewhere, such as on a mounted disk.
    File(PathBuf),
    /// `passphrase`: asked for, or handed in by the binary.
    Passphrase,
    /// `keyring`: a key held by the platform's keyring, where this build has the feature.
    Keyring,
}
