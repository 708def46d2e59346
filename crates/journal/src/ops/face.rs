//! The trait's methods: what is costly and needs no transaction first, then the operation.

use std::path::Path;

use async_trait::async_trait;
use semver::Version;

use super::{
    READ_ROWS_MAX, begin, callback, checked, claim, command, erase, lease, record, release,
};
use crate::journal::{Journal, Result, Sign};
use crate::leaf::digested;
use crate::store::Store;
use crate::tree::TreeHead;
use crate::words::*;

#[async_trait]
impl<S: Store> Journal for S {
    async fn begin(&self, mut begin: Begin) -> Result<Begun> {
        let payloads = digested(std::mem::take(&mut begin.payloads))?;
        self.write(move |tx| begin::begin(tx, begin, payloads))
            .await
    }

    async fn append(&self, lease: &Lease, entries: Vec<Entry>) -> Result<Hold> {
        let (lease, entries) = (lease.clone(), checked(entries)?);
        self.write(move |tx| lease::append(tx, &lease, entries))
            .await
    }

    async fn renew(&self, lease: &Lease, progress: Option<JobProgress>) -> Result<Hold> {
        let lease = lease.clone();
        self.write(move |tx| lease::renew(tx, &lease, progress))
            .await
    }

    async fn finish(&self, lease: &Lease, mut finish: Finish) -> Result<Hold> {
        let lease = lease.clone();
        let payloads = digested(std::mem::take(&mut finish.payloads))?;
        self.write(move |tx| lease::finish(tx, &lease, finish, payloads))
            .await
    }

    async fn complete(&self, mut begin: Begin, mut finish: Finish) -> Result<()> {
        let given = digested(std::mem::take(&mut begin.payloads))?;
        let told = digested(std::mem::take(&mut finish.payloads))?;
        self.write(move |tx| begin::complete(tx, begin, given, finish, told))
            .await
    }

    async fn claim(&self, claim: Claim) -> Result<Option<Claimed>> {
        self.write(move |tx| claim::claim(tx, &claim)).await
    }

    async fn command(&self, id: &str, command: Command, by: &str) -> Result<Commanded> {
        let (id, by) = (id.to_owned(), by.to_owned());
        self.write(move |tx| command::command(tx, &id, command, &by))
            .await
    }

    async fn record(&self, entries: Vec<Entry>) -> Result<()> {
        let entries = checked(entries)?;
        self.write(move |tx| record::record(tx, entries)).await
    }

    async fn change_release(&self, change: ReleaseChange, entry: Entry) -> Result<Changed> {
        let entry = checked(vec![entry])?.swap_remove(0);
        self.write(move |tx| release::change(tx, change, entry))
            .await
    }

    async fn releases(&self) -> Result<Vec<Release>> {
        let mut all = self.read(|view| view.releases()).await?;
        // A text that is no version comes after all that are.
        all.sort_by_cached_key(|release| {
            let version = Version::parse(&release.version);
            let name = release.name.clone();
            (
                name,
                version.is_err(),
                version.ok(),
                release.version.clone(),
            )
        });
        Ok(all)
    }

    async fn claim_callback(&self, _owner: &str, lease_ms: u64) -> Result<Option<Callback>> {
        self.write(move |tx| callback::claim(tx, lease_ms)).await
    }

    async fn settle_callback(&self, callback: &Callback, settled: Settled) -> Result<bool> {
        let callback = callback.clone();
        self.write(move |tx| callback::settle(tx, &callback, settled))
            .await
    }

    async fn invocation(&self, id: &str) -> Result<Option<InvocationRow>> {
        let id = id.to_owned();
        self.read(move |view| view.invocation(&id)).await
    }

    async fn invocations(&self, query: &InvocationQuery) -> Result<Vec<InvocationRow>> {
        let mut query = query.clone();
        query.limit = query.limit.min(READ_ROWS_MAX);
        self.read(move |view| view.invocations(&query)).await
    }

    async fn events(&self, query: &EventQuery) -> Result<Vec<Event>> {
        let mut query = query.clone();
        query.limit = query.limit.min(READ_ROWS_MAX);
        self.read(move |view| view.events(&query)).await
    }

    async fn payload(&self, seq: u64, name: &str) -> Result<Option<Payload>> {
        let name = name.to_owned();
        self.read(move |view| view.payload(seq, &name)).await
    }

    async fn erase(&self, erase: &Erase, by: &str) -> Result<u64> {
        let mut payloads = 0;
        loop {
            let (erase, by) = (erase.clone(), by.to_owned());
            let erased = self.write(move |tx| erase::erase(tx, &erase, &by)).await?;
            payloads += erased.payloads;
            if !erased.goes_on {
                break;
            }
        }
        if payloads > 0 {
            self.scrub().await?;
        }
        Ok(payloads)
    }

    async fn rows(&self, from: u64, limit: usize) -> Result<Vec<LogRow>> {
        let limit = limit.min(READ_ROWS_MAX);
        self.read(move |view| view.rows(from, limit)).await
    }

    async fn head(&self) -> Result<TreeHead> {
        self.read(|view| view.head()).await
    }

    async fn seal(&self, signer: &(dyn Sign + Sync)) -> Result<Option<SealedLog>> {
        let (head, last) = self
            .read(|view| Ok((view.head()?, view.last_seal()?)))
            .await?;
        if head.size == last.unwrap_or(0) {
            return Ok(None);
        }
        let seal = SealedLog {
            size: head.size,
            root: head.root,
            note: signer.sign(head.size, &head.root),
            at_ms: self.clock_ms(),
        };
        let kept = seal.clone();
        self.write(move |tx| tx.add_seal(&kept)).await?;
        Ok(Some(seal))
    }

    async fn seals(&self) -> Result<Vec<SealedLog>> {
        self.read(|view| view.seals()).await
    }

    async fn backup(&self, to: &Path) -> Result<()> {
        self.copy(to).await
    }
}
