//! The few records of a ZIP archive that a workbook needs. An entry's header is written when its bytes are known, into the part kept free
//! for it, so no reader meets lengths that come later.

/// Bytes of a header before its name.
const LOCAL_BYTES: u64 = 30;
/// Version 2.0 can deflate.
const VERSION: u16 = 20;
/// 1980-01-01: what a file holds does not depend on when it was made.
const DAY_ONE: u16 = 0x21;
const DEFLATED: u16 = 8;

/// One file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) crc: u32,
    /// Bytes before and after packing.
    pub(crate) raw: u32,
    pub(crate) packed: u32,
    /// Where its header begins.
    pub(crate) offset: u32,
}

/// Length of the header of an entry.
pub(crate) fn local_bytes(name: &str) -> u64 {
    LOCAL_BYTES + name.len() as u64
}

impl Entry {
    /// What local header and directory say alike.
    fn common(&self, out: &mut Vec<u8>) {
        for field in [VERSION, 0, DEFLATED, 0, DAY_ONE] {
            out.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.packed, self.raw] {
            out.extend(field.to_le_bytes());
        }
        out.extend(u16::try_from(self.name.len()).unwrap_or(0).to_le_bytes());
        out.extend(0_u16.to_le_bytes());
    }

    /// The header before its bytes.
    pub(crate) fn local(&self) -> Vec<u8> {
        let mut out = b"PK\x03\x04".to_vec();
        self.common(&mut out);
        out.extend(self.name.bytes());
        out
    }

    fn listed(&self, out: &mut Vec<u8>) {
        out.extend(b"PK\x01\x02");
        out.extend(VERSION.to_le_bytes());
        self.common(out);
        // Comment, disk, attributes.
        out.extend([0; 10]);
        out.extend(self.offset.to_le_bytes());
        out.extend(self.name.bytes());
    }
}

/// The directory at the end of an archive, which begins at `offset`.
pub(crate) fn directory(entries: &[Entry], offset: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        entry.listed(&mut out);
    }
    let bytes = u32::try_from(out.len()).unwrap_or(u32::MAX);
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(bytes.to_le_bytes());
    out.extend(offset.to_le_bytes());
    out.extend([0; 2]);
    out
}
