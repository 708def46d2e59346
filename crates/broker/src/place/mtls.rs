//! Kind `mtls`: the client's certificate and key, for the dialer's handshake.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::unusable;
use crate::error::Denial;
use crate::secrets::SecretValue;

/// Bytes of a certificate file.
const CHAIN_BYTES_MAX: usize = 64 << 10;
/// Certificates in it.
const CHAIN_MAX: usize = 10;

/// Returns the chain in `chain_pem`, the client's own certificate first, and the private key in
/// `key`, which belongs to it: what `rustls::ConfigBuilder::with_client_auth_cert` takes.
///
/// # Errors
/// `secret_unusable`: a file that is no PEM, an encrypted key, a key of another certificate. It
/// quotes neither.
pub(crate) fn client_identity(
    chain_pem: &[u8],
    key: &SecretValue,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Denial> {
    if chain_pem.len() > CHAIN_BYTES_MAX {
        return Err(unusable("its certificate file is over 64 KiB"));
    }
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain_pem)
        .take(CHAIN_MAX + 1)
        .collect::<Result<_, _>>()
        .map_err(|_| unusable("its certificate file is not PEM"))?;
    if chain.is_empty() || chain.len() > CHAIN_MAX {
        return Err(unusable(
            "its certificate file must hold 1 to 10 `CERTIFICATE` sections",
        ));
    }
    let key = PrivateKeyDer::from_pem_slice(key.expose()).map_err(|_| {
        unusable("its value is no private key in PEM; an encrypted key must be decrypted first")
    })?;
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider).map_err(|_| {
        unusable("its private key is not the one of its certificate, or of an unknown kind")
    })?;
    Ok((chain, key))
}

#[cfg(test)]
mod tests;
