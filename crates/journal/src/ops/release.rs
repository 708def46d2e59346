//! Releases: a version has one digest for ever.

use crate::journal::Result;
use crate::leaf::Digested;
use crate::store::Tx;
use crate::words::*;

use super::record::record;

/// Changes a release, and writes the entry where that changed anything.
pub(super) fn change(
    tx: &mut dyn Tx,
    change: ReleaseChange,
    entry: (Entry, Vec<Digested>),
) -> Result<Changed> {
    let changed = match change {
        ReleaseChange::Add {
            name,
            version,
            digest,
            is_enabled,
        } => {
            let release = Release {
                name,
                version,
                digest,
                is_enabled,
                added_ms: tx.now_ms(),
            };
            add(tx, &release)?
        }
        ReleaseChange::Enable {
            name,
            version,
            is_enabled,
        } => enable(tx, &name, &version, is_enabled)?,
        ReleaseChange::Remove { name, version } => remove(tx, &name, &version)?,
    };
    if changed == Changed::Done {
        record(tx, vec![entry])?;
    }
    Ok(changed)
}

/// Adds one. One that is there stays as it is: adding never enables what somebody disabled.
fn add(tx: &mut dyn Tx, release: &Release) -> Result<Changed> {
    match tx.release(&release.name, &release.version)? {
        Some((known, _)) if known.digest != release.digest => Ok(Changed::Conflict(known.digest)),
        Some((_, true)) => Ok(Changed::Same),
        Some((_, false)) | None => {
            tx.set_release(release, true)?;
            Ok(Changed::Done)
        }
    }
}

fn enable(tx: &mut dyn Tx, name: &str, version: &str, is_enabled: bool) -> Result<Changed> {
    let Some((mut release, true)) = tx.release(name, version)? else {
        return Ok(Changed::Unknown);
    };
    if release.is_enabled == is_enabled {
        return Ok(Changed::Same);
    }
    release.is_enabled = is_enabled;
    tx.set_release(&release, true)?;
    Ok(Changed::Done)
}

fn remove(tx: &mut dyn Tx, name: &str, version: &str) -> Result<Changed> {
    let Some((release, true)) = tx.release(name, version)? else {
        return Ok(Changed::Unknown);
    };
    tx.set_release(&release, false)?;
    Ok(Changed::Done)
}
