//! Lines of a file as text: plain or gzip, UTF-8 with or without BOM, GB18030, or UTF-16.

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

/// Bytes looked at for the zeros that only UTF-16 has.
const UTF16_LOOK: usize = 4 * 1024;

/// What text a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Gb18030,
    Utf16Le,
    Utf16Be,
}

/// One line without its ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Text(String),
    /// Bytes that are no text in the file's encoding, as far as they can be read: never taken for what the file says.
    Unreadable(String),
    /// Longer than 64 KiB; skipped.
    TooLong,
}

/// Opens a file, unpacking it when it begins like gzip, whatever its name.
pub(crate) fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    unpack(Box::new(BufReader::with_capacity(64 * 1024, File::open(path)?)))
}

/// Unpacks what begins like gzip; anything else comes as it is.
pub(crate) fn unpack(mut plain: Box<dyn BufRead>) -> std::io::Result<Box<dyn BufRead>> {
    if plain.fill_buf()?.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(plain))));
    }
    Ok(plain)
}

/// Tells the encoding of a whole file: UTF-16 by its mark or its zeros; else UTF-8, unless lines that are only good GB18030
/// outnumber those in good UTF-8 beyond ASCII. Line feeds and delimiters are never part of a longer GB18030 character.
pub(crate) fn detect(input: &mut dyn BufRead) -> std::io::Result<Encoding> {
    if let Some(wide) = detect_wide(input.fill_buf()?) {
        return Ok(wide);
    }
    let (mut utf8, mut other) = (0_u64, 0_u64);
    let mut line = Vec::new();
    while read_line(input, &mut line)?.is_some() {
        if line.is_ascii() {
            continue;
        }
        if std::str::from_utf8(&line).is_ok() {
            utf8 += 1;
        } else if gb18030(&line).is_some() {
            other += 1;
        }
    }
    Ok(if other > utf8 { Encoding::Gb18030 } else { Encoding::Utf8 })
}

/// UTF-16 by its byte order mark, or by zeros on one side of a tenth of the first pairs: other text has none.
fn detect_wide(start: &[u8]) -> Option<Encoding> {
    match start {
        [0xff, 0xfe, ..] => return Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => return Some(Encoding::Utf16Be),
        _ => {}
    }
    let look = &start[..start.len().min(UTF16_LOOK)];
    let zeros = |side: usize| look.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    let (high, low) = (zeros(0), zeros(1));
    let enough = (look.len() / 20).max(2);
    match (high >= enough, low >= enough) {
        (true, false) => Some(Encoding::Utf16Be),
        (false, true) => Some(Encoding::Utf16Le),
        _ => None,
    }
}

fn gb18030(line: &[u8]) -> Option<String> {
    GB18030.decode_without_bom_handling_and_without_replacement(line).map(std::borrow::Cow::into_owned)
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

/// As [`read_line`] for pairs of bytes: a line feed is the pair, not the byte.
fn read_wide_line(input: &mut dyn BufRead, line: &mut Vec<u8>, is_big: bool) -> std::io::Result<Option<bool>> {
    line.clear();
    let mut is_whole = true;
    loop {
        let mut pair = [0_u8; 2];
        let got = read_pair(input, &mut pair)?;
        if got == 0 {
            return Ok(if line.is_empty() && is_whole { None } else { Some(is_whole) });
        }
        let unit = if is_big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
        if got == 2 && unit == u16::from(b'\n') {
            let ends = if is_big { [0, b'\r'] } else { [b'\r', 0] };
            if line.ends_with(&ends) {
                line.truncate(line.len() - 2);
            }
            return Ok(Some(is_whole));
        }
        if line.len() as u64 >= LINE_MAX {
            is_whole = false;
        } else {
            line.extend(&pair[..got]);
        }
    }
}

fn read_pair(input: &mut dyn BufRead, pair: &mut [u8; 2]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < 2 {
        let read = input.read(&mut pair[got..])?;
        if read == 0 {
            break;
        }
        got += read;
    }
    Ok(got)
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
        let read = match self.encoding {
            Encoding::Utf8 | Encoding::Gb18030 => read_line(self.input.as_mut(), &mut self.buffer)?,
            Encoding::Utf16Le => read_wide_line(self.input.as_mut(), &mut self.buffer, false)?,
            Encoding::Utf16Be => read_wide_line(self.input.as_mut(), &mut self.buffer, true)?,
        };
        let Some(is_whole) = read else { return Ok(None) };
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
        match self.encoding {
            Encoding::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Line::Text(text.to_owned()),
                Err(_) => {
                    Line::Unreadable(gb18030(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned()))
                }
            },
            Encoding::Gb18030 => match (as_foreign_utf8(bytes), gb18030(bytes)) {
                (Some(text), _) => Line::Unreadable(text.to_owned()),
                (None, Some(text)) => Line::Text(text),
                (None, None) => Line::Unreadable(GB18030.decode_without_bom_handling(bytes).0.into_owned()),
            },
            Encoding::Utf16Le => wide_text(bytes, self.number == 1, false),
            Encoding::Utf16Be => wide_text(bytes, self.number == 1, true),
        }
    }
}

