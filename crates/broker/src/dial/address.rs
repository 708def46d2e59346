//! Which addresses may be dialled: the public internet, and what an operator opened one by one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;

use ipnet::{Ipv4Net, Ipv6Net};

use crate::error::Denial;

/// IPv4 blocks that are not public: IANA's special-purpose registry (RFC 6890 and its updates),
/// with multicast and class E.
const NOT_PUBLIC_V4: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
];

/// Within IPv6, only global unicast is public at all; these blocks of it are not: IETF
/// protocols with Teredo, documentation, 6to4, and documentation again (RFC 9637).
const PUBLIC_V6: &str = "2000::/3";
const NOT_PUBLIC_V6: [&str; 6] = [
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "3ffe::/16",
];

static V4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| {
    NOT_PUBLIC_V4
        .iter()
        .map(|net| net.parse().expect("a block"))
        .collect()
});
static V6: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| {
    NOT_PUBLIC_V6
        .iter()
        .map(|net| net.parse().expect("a block"))
        .collect()
});
static V6_PUBLIC: LazyLock<Ipv6Net> = LazyLock::new(|| PUBLIC_V6.parse().expect("a block"));

/// Returns the addresses to dial: all of those that a name has, in their order. One address
/// that may not be dialled refuses the name as a whole, because whoever mixes a public with a
/// private address wants the private one reached.
pub(super) fn filter(
    addresses: &[IpAddr],
    port: u16,
    opened: &[SocketAddr],
) -> Result<Vec<SocketAddr>, Denial> {
    let may = |address: &SocketAddr| is_public(address.ip()) || opened.contains(address);
    let all: Vec<_> = addresses
        .iter()
        .map(|ip| SocketAddr::new(*ip, port))
        .collect();
    match all.iter().find(|address| !may(address)) {
        None => Ok(all),
        Some(private) => Err(Denial::new(
            "address_denied",
            format!(
                "the server's name leads to {private}, which is not public; if it is meant, write \
                 `private = [\"{private}\"]` under [egress]"
            ),
        )),
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !V4.iter().any(|net| net.contains(&ip))
}

/// Mapped (`::ffff:0:0/96`), compatible (`::/96`), NAT64 (`64:ff9b::/96`, `64:ff9b:1::/48`), link-local, unique
/// local and multicast addresses all lie outside of global unicast.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    V6_PUBLIC.contains(&ip) && !V6.iter().any(|net| net.contains(&ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_dialled() {
        for ip in [
            "1.1.1.1",
            "93.184.216.34",
            "192.0.1.1",
            "172.32.0.1",
            "2606:4700::1111",
            "2a00:1450::5",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn others_are_not() {
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn one_private_address_refuses_the_name() {
        let mixed = ["1.1.1.1".parse().unwrap(), "10.0.0.5".parse().unwrap()];
        assert!(filter(&mixed[..1], 443, &[]).is_ok());
        assert!(filter(&mixed, 443, &[]).is_err());
        let opened = ["10.0.0.5:443".parse().unwrap()];
        assert_eq!(filter(&mixed, 443, &opened).unwrap().len(), 2);
        assert!(
            filter(&mixed, 8443, &opened).is_err(),
            "another port is not opened"
        );
    }
}
