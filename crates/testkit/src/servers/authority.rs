//! A certificate authority that lives as long as a test.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

const LOOPBACK: &str = "names are valid and keys are made by the same crate";

/// Signs certificates for servers and clients. Two authorities never trust each other.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// Makes a new authority with a new key.
    #[expect(clippy::new_without_default, reason = "two are never equal")]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Hotcell test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, new_key()).expect(LOOPBACK);
        Self { issuer }
    }

    /// Returns the authority's own certificate in PEM, for an operator's list of authorities.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// Returns the authority's own certificate in DER.
    pub fn der(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    /// Returns a store that trusts this authority and no other.
    pub fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.der()).expect(LOOPBACK);
        roots
    }

    /// Returns what a plain client needs to trust this authority.
    pub fn client_config(&self) -> ClientConfig {
        ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring speaks the default versions")
            .with_root_certificates(self.roots())
            .with_no_client_auth()
    }

    /// Issues a server's certificate for host names and IP addresses.
    pub fn issue(&self, names: &[&str]) -> Identity {
        self.sign(server_params(names))
    }

    /// Issues a server's certificate that ended in 2001.
    pub fn issue_expired(&self, names: &[&str]) -> Identity {
        let mut params = server_params(names);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
        self.sign(params)
    }

    /// Issues a server's certificate that begins in 4000.
    pub fn issue_future(&self, names: &[&str]) -> Identity {
        let mut params = server_params(names);
        params.not_before = date_time_ymd(4000, 1, 1);
        self.sign(params)
    }

    /// Issues a client's certificate; it is no good for a server.
    pub fn issue_client(&self, name: &str) -> Identity {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Identity {
        let key = new_key();
        let certificate = params.signed_by(&key, &self.issuer).expect(LOOPBACK);
        Identity::of(&certificate, &key)
    }
}

/// A certificate with its key.
pub struct Identity {
    certificate_pem: String,
    certificate: CertificateDer<'static>,
    key_pem: String,
    key: PrivatePkcs8KeyDer<'static>,
}

impl Identity {
    /// Makes a server's certificate that no authority signed.
    pub fn self_signed(names: &[&str]) -> Self {
        let key = new_key();
        let certificate = server_params(names).self_signed(&key).expect(LOOPBACK);
        Self::of(&certificate, &key)
    }

    fn of(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            certificate_pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key_pem: key.serialize_pem(),
            key: key.serialize_der().into(),
        }
    }

    /// Returns the certificate in PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Returns the key in PEM (PKCS #8).
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// Returns the certificate in DER.
    pub fn certificate_der(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    /// Returns the key.
    pub fn key_der(&self) -> PrivateKeyDer<'static> {
        self.key.clone_key().into()
    }

    /// Returns how a server with this certificate speaks TLS: 1.2 and 1.3, to every client.
    pub fn tls(&self) -> Tls {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring speaks the default versions")
            .with_no_client_auth();
        self.finish(builder)
    }

    /// Returns the same for clients alone that show a certificate of `clients`.
    pub fn tls_for_clients_of(&self, clients: &Authority) -> Tls {
        let roots = Arc::new(clients.roots());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider())
            .build()
            .expect("the authority's certificate is one");
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring speaks the default versions")
            .with_client_cert_verifier(verifier);
        self.finish(builder)
    }

    fn finish(
        &self,
        builder: rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert>,
    ) -> Tls {
        let chain = vec![self.certificate.clone()];
        let config = builder.with_single_cert(chain, self.key_der());
        Tls(Arc::new(config.expect("the key is the certificate's")))
    }
}

/// How a server speaks TLS.
#[derive(Clone)]
pub struct Tls(pub(crate) Arc<ServerConfig>);

impl Tls {
    /// Speaks nothing but these protocols (ALPN), such as `h2`.
    #[must_use]
    pub fn with_protocols(self, protocols: &[&str]) -> Self {
        let mut config = ServerConfig::clone(&self.0);
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        Self(Arc::new(config))
    }
}

fn server_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect(LOOPBACK);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("the system has randomness")
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
