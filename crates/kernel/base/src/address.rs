//! Where somebody calls from, as far as the record may know it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// An address with its last part hidden: the only form in which addresses are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MaskedAddress(Arc<str>);

impl MaskedAddress {
    /// `203.0.113.*` or `2001:db8:1:*`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<IpAddr> for MaskedAddress {
    fn from(address: IpAddr) -> Self {
        // A socket for both families tells of IPv4 peers as ::ffff:203.0.113.9.
        let text = match address.to_canonical() {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                format!("{a}.{b}.{c}.*")
            }
            IpAddr::V6(v6) => {
                let [a, b, c, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:*")
            }
        };
        Self(text.into())
    }
}

impl fmt::Display for MaskedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_last_part_is_hidden_and_mapped_addresses_are_read_as_what_they_are() {
        let masked = |text: &str| MaskedAddress::from(text.parse::<IpAddr>().unwrap()).to_string();
        assert_eq!(masked("203.0.113.9"), "203.0.113.*");
        assert_eq!(masked("::ffff:203.0.113.9"), "203.0.113.*");
        assert_eq!(masked("2001:db8:1:2::3"), "2001:db8:1:*");
    }
}
