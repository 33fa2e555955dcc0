//! Lines of a file as text: plain or gzip, UTF-8 with or without BOM, or GB18030.

use encoding_rs::GB18030;
use flate2::read::MultiGzDecoder;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Longest line in bytes; what is longer is no table.
const LINE_MAX: u64 = 64 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What text a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Gb18030,
}

/// One line without its ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Text(String),
    /// Bytes that are no text in the file's encoding.
    Unreadable,
    /// Longer than 64 KiB; skipped.
    TooLong,
}

/// Opens a file, unpacking it when it begins like gzip, whatever its name.
pub(crate) fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    let mut plain = BufReader::with_capacity(64 * 1024, File::open(path)?);
    if plain.fill_buf()?.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(plain))));
    }
    Ok(Box::new(plain))
}

/// Tells the encoding of a whole file: GB18030 only if the bytes that are no UTF-8 are good GB18030 throughout, and lines
/// in good UTF-8 beyond ASCII do not outnumber them. Line feeds and commas are never part of a longer GB18030 character.
pub(crate) fn detect(input: &mut dyn BufRead) -> std::io::Result<Encoding> {
    let (mut utf8, mut other) = (0_u64, 0_u64);
    let mut line = Vec::new();
    while read_line(input, &mut line)?.is_some() {
        if line.is_ascii() {
            continue;
        }
        if std::str::from_utf8(&line).is_ok() {
            utf8 += 1;
        } else if GB18030.decode_without_bom_handling_and_without_replacement(&line).is_some() {
            other += 1;
        } else {
            return Ok(Encoding::Utf8);
        }
    }
    Ok(if other > utf8 { Encoding::Gb18030 } else { Encoding::Utf8 })
}

/// Reads up to the next line feed into `line`; gives whether it was short enough, or none at the end.
fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    line.clear();
    let got = input.take(LINE_MAX).read_until(b'\n', line)?;
    if got == 0 {
        return Ok(None);
    }
    let is_whole = line.ends_with(b"\n") || (got as u64) < LINE_MAX;
    if !is_whole {
        input.skip_until(b'\n')?;
    }
    while line.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
        line.pop();
    }
    Ok(Some(is_whole))
}

/// Numbered lines; lines read too far can be put back.
pub(crate) struct Lines {
    input: Box<dyn BufRead>,
    encoding: Encoding,
    number: u64,
    buffer: Vec<u8>,
    returned: VecDeque<(u64, Line)>,
}

impl Lines {
    pub(crate) fn new(input: Box<dyn BufRead>, encoding: Encoding) -> Self {
        Self { input, encoding, number: 0, buffer: Vec::new(), returned: VecDeque::new() }
    }

    /// The next line with its number from 1.
    pub(crate) fn next(&mut self) -> std::io::Result<Option<(u64, Line)>> {
        if let Some(line) = self.returned.pop_front() {
            return Ok(Some(line));
        }
        let Some(is_whole) = read_line(self.input.as_mut(), &mut self.buffer)? else { return Ok(None) };
        self.number += 1;
        let line = if is_whole { self.text() } else { Line::TooLong };
        Ok(Some((self.number, line)))
    }

    /// Puts lines back, the first of them to come next.
    pub(crate) fn put_back(&mut self, lines: Vec<(u64, Line)>) {
        for line in lines.into_iter().rev() {
            self.returned.push_front(line);
        }
    }

    fn text(&self) -> Line {
        let bytes = if self.number == 1 { self.buffer.strip_prefix(BOM).unwrap_or(&self.buffer) } else { &self.buffer };
        let text = match self.encoding {
            Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Encoding::Gb18030 => {
                GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
            }
        };
        text.map_or(Line::Unreadable, Line::Text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn lines(bytes: &[u8]) -> (Encoding, Vec<(u64, Line)>) {
        let encoding = detect(&mut &bytes[..]).unwrap();
        let mut lines = Lines::new(Box::new(std::io::Cursor::new(bytes.to_vec())), encoding);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(line);
        }
        (encoding, found)
    }

    fn text(line: &str) -> Line {
        Line::Text(line.to_owned())
    }

    #[test]
    fn a_bom_and_either_line_ending_are_left_out() {
        let (encoding, found) = lines(b"\xef\xbb\xbfa,b\r\n\xc2\xa31,2\n3,4");
        assert_eq!(encoding, Encoding::Utf8);
        assert_eq!(found, [(1, text("a,b")), (2, text("£1,2")), (3, text("3,4"))]);
    }

    #[test]
    fn gb18030_is_told_from_its_bytes() {
        let (bytes, ..) = GB18030.encode("a,b\n红色茶杯,€\n白色灯笼,𠮷\n");
        let (encoding, found) = lines(&bytes);
        assert_eq!(encoding, Encoding::Gb18030);
        assert_eq!(found[2].1, text("白色灯笼,𠮷"));
    }

    #[test]
    fn one_bad_line_does_not_make_a_utf8_file_another() {
        let (encoding, found) = lines(
            "ä,红\n\u{e9},2\n".as_bytes().iter().chain(b"caf\xe9 \xa3,1\n").copied().collect::<Vec<_>>().as_slice(),
        );
        assert_eq!(encoding, Encoding::Utf8);
        assert_eq!(found[2], (3, Line::Unreadable));
    }

    #[test]
    fn an_endless_line_is_skipped_and_the_next_is_read() {
        let mut bytes = vec![b'x'; 200_000];
        bytes.extend(b"\nshort\n");
        assert_eq!(lines(&bytes).1, [(1, Line::TooLong), (2, text("short"))]);
    }

    #[test]
    fn lines_put_back_come_again_in_order() {
        let mut lines = Lines::new(Box::new(&b"a\nb\nc\n"[..]), Encoding::Utf8);
        let taken: Vec<_> = (0..2).map(|_| lines.next().unwrap().unwrap()).collect();
        lines.put_back(taken);
        let again: Vec<u64> = std::iter::from_fn(|| lines.next().unwrap()).map(|(number, _)| number).collect();
        assert_eq!(again, [1, 2, 3]);
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes() {
        use std::io::Write as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("misnamed.csv");
        let mut packed = flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
        packed.write_all(b"a,b\n").unwrap();
        packed.finish().unwrap();
        let mut content = String::new();
        open(&path).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "a,b\n");
    }
}
