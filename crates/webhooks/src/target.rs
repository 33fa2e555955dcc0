//! Where messages may go: to addresses of the public network, so that nobody makes the server speak to its own neighbours (SSRF).

use crate::Error;
use hyper::Uri;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest address, in bytes.
const URL_BYTES_MAX: usize = 500;

/// How far messages may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Only over TLS, and only to addresses of the public network.
    #[default]
    Public,
    /// Anywhere: for installations whose systems stand in the same closed network (`webhooks_reach = "anywhere"`).
    Anywhere,
}

/// An address that messages may be sent to, as far as it can be told before its name is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_tls: bool,
    /// Path with its query.
    pub(crate) path: String,
}

impl Target {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Error::BadUrl`].
    pub(crate) fn read(url: &str, reach: Reach) -> Result<Self, Error> {
        let bad = || Error::BadUrl("webhooks.bad_url");
        // Uri takes none with spaces or control characters; a fragment would be lost.
        if url.len() > URL_BYTES_MAX || url.contains('#') {
            return Err(bad());
        }
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let authority = uri.authority().ok_or_else(bad)?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if reach == Reach::Anywhere => false,
            None => return Err(bad()),
            Some(_) => return Err(Error::BadUrl("webhooks.bad_url_scheme")),
        };
        if authority.as_str().contains('@') {
            return Err(Error::BadUrl("webhooks.bad_url_user"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if host.is_empty() {
            return Err(bad());
        }
        let target = Self {
            port: authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            host,
            is_tls,
        };
        match target.host.parse::<IpAddr>() {
            Ok(address) if !may_reach(address, reach) => Err(Error::BadUrl("webhooks.bad_url_private")),
            // Old resolvers take numbers of other shapes (0x7f.1, 2130706433) for addresses, whatever we would read there.
            Err(_) if reach == Reach::Public && is_numeric(&target.host) => {
                Err(Error::BadUrl("webhooks.bad_url_private"))
            }
            _ => Ok(target),
        }
    }

    /// What stands in the `Host` header.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == if self.is_tls { 443 } else { 80 } { host } else { format!("{host}:{}", self.port) }
    }
}

fn is_numeric(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    last.starts_with("0x") || (!last.is_empty() && last.chars().all(|c| c.is_ascii_digit()))
}

/// Whether messages may go to this address; asked of every address that a name leads to, in the moment of connecting.
pub(crate) fn may_reach(address: IpAddr, reach: Reach) -> bool {
    reach == Reach::Anywhere
        || match address.to_canonical() {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        }
}

/// Not one of the special-purpose blocks of IANA's registry (RFC 6890 and its updates).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !is_special
}

/// Global unicast (`2000::/3`), without the blocks in it that stand for others: IETF assignments with Teredo, documentation, 6to4.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    let is_special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn refused(url: &str) -> &'static str {
        match Target::read(url, Reach::Public) {
            Err(Error::BadUrl(code)) => code,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn an_address_is_read_into_its_parts() {
        let read = Target::read("https://Hooks.Example.com/a/b?c=d", Reach::Public).unwrap();
        assert_eq!((read.host.as_str(), read.port, read.path.as_str()), ("hooks.example.com", 443, "/a/b?c=d"));
        assert_eq!(read.authority(), "hooks.example.com");
        let read = Target::read("https://[2606:4700::1111]:8443", Reach::Public).unwrap();
        assert_eq!((read.authority().as_str(), read.path.as_str()), ("[2606:4700::1111]:8443", "/"));
    }

    #[test]
    fn neighbours_are_refused_however_they_are_written() {
        for host in [
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[2001:db8::1]",
            "[2001::1]",
            "2130706433",
            "0x7f000001",
            "127.1",
            "0x7f.1",
            "10.0.0.0x1",
        ] {
            assert_eq!(refused(&format!("https://{host}/x")), "webhooks.bad_url_private", "{host}");
        }
        assert!(Target::read("https://8.8.8.8", Reach::Public).is_ok());
        assert!(Target::read("http://127.0.0.1:9/x", Reach::Anywhere).is_ok());
    }

    #[test]
    fn what_is_no_plain_web_address_is_refused() {
        for url in
            ["", "x", "/x", "//x", "https://", "https://a b", "https://x#y", &format!("https://x/{}", "y".repeat(500))]
        {
            assert_eq!(refused(url), "webhooks.bad_url", "{url}");
        }
        for url in ["http://x", "ftp://x", "file:///etc/passwd", "gopher://x"] {
            assert_ne!(refused(url), "webhooks.bad_url_private", "{url}");
        }
        assert_eq!(refused("https://me:secret@x/"), "webhooks.bad_url_user");
    }
}
