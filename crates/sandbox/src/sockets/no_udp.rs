//! UDP, refused: no method of a socket can be called, as there is no socket.

use wasmtime::component::Resource;
use wasmtime_wasi_io::poll::DynPollable;

use super::bindings::wasi::sockets::network::{IpAddressFamily, IpSocketAddress};
use super::bindings::wasi::sockets::udp::{
    Host, HostIncomingDatagramStream, HostOutgoingDatagramStream, HostUdpSocket, IncomingDatagram,
    OutgoingDatagram,
};
use super::{Answer, Never, NoSockets, Nowhere, impossible, refused};

impl Host for NoSockets {}

impl HostUdpSocket for NoSockets {
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

    fn stream(
        &mut self,
        _: Resource<Never>,
        _: Option<IpSocketAddress>,
    ) -> Answer<(Resource<Never>, Resource<Never>)> {
        refused()
    }

    fn local_address(&mut self, _: Resource<Never>) -> Answer<IpSocketAddress> {
        refused()
    }

    fn remote_address(&mut self, _: Resource<Never>) -> Answer<IpSocketAddress> {
        refused()
    }

    fn address_family(&mut self, _: Resource<Never>) -> wasmtime::Result<IpAddressFamily> {
        impossible()
    }

    fn unicast_hop_limit(&mut self, _: Resource<Never>) -> Answer<u8> {
        refused()
    }

    fn set_unicast_hop_limit(&mut self, _: Resource<Never>, _: u8) -> Answer<()> {
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

    fn drop(&mut self, _: Resource<Never>) -> wasmtime::Result<()> {
        impossible()
    }
}

impl HostIncomingDatagramStream for NoSockets {
    fn receive(&mut self, _: Resource<Never>, _: u64) -> Answer<Vec<IncomingDatagram>> {
        refused()
    }

    fn subscribe(&mut self, _: Resource<Never>) -> wasmtime::Result<Resource<DynPollable>> {
        impossible()
    }

    fn drop(&mut self, _: Resource<Never>) -> wasmtime::Result<()> {
        impossible()
    }
}

impl HostOutgoingDatagramStream for NoSockets {
    fn check_send(&mut self, _: Resource<Never>) -> Answer<u64> {
        refused()
    }

    fn send(&mut self, _: Resource<Never>, _: Vec<OutgoingDatagram>) -> Answer<u64> {
        refused()
    }

    fn subscribe(&mut self, _: Resource<Never>) -> wasmtime::Result<Resource<DynPollable>> {
        impossible()
    }

    fn drop(&mut self, _: Resource<Never>) -> wasmtime::Result<()> {
        impossible()
    }
}
