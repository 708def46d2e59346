//! An exchange of 1 KiB: what the broker adds to it.

use std::time::Instant;

use hotcell_testkit::servers::{Answer, Behaviour};
use http_body_util::BodyExt;

use crate::Result;
use crate::figure::{Figures, percentile};
use crate::granted::Granted;
use crate::wire::{BareClient, Wire};

/// The response's body.
const BODY_BYTES: usize = 1024;
/// Blocks of each side, which take turns, and the first ones, which warm up.
const BLOCKS: usize = 200;
const WARM_UP: usize = 20;
/// Exchanges of a block.
const KEPT: usize = 50;
const NEW: usize = 3;

/// Measures exchanges on a kept connection, which are promised, and on new ones.
///
/// The client has one thread, so that nothing is handed from one to another: that is where what
/// the broker adds weighs most.
pub(crate) fn ratios(figures: &mut Figures) -> Result<()> {
    let body = body();
    let wire = Wire::new(Behaviour::answering(move |_| {
        Answer::new(200)
            .header("content-type", "application/json")
            .body(body.clone())
    }))?;
    let client = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let both = Both {
        granted: Granted::new(&wire)?,
        bare: BareClient::new(&wire),
    };
    let mut ratio = client.block_on(both.kept(figures))?;
    figures.at_most(
        "1 KiB, kept connection: broker / bare, p50",
        ratio,
        "×",
        1.15,
    );
    ratio = client.block_on(both.new_each(figures))?;
    figures.add("1 KiB, new connection: broker / bare, p50", ratio, "×");
    Ok(())
}

/// Both ways to the same server.
struct Both {
    granted: Granted,
    bare: BareClient,
}

impl Both {
    /// All exchanges of a side on one connection; the broker's are one call.
    async fn kept(&self, figures: &mut Figures) -> Result<f64> {
        let session = self.granted.session();
        let mut sender = self.bare.connect().await?;
        let mut sides = Sides::default();
        for block in 0..WARM_UP + BLOCKS {
            for _ in 0..KEPT {
                let begun = Instant::now();
                let response = self.bare.send(&mut sender).await?;
                let body = response.into_body().collect().await?;
                sides.bare(block, begun, body.to_bytes().len())?;
            }
            for _ in 0..KEPT {
                let begun = Instant::now();
                let response = self.granted.send(&session).await?;
                let body = response.into_body().collect().await?;
                sides.broker(block, begun, body.to_bytes().len())?;
            }
        }
        Ok(sides.figures("kept", figures))
    }

    /// A connection for each exchange; the broker's are a call each.
    async fn new_each(&self, figures: &mut Figures) -> Result<f64> {
        let mut sides = Sides::default();
        for block in 0..WARM_UP + BLOCKS {
            for _ in 0..NEW {
                let begun = Instant::now();
                let mut sender = self.bare.connect().await?;
                let response = self.bare.send(&mut sender).await?;
                let body = response.into_body().collect().await?;
                sides.bare(block, begun, body.to_bytes().len())?;
            }
            for _ in 0..NEW {
                let begun = Instant::now();
                let response = self.granted.send(&self.granted.session()).await?;
                let body = response.into_body().collect().await?;
                sides.broker(block, begun, body.to_bytes().len())?;
            }
        }
        Ok(sides.figures("new", figures))
    }
}

/// Microseconds of each exchange.
#[derive(Default)]
struct Sides {
    bare: Vec<f64>,
    broker: Vec<f64>,
}

impl Sides {
    fn bare(&mut self, block: usize, begun: Instant, bytes: usize) -> Result<()> {
        note(&mut self.bare, block, begun, bytes)
    }

    fn broker(&mut self, block: usize, begun: Instant, bytes: usize) -> Result<()> {
        note(&mut self.broker, block, begun, bytes)
    }

    /// Adds what was measured, and returns the ratio of the medians.
    fn figures(mut self, what: &str, figures: &mut Figures) -> f64 {
        let (bare, broker) = (
            percentile(&mut self.bare, 50),
            percentile(&mut self.broker, 50),
        );
        for (name, p50) in [("bare hyper", bare), ("broker", broker)] {
            figures.add(format!("1 KiB, {what} connection: {name}, p50"), p50, "µs");
        }
        broker / bare
    }
}

fn note(side: &mut Vec<f64>, block: usize, begun: Instant, bytes: usize) -> Result<()> {
    let us = begun.elapsed().as_secs_f64() * 1e6;
    if bytes != BODY_BYTES {
        return Err(format!("a response of {bytes} bytes").into());
    }
    if block >= WARM_UP {
        side.push(us);
    }
    Ok(())
}

/// Returns JSON of exactly so many bytes.
fn body() -> Vec<u8> {
    let mut text = r#"{"contacts":["#.to_owned();
    for id in 0.. {
        let one = format!(
            r#"{{"id":{id},"name":"Contact {id}","email":"contact-{id}@example.com","active":true}},"#
        );
        if text.len() + one.len() + 8 > BODY_BYTES {
            break;
        }
        text.push_str(&one);
    }
    let end = r#"""]}"#;
    let fill = BODY_BYTES - text.len() - end.len();
    format!("{text}\"{}\"]}}", "x".repeat(fill)).into_bytes()
}
