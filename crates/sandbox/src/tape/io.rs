//! `wasi:io/poll`, with what it found on the tape.

use wasmtime::Result;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi_io::bindings::wasi::io as wasi;
use wasmtime_wasi_io::bindings::wasi::io::poll::{Host as _, HostPollable as _};
use wasmtime_wasi_io::poll::DynPollable;

use super::bindings::wasi::io::{poll, streams};
use super::deck::Deck;
use super::event::Event;

/// A store's resources together with its tape.
pub(crate) struct Taped<'a> {
    pub(crate) table: &'a mut ResourceTable,
    pub(crate) deck: &'a mut Deck,
}

/// Names [`Taped`] to wasmtime's linker.
pub(crate) struct HasTaped;

impl HasData for HasTaped {
    type Data<'a> = Taped<'a>;
}

/// Names the table alone, for what needs no tape.
struct HasTable;

impl HasData for HasTable {
    type Data<'a> = &'a mut ResourceTable;
}

/// Links all of `wasi:io`.
pub(crate) fn add_to_linker<T: Send + 'static>(
    linker: &mut Linker<T>,
    taped: fn(&mut T) -> Taped<'_>,
    table: fn(&mut T) -> &mut ResourceTable,
) -> Result<()> {
    wasi::error::add_to_linker::<T, HasTable>(linker, table)?;
    poll::add_to_linker::<T, HasTaped>(linker, taped)?;
    streams::add_to_linker::<T, HasTaped>(linker, taped)
}

impl poll::Host for Taped<'_> {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> Result<Vec<u32>> {
        match self.deck {
            // An empty list is an error, of which nothing is on the tape.
            Deck::Playing(player) if !pollables.is_empty() => {
                let ready = player.take(&"poll", |event| match event {
                    Event::Poll(ready) => Some(ready),
                    _ => None,
                })?;
                for place in &ready {
                    let Some(pollable) = pollables.get(*place as usize) else {
                        return Err(player.diverge("poll: the guest's list is shorter"));
                    };
                    let pollable = Resource::new_borrow(pollable.rep());
                    player.wait(self.table.block(pollable)).await?;
                }
                Ok(ready)
            }
            _ => {
                let ready = self.table.poll(pollables).await?;
                self.deck.note(|| Event::Poll(ready.clone()));
                Ok(ready)
            }
        }
    }
}

impl poll::HostPollable for Taped<'_> {
    async fn ready(&mut self, pollable: Resource<DynPollable>) -> Result<bool> {
        if let Deck::Playing(player) = self.deck {
            let ready = player.take(&"ready of a pollable", |event| match event {
                Event::Ready(ready) => Some(ready),
                _ => None,
            })?;
            if ready {
                player.wait(self.table.block(pollable)).await?;
            }
            return Ok(ready);
        }
        let ready = self.table.ready(pollable).await?;
        self.deck.note(|| Event::Ready(ready));
        Ok(ready)
    }

    async fn block(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        if let Deck::Playing(player) = self.deck {
            player.take(&"block of a pollable", |event| {
                (event == Event::Block).then_some(())
            })?;
            return player.wait(self.table.block(pollable)).await;
        }
        self.table.block(pollable).await?;
        self.deck.note(|| Event::Block);
        Ok(())
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        wasi::poll::HostPollable::drop(self.table, pollable)
    }
}
