//! TLS 1.2 and 1.3 by rustls, with the authorities that were handed in.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::TlsConnector;

use crate::error::SendError;
use hotcell_policy::Transport;

/// The certificate authorities that are trusted.
#[derive(Clone)]
pub struct Roots(RootCertStore);

/// A text that is no list of certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootsError;

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it holds no certificate in PEM, or one that cannot be read")
    }
}

impl std::error::Error for RootsError {}

impl Roots {
    /// Takes the platform's authorities, in DER; those that cannot be read are left out, as every
    /// TLS client does, because platforms carry some odd ones.
    pub fn of_platform(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates);
        Self(roots)
    }

    /// Adds the authorities of an operator's file.
    ///
    /// # Errors
    ///
    /// Fails where `pem` has no certificate, or any that cannot be read.
    pub fn add_pem(&mut self, pem: &[u8]) -> Result<(), RootsError> {
        let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let all = all.map_err(|_| RootsError)?;
        if all.is_empty() {
            return Err(RootsError);
        }
        for certificate in all {
            self.0.add(certificate).map_err(|_| RootsError)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({})", self.0.len())
    }
}

/// A client certificate and its key.
pub(crate) struct ClientIdentity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

/// Makes connectors.
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    verifier: Option<Arc<WebPkiServerVerifier>>,
    plain: Option<Arc<ClientConfig>>,
}

impl Tls {
    pub(super) fn new(roots: Roots) -> Self {
        let provider = Arc::new(ring::default_provider());
        // Without any authority no server can be trusted: every handshake is refused.
        let builder =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots.0), Arc::clone(&provider));
        let verifier = builder.build().ok();
        let mut tls = Self {
            provider,
            verifier,
            plain: None,
        };
        tls.plain = tls.config(None).ok().map(Arc::new);
        tls
    }

    /// Returns a connector. One with a client certificate shares no TLS session with any other.
    pub(super) fn connector(
        &self,
        identity: Option<&ClientIdentity>,
    ) -> Result<TlsConnector, SendError> {
        let config = match (identity, &self.plain) {
            (None, Some(plain)) => Arc::clone(plain),
            (identity, _) => Arc::new(self.config(identity)?),
        };
        Ok(TlsConnector::from(config))
    }

    fn config(&self, identity: Option<&ClientIdentity>) -> Result<ClientConfig, Transport> {
        let verifier = self.verifier.as_ref().ok_or(Transport::TlsCertificate)?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| Transport::TlsProtocol)?
            .with_webpki_verifier(Arc::clone(verifier));
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => builder
                .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
                .map_err(|_| Transport::TlsProtocol)?,
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// Returns the name that the server's certificate must have.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, Transport> {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    ServerName::try_from(bare.unwrap_or(host).to_owned()).map_err(|_| Transport::NameUnknown)
}

/// Tells a bad certificate from a handshake that failed otherwise, and both from a lost connection.
pub(super) fn failure(error: &io::Error) -> Transport {
    let cause = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(_)) => Transport::TlsCertificate,
        Some(_) => Transport::TlsProtocol,
        None => Transport::Reset,
    }
}
