//! Licence papers: known by their content, never by their name. Pictures are decoded and written anew; of a PDF, which cannot be, what
//! acts by itself is refused, and it is only ever handed out as a download. Slow on purpose and never inside a command.

use crate::Error;

pub use xr_aftersales::pictures::BYTES_MAX;

/// What papers there are.
pub const KINDS: [&str; 4] = ["business_licence", "identity_card", "tax_registration", "other"];
/// Papers that one verification may have at a time.
pub const PAPERS_MAX: i64 = 12;

const PDF: &str = "application/pdf";
/// Names in a PDF by which it does something: scripts, programs, forms that are sent, files within.
const ACTIVE: [&[u8]; 6] =
    [b"/JavaScript", b"/Launch", b"/SubmitForm", b"/ImportData", b"/EmbeddedFile", b"/RichMedia"];

/// A paper that may be kept.
#[derive(Clone, Debug)]
pub struct Cleaned {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub media_type: &'static str,
}

/// Reads a JPEG, PNG, WebP or PDF file.
///
/// # Errors
/// [`Error::BadPaper`] for whatever else it is, whatever it is called; for files above 10 MiB, pictures above 40 megapixels, broken files,
/// and PDFs that do something when they are opened.
pub fn clean(bytes: &[u8]) -> Result<Cleaned, Error> {
    if bytes.len() > BYTES_MAX {
        return Err(Error::BadPaper("bytes"));
    }
    if bytes.starts_with(b"%PDF-") {
        return pdf(bytes);
    }
    match xr_aftersales::pictures::clean(bytes) {
        Ok(picture) => Ok(Cleaned { media_type: picture.format.media_type(), bytes: picture.bytes }),
        Err(xr_aftersales::Error::BadPicture(reason)) => Err(Error::BadPaper(reason)),
        Err(_) => Err(Error::BadPaper("broken")),
    }
}

fn pdf(bytes: &[u8]) -> Result<Cleaned, Error> {
    let end = bytes.len().saturating_sub(1_024);
    if !has(&bytes[end..], b"%%EOF") {
        return Err(Error::BadPaper("broken"));
    }
    // A name may be written with escapes (`/J#53`), at any of its letters.
    let plain = unescaped(bytes);
    if [bytes, &plain].iter().any(|bytes| ACTIVE.iter().any(|name| has(bytes, name)) || has_script(bytes)) {
        return Err(Error::BadPaper("active"));
    }
    Ok(Cleaned { bytes: bytes.to_vec(), media_type: PDF })
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|w| w == text)
}

/// Whether there is a `/JS` with what a script is given as: words, a reference, or a remark before them. The name alone stands in one of
/// eight scans of 2 MB by chance.
fn has_script(bytes: &[u8]) -> bool {
    bytes.windows(4).enumerate().any(|(at, w)| {
        let begins = |b: &u8| matches!(b, b'(' | b'<' | b'%');
        let is_given =
            || bytes[at + 3..].iter().find(|b| !is_blank(**b)).is_some_and(|b| begins(b) || b.is_ascii_digit());
        w.starts_with(b"/JS") && (begins(&w[3]) || is_blank(w[3]) && is_given())
    })
}

/// White space by ISO 32000-1, table 1.
fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// The bytes with every `#4a` of a name read as the letter that it stands for.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let (letter, length) = match (*byte, digit(at + 1), digit(at + 2)) {
            (b'#', Some(high), Some(low)) => (high * 16 + low, 3),
            _ => (*byte, 1),
        };
        plain.push(letter);
        at += length;
    }
    plain
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn refused(bytes: &[u8]) -> &'static str {
        match clean(bytes) {
            Err(Error::BadPaper(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_file_is_only_its_content_says() {
        assert_eq!(clean(b"%PDF-1.7\nquiet\n%%EOF\n").unwrap().media_type, "application/pdf");
        assert_eq!(refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "format");
        assert_eq!(refused(b"<html>%PDF-1.7 %%EOF</html>"), "format", "a PDF begins with its mark");
        assert_eq!(refused(b""), "format");
        assert_eq!(refused(&vec![b'%'; BYTES_MAX + 1]), "bytes");
    }

    #[test]
    fn a_pdf_that_acts_or_hides_how_is_refused() {
        for active in [
            "/JavaScript",
            "/JS (x)",
            "/Launch",
            "/EmbeddedFile",
            "/#4aavaScript",
            "/J#53<AA>",
            "/JS\r\n12 0 R",
            "/JS%x\n(y)",
            "/Ja#76aScript",
            "/L#61unch",
            "/JavaScrip#74",
        ] {
            assert_eq!(refused(format!("%PDF-1.7\n{active}\n%%EOF").as_bytes()), "active", "{active}");
        }
        assert_eq!(
            clean(b"%PDF-1.7\n/Font#20Name /J#20S # \x99/JS\xfe /JS1 /JS \x80\n%%EOF").unwrap().media_type,
            PDF,
            "a blank in a name is no act, nor are three bytes of a picture"
        );
        assert_eq!(refused(b"%PDF-1.7\ncut off"), "broken");
    }
}
