//! Recorded calls: what the record adds to one, and how many there are in a second.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use hotcell_broker::meter::Meter;
use hotcell_broker::secrets::SecretValue;
use hotcell_host::journal::{InvocationQuery, Journal, Sqlite, SqliteOptions};
use hotcell_host::{Ask, Host, HostOptions, RecordOptions, Registry, Skill, log_signer};
use hotcell_package::{Package, ReadLimits};
use hotcell_policy::{Invocation, Policy, Status};
use serde_json::json;

use crate::Result;
use crate::figure::{Figures, percentile};
use crate::house::{House, sandbox};

/// Rounds of each way, which take turns, and the first ones, which warm up.
const ROUNDS: usize = 2_000;
const WARM_UP: usize = 200;
/// Calls of the measurement of throughput.
const CALLS: usize = 40_000;
const AT_ONCE: usize = 64;
/// Calls that are replayed.
const REPLAYS: usize = 1_000;

/// A host with one installed skill.
struct Recorded {
    host: Arc<Host>,
    journal: Arc<dyn Journal>,
    skill: Arc<Skill>,
    folder: tempfile::TempDir,
}

/// Measures what the record costs, beside what a write to this disk does.
pub(crate) async fn ratios(house: &House, figures: &mut Figures) -> Result<()> {
    let recorded = Recorded::new(house).await?;
    let fdatasync = fdatasync(recorded.folder.path())?;
    figures.add("fdatasync of 4 KiB, p50", fdatasync, "µs");
    let plain = "check_vat_number";
    let (mut off, mut on, mut keyed) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS + WARM_UP {
        let begun = Instant::now();
        let reply = recorded
            .host
            .invoke(&recorded.skill, ask(plain, None))
            .await;
        let one = micros(begun);
        expect(reply.outcome.status)?;
        let begun = Instant::now();
        let reply = recorded.host.call(ask(plain, None)).await?;
        let two = micros(begun);
        expect(reply.outcome.status)?;
        // The next one is not to wait for the record of this one.
        recorded.host.flush().await;
        let begun = Instant::now();
        let key = format!("k-{round}");
        let reply = recorded.host.call(ask(plain, Some(key))).await?;
        let three = micros(begun);
        expect(reply.outcome.status)?;
        if round >= WARM_UP {
            off.push(one);
            on.push(two);
            keyed.push(three);
        }
    }
    let (off, on, keyed) = (
        percentile(&mut off, 50),
        percentile(&mut on, 50),
        percentile(&mut keyed, 50),
    );
    figures.add("unrecorded call, p50", off, "µs");
    figures.at_most("recorded without key: added p50", on - off, "µs", 30.0);
    let added = (keyed - off) / fdatasync;
    figures.add("recorded with a key: added p50", keyed - off, "µs");
    figures.at_most(
        "recorded with a key: added p50 / fdatasync",
        added,
        "×",
        2.5,
    );
    recorded.replays(figures).await?;
    recorded.throughput(figures).await?;
    recorded.reading(figures).await?;
    recorded.size(figures).await
}

