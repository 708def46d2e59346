//! `wasi:sockets`, of which every function refuses.
//!
//! CPython's runtime imports these interfaces whether a program dials or not, so a skill in
//! Python could not run without them. No socket can come about behind them: the types of
//! sockets, streams of datagrams and name look-ups have no values, so there is no code that
//! could make one, and nothing here can dial, listen or resolve. What a guest is told is
//! `access-denied`, which its language shows as "permission denied".
//!
//! The one handle that exists is the `network`, which look-ups take as an argument: a word
//! without content.

mod lookup;
mod no_tcp;
mod no_udp;

use wasmtime::component::{HasData, Linker, Resource};

use self::bindings::wasi::sockets::{
    instance_network, ip_name_lookup, network, tcp, tcp_create_socket, udp, udp_create_socket,
};
use crate::guest::Guest;

/// The network of which a guest may speak, and which leads nowhere.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Nowhere;

/// A socket, a stream or a look-up: there is none, and none can be made.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum Never {}

/// What a store has of sockets: nothing.
pub(crate) struct NoSockets;

impl HasData for NoSockets {
    type Data<'a> = NoSockets;
}

/// Links the interfaces. `charge` is called once for each call of the guest.
pub(crate) fn add_to_linker(
    linker: &mut Linker<Guest>,
    charge: fn(&mut Guest) -> NoSockets,
) -> wasmtime::Result<()> {
    network::add_to_linker::<_, NoSockets>(linker, charge)?;
    instance_network::add_to_linker::<_, NoSockets>(linker, charge)?;
    ip_name_lookup::add_to_linker::<_, NoSockets>(linker, charge)?;
    tcp::add_to_linker::<_, NoSockets>(linker, charge)?;
    tcp_create_socket::add_to_linker::<_, NoSockets>(linker, charge)?;
    udp::add_to_linker::<_, NoSockets>(linker, charge)?;
    udp_create_socket::add_to_linker::<_, NoSockets>(linker, charge)
}

/// What a function of these interfaces returns.
type Answer<T> = wasmtime::Result<Result<T, network::ErrorCode>>;

fn refused<T>() -> Answer<T> {
    Ok(Err(network::ErrorCode::AccessDenied))
}

/// Ends a guest that passed a handle which it cannot have.
fn impossible<T>() -> wasmtime::Result<T> {
    Err(wasmtime::Error::msg("there are no sockets"))
}

impl network::Host for NoSockets {}

impl network::HostNetwork for NoSockets {
    fn drop(&mut self, _network: Resource<Nowhere>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl instance_network::Host for NoSockets {
    fn instance_network(&mut self) -> wasmtime::Result<Resource<Nowhere>> {
        Ok(Resource::new_own(0))
    }
}

impl tcp_create_socket::Host for NoSockets {
    fn create_tcp_socket(&mut self, _: network::IpAddressFamily) -> Answer<Resource<Never>> {
        refused()
    }
}

impl udp_create_socket::Host for NoSockets {
    fn create_udp_socket(&mut self, _: network::IpAddressFamily) -> Answer<Resource<Never>> {
        refused()
    }
}

/// What wasmtime generates from `wit-sockets`.
mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::semicolon_if_nothing_returned)]

    wasmtime::component::bindgen!({
        path: "wit-sockets",
        world: "sockets",
        with: {
            "wasi:io/error": wasmtime_wasi_io::bindings::wasi::io::error,
            "wasi:io/poll": wasmtime_wasi_io::bindings::wasi::io::poll,
            "wasi:io/streams": wasmtime_wasi_io::bindings::wasi::io::streams,
            "wasi:sockets/network.network": super::Nowhere,
            "wasi:sockets/ip-name-lookup.resolve-address-stream": super::Never,
            "wasi:sockets/tcp.tcp-socket": super::Never,
            "wasi:sockets/udp.udp-socket": super::Never,
            "wasi:sockets/udp.incoming-datagram-stream": super::Never,
            "wasi:sockets/udp.outgoing-datagram-stream": super::Never,
        },
        imports: { default: trappable },
        require_store_data_send: true,
    });
}
