//! TCP, refused: no method of a socket can be called, as there is no socket.

use wasmtime::component::Resource;
use wasmtime_wasi_io::poll::DynPollable;
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream};

use super::bindings::wasi::sockets::network::{IpAddressFamily, IpSocketAddress};
use super::bindings::wasi::sockets::tcp::{Host, HostTcpSocket, ShutdownType};
use super::{Answer, Never, NoSockets, Nowhere, impossible, refused};

/// A connection: the accepted socket and its two streams.
type Connection = (
    Resource<Never>,
    Resource<DynInputStream>,
    Resource<DynOutputStream>,
);

impl Host for NoSockets {}

impl HostTcpSocket for NoSockets {
    fn start_bind(
        &mut self,
        _: Resource<Never>,
        _: Resource<Nowhere>,
        _: IpSocketAddress,
    ) -> Answer<()> {
        refused()
    }

    fn finish_bind(&mut self, _: Resource<Never>) -> Answer<()> {
        refused()
    }

    fn start_connect(
        &mut self,
        _: Resource<Never>,
        _: Resource<Nowhere>,
        _: IpSocketAddress,
    ) -> Answer<()> {
        refused()
    }

    fn finish_connect(
        &mut self,
        _: Resource<Never>,
    ) -> Answer<(Resource<DynInputStream>, Resource<DynOutputStream>)> {
        refused()
    }

    fn start_listen(&mut self, _: Resource<Never>) -> Answer<()> {
        refused()
    }

    fn finish_listen(&mut self, _: Resource<Never>) -> Answer<()> {
        refused()
    }

    fn accept(&mut self, _: Resource<Never>) -> Answer<Connection> {
        refused()
    }

    fn local_address(&mut self, _: Resource<Never>) -> Answer<IpSocketAddress> {
        refused()
    }

    fn remote_address(&mut self, _: Resource<Never>) -> Answer<IpSocketAddress> {
        refused()
    }

    fn is_listening(&mut self, _: Resource<Never>) -> wasmtime::Result<bool> {
        impossible()
    }

    fn address_family(&mut self, _: Resource<Never>) -> wasmtime::Result<IpAddressFamily> {
        impossible()
    }

    fn set_listen_backlog_size(&mut self, _: Resource<Never>, _: u64) -> Answer<()> {
        refused()
    }

    fn keep_alive_enabled(&mut self, _: Resource<Never>) -> Answer<bool> {
        refused()
    }

    fn set_keep_alive_enabled(&mut self, _: Resource<Never>, _: bool) -> Answer<()> {
        refused()
    }

    fn keep_alive_idle_time(&mut self, _: Resource<Never>) -> Answer<u64> {
        refused()
    }

    fn set_keep_alive_idle_time(&mut self, _: Resource<Never>, _: u64) -> Answer<()> {
        refused()
    }

    fn keep_alive_interval(&mut self, _: Resource<Never>) -> Answer<u64> {
        refused()
    }

    fn set_keep_alive_interval(&mut self, _: Resource<Never>, _: u64) -> Answer<()> {
        refused()
    }

    fn keep_alive_count(&mut self, _: Resource<Never>) -> Answer<u32> {
        refused()
    }

    fn set_keep_alive_count(&mut self, _: Resource<Never>, _: u32) -> Answer<()> {
        refused()
    }

    fn hop_limit(&mut self, _: Resource<Never>) -> Answer<u8> {
        refused()
    }

    fn set_hop_limit(&mut self, _: Resource<Never>, _: u8) -> Answer<()> {
        refused()
    }

    fn receive_buffer_size(&mut self, _: Resource<Never>) -> Answer<u64> {
        refused()
    }

    fn set_receive_buffer_size(&mut self, _: Resource<Never>, _: u64) -> Answer<()> {
        refused()
    }

    fn send_buffer_size(&mut self, _: Resource<Never>) -> Answer<u64> {
        refused()
    }

    fn set_send_buffer_size(&mut self, _: Resource<Never>, _: u64) -> Answer<()> {
        refused()
    }

    fn subscribe(&mut self, _: Resource<Never>) -> wasmtime::Result<Resource<DynPollable>> {
        impossible()
    }

    fn shutdown(&mut self, _: Resource<Never>, _: ShutdownType) -> Answer<()> {
        refused()
    }

    fn drop(&mut self, _: Resource<Never>) -> wasmtime::Result<()> {
        impossible()
    }
}
