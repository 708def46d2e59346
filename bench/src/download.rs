//! A long download through the broker: flat in memory, and how fast.

use std::time::Instant;

use bytes::Bytes;
use hotcell_testkit::servers::behaviours::sized;
use http_body_util::BodyExt;
use hyper::body::Body;

use crate::Result;
use crate::figure::Figures;
use crate::granted::Granted;
use crate::memory::{forget_peak, peak_mib, resident_mib};
use crate::wire::{BareClient, Wire};

const BYTES: u64 = 1 << 30;

/// Measures 1 GiB by bare hyper and through the broker. The server is in this process, so that
/// what it takes counts as well.
pub(crate) fn flatness(figures: &mut Figures) -> Result<()> {
    let wire = Wire::new(sized::download(BYTES))?;
    let client = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (granted, bare) = (Granted::new(&wire)?, BareClient::new(&wire));
    client.block_on(async {
        let session = granted.session();
        let before = resident_mib()?;
        forget_peak()?;
        let begun = Instant::now();
        read(granted.send(&session).await?.into_body()).await?;
        let speed = speed(begun);
        let grown = peak_mib()? - before;
        figures.at_most(
            "1 GiB through the broker: peak memory grown",
            grown,
            "MiB",
            8.0,
        );
        figures.add("1 GiB through the broker", speed, "MB/s");
        let mut sender = bare.connect().await?;
        let begun = Instant::now();
        read(bare.send(&mut sender).await?.into_body()).await?;
        figures.add("1 GiB by bare hyper", self::speed(begun), "MB/s");
        Ok(())
    })
}

/// Reads to the end, and keeps nothing.
async fn read<B>(mut body: B) -> Result<()>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(Into::into)?;
        received += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    match received == BYTES {
        true => Ok(()),
        false => Err(format!("{received} bytes came").into()),
    }
}

fn speed(begun: Instant) -> f64 {
    BYTES as f64 / begun.elapsed().as_secs_f64() / 1e6
}