impl Recorded {
    async fn new(house: &House) -> Result<Recorded> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("record.db");
        let journal = Sqlite::open(SqliteOptions::new(file, SystemTime::now))
            .map_err(|error| error.to_string())?;
        let journal: Arc<dyn Journal> = Arc::new(journal);
        let registry = Registry::new(folder.path().join("packages"), Arc::clone(&journal));
        let path = house.root.join("skills-examples/tax-check");
        let package = Package::read(&path, &ReadLimits::STANDARD)
            .map_err(|error| error.diagnostics()[0].to_string())?;
        registry.add(&package, false, "bench").await?;
        let host = Host::new(HostOptions {
            sandbox: sandbox(&folder.path().join("cache"))?,
            policy: Policy::standard(),
            operator: None,
            record: Some(RecordOptions {
                journal: Arc::clone(&journal),
                registry,
                owner: "bench".to_owned(),
                meter: Meter::new(folder.path().join("rates")),
                signer: log_signer(&SecretValue::new(vec![7; 32])),
                seal: None,
            }),
            clock: SystemTime::now,
        });
        let skill = host.load(package).await?;
        Ok(Recorded {
            host: Arc::new(host),
            journal,
            skill,
            folder,
        })
    }

    /// Measures replays of recorded calls, each of which must do the same as then.
    async fn replays(&self, figures: &mut Figures) -> Result<()> {
        self.host.flush().await;
        let query = InvocationQuery {
            limit: REPLAYS,
            ..InvocationQuery::default()
        };
        let mut took = Vec::new();
        for row in self.journal.invocations(&query).await? {
            let begun = Instant::now();
            let replay = self.host.replay(&row.id, None, "bench").await?;
            took.push(micros(begun));
            if !replay.is_identical {
                return Err(format!("{}: {:?}", row.id, replay.difference).into());
            }
        }
        let name = format!("replay, p50 of {}", took.len());
        figures.add(name, percentile(&mut took, 50), "µs");
        Ok(())
    }

    /// Measures lists and timelines over all that was recorded.
    async fn reading(&self, figures: &mut Figures) -> Result<()> {
        let query = InvocationQuery {
            limit: 50,
            ..InvocationQuery::default()
        };
        let (mut lists, mut timelines) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            let begun = Instant::now();
            let rows = self.journal.invocations(&query).await?;
            lists.push(micros(begun) / 1e3);
            let correlation = &rows.first().ok_or("nothing is on record")?.correlation;
            let begun = Instant::now();
            self.host.timeline(correlation).await?;
            timelines.push(micros(begun) / 1e3);
        }
        for (what, values) in [("list of 50", &mut lists), ("timeline", &mut timelines)] {
            figures.at_most(format!("{what}, p50"), percentile(values, 50), "ms", 50.0);
        }
        Ok(())
    }

    /// Measures keyed calls, each of two commits, with many at once.
    async fn throughput(&self, figures: &mut Figures) -> Result<()> {
        for (what, is_keyed) in [("without key", false), ("with a key", true)] {
            let begun = Instant::now();
            let callers = (0..AT_ONCE).map(|caller| {
                let host = Arc::clone(&self.host);
                tokio::spawn(async move {
                    for call in 0..CALLS / AT_ONCE {
                        let key = is_keyed.then(|| format!("t-{caller}-{call}"));
                        let reply = host.call(ask("check_vat_number", key)).await;
                        assert!(reply.is_ok_and(|r| r.outcome.status == Status::Ok));
                    }
                })
            });
            for caller in callers.collect::<Vec<_>>() {
                caller.await?;
            }
            self.host.flush().await;
            let per_second = CALLS as f64 / begun.elapsed().as_secs_f64();
            let name = format!("recorded calls {what} per second, {AT_ONCE} at once");
            figures.at_least(name, per_second, "/s", 10_000.0);
        }
        Ok(())
    }

    /// Measures how large the record has become.
    async fn size(&self, figures: &mut Figures) -> Result<()> {
        let calls = (2 * (ROUNDS + WARM_UP) + 2 * CALLS) as f64;
        let copy = self.folder.path().join("copy.db");
        self.host.backup(&copy).await?;
        let bytes = std::fs::metadata(&copy)?.len() as f64;
        figures.add("record: bytes of an invocation", bytes / calls, "B");
        Ok(())
    }
}

fn ask(tool: &str, key: Option<String>) -> Ask {
    let input = json!({ "number": "DE136695976" });
    Ask {
        wait: Duration::from_secs(10),
        ..Ask::new(Invocation {
            skill: Some("tax-check".to_owned()),
            idempotency_key: key,
            ..Invocation::new(tool, input)
        })
    }
}

fn expect(status: Status) -> Result<()> {
    match status {
        Status::Ok => Ok(()),
        other => Err(format!("a call ended as {other:?}").into()),
    }
}

/// Returns what it costs to write to this disk and be sure.
fn fdatasync(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("sync"))?;
    let mut took = Vec::new();
    for _ in 0..500 {
        file.write_all(&[7; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(micros(begun));
    }
    Ok(percentile(&mut took, 50))
}

fn micros(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6
}
