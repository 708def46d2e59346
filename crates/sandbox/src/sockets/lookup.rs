//! Name look-ups, refused.

use wasmtime::component::Resource;
use wasmtime_wasi_io::poll::DynPollable;

use super::bindings::wasi::sockets::ip_name_lookup::{Host, HostResolveAddressStream};
use super::bindings::wasi::sockets::network::IpAddress;
use super::{Answer, Never, NoSockets, Nowhere, impossible, refused};

impl Host for NoSockets {
    fn resolve_addresses(&mut self, _: Resource<Nowhere>, _: String) -> Answer<Resource<Never>> {
        refused()
    }
}

impl HostResolveAddressStream for NoSockets {
    fn resolve_next_address(&mut self, _: Resource<Never>) -> Answer<Option<IpAddress>> {
        refused()
    }

    fn subscribe(&mut self, _: Resource<Never>) -> wasmtime::Result<Resource<DynPollable>> {
        impossible()
    }

    fn drop(&mut self, _: Resource<Never>) -> wasmtime::Result<()> {
        impossible()
    }
}