/// A line of UTF-8 that strayed into a GB18030 file would read as other Chinese characters. Good UTF-8 of nothing but Chinese
/// and ASCII is no accident: a line in GB18030 that looks so by chance has hardly more than one character.
fn as_foreign_utf8(bytes: &[u8]) -> Option<&str> {
    if bytes.is_ascii() {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let is_chinese = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let mut beyond = text.chars().filter(|c| !c.is_ascii()).peekable();
    let count = text.chars().filter(|c| !c.is_ascii()).count();
    (count >= 2 && beyond.all(is_chinese)).then_some(text)
}

fn wide_text(bytes: &[u8], is_first: bool, is_big: bool) -> Line {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| if is_big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let units: Vec<u16> = pairs.iter().map(unit).collect();
    let units = if is_first { units.strip_prefix(&[0xfeff]).unwrap_or(&units) } else { &units };
    match String::from_utf16(units) {
        Ok(text) if rest.is_empty() => Line::Text(text),
        _ => Line::Unreadable(String::from_utf16_lossy(units)),
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
        assert_eq!(found[2], (3, Line::Unreadable("caf\u{fffd} \u{fffd},1".to_owned())));
    }

    #[test]
    fn a_gb18030_file_with_broken_lines_stays_one_and_names_them() {
        let mut bytes = GB18030.encode("编号,品名\n1,红色茶杯\n2,白色灯笼\n").0.into_owned();
        bytes.extend("3,蓝色的毛巾\n".as_bytes());
        bytes.extend(b"4,\xff\xff\n");
        let (encoding, found) = lines(&bytes);
        assert_eq!((encoding, &found[1].1), (Encoding::Gb18030, &text("1,红色茶杯")));
        assert_eq!(found[3].1, Line::Unreadable("3,蓝色的毛巾".to_owned()), "never read as other characters");
        assert!(matches!(&found[4].1, Line::Unreadable(lossy) if lossy.starts_with("4,")));
    }

    #[test]
    fn a_line_of_gb18030_in_a_utf8_file_is_shown_as_what_it_probably_means() {
        let mut bytes = "编号,品名\n1,红色茶杯\n".as_bytes().to_vec();
        bytes.extend(&*GB18030.encode("2,白色灯笼\n").0);
        let (encoding, found) = lines(&bytes);
        assert_eq!((encoding, &found[2].1), (Encoding::Utf8, &Line::Unreadable("2,白色灯笼".to_owned())));
    }

    #[test]
    fn utf16_is_read_in_both_orders_with_and_without_its_mark() {
        let plain = "编号,品名\r\n1,上述,𠮷\n2,abc";
        for (is_big, has_mark) in [(false, true), (true, true), (false, false), (true, false)] {
            let marked = if has_mark { format!("\u{feff}{plain}") } else { plain.to_owned() };
            let bytes: Vec<u8> =
                marked.encode_utf16().flat_map(|u| if is_big { u.to_be_bytes() } else { u.to_le_bytes() }).collect();
            let (encoding, found) = lines(&bytes);
            assert_eq!(encoding, if is_big { Encoding::Utf16Be } else { Encoding::Utf16Le }, "{has_mark}");
            // U+4E0A and U+0A4E have the byte of a line feed in them.
            assert_eq!(found, [(1, text("编号,品名")), (2, text("1,上述,𠮷")), (3, text("2,abc"))]);
        }
        let half: Vec<u8> = [0xfeff_u16, 0x61, 0x0a, 0xd800, 0x62, 0x0a].iter().flat_map(|u| u.to_le_bytes()).collect();
        assert_eq!(lines(&half).1[1], (2, Line::Unreadable("\u{fffd}b".to_owned())));
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
