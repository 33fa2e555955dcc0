//! Cleaning pictures: what people send in is decoded, turned upright and written anew, so that positions and other hidden
//! data are gone (decision D19). Slow on purpose and never inside a command.

use crate::Error;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use std::time::Duration;
use tokio::sync::Semaphore;
use xr_base::{Fault, StoreError};

/// Largest file, in bytes.
pub const BYTES_MAX: usize = 10 << 20;
/// Largest picture, in pixels.
pub const PIXELS_MAX: u64 = 40_000_000;
/// Memory that decoding may use, in bytes: 40 megapixels of 4 bytes, twice for formats that decode into a second buffer.
const MEMORY_MAX: u64 = PIXELS_MAX * 8;
/// Quality of written JPEGs, per cent.
const JPEG_QUALITY: u8 = 85;

/// Files read at a time in this process, since each may take [`MEMORY_MAX`].
const AT_ONCE: usize = 2;
/// An upload waits so long for its turn, then is told to come back.
const TURN_WITHIN: Duration = Duration::from_secs(5);
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// How a cleaned picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Photographs.
    Jpeg,
    /// Pictures with transparency, and screenshots sent as PNG.
    Png,
}

impl Format {
    /// Media type of the bytes.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A cleaned picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// How it is written.
    pub format: Format,
    /// Pixels across, upright.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Runs `read`, which decodes what somebody sent in, off the async threads and when its turn comes.
///
/// # Errors
/// [`StoreError::Busy`] when too many wait; what `read` refuses; `broken` if it breaks down over the file.
pub async fn in_turn<T: Send + 'static>(
    broken: impl Into<Fault>,
    read: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let turn = tokio::time::timeout(TURN_WITHIN, TURNS.acquire()).await;
    let _turn = turn.map_err(|_| StoreError::Busy)?.map_err(|_| StoreError::Busy)?;
    let done = tokio::task::spawn_blocking(read).await;
    done.unwrap_or_else(|_| Err(broken.into()))
}

/// Reads a JPEG, PNG or WebP file and writes it anew without anything but its pixels.
///
/// # Errors
/// [`Error::BadPicture`] for other formats, files above 10 MiB, pictures above 40 megapixels, and broken files.
pub fn clean(bytes: &[u8]) -> Result<Picture, Error> {
    if bytes.len() > BYTES_MAX {
        return Err(Error::BadPicture("bytes"));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| broken())?;
    let format = match reader.format() {
        Some(ImageFormat::Png) => Format::Png,
        Some(ImageFormat::Jpeg | ImageFormat::WebP) => Format::Jpeg,
        _ => return Err(Error::BadPicture("format")),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| broken())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Error::BadPicture("pixels"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| broken())?;
    image.apply_orientation(orientation);
    write(&image, format)
}

fn broken() -> Error {
    Error::BadPicture("broken")
}

fn write(image: &DynamicImage, wanted: Format) -> Result<Picture, Error> {
    let format = if image.color().has_alpha() { Format::Png } else { wanted };
    let mut out = Cursor::new(Vec::new());
    match format {
        Format::Png => image.write_to(&mut out, ImageFormat::Png),
        Format::Jpeg => {
            let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
            DynamicImage::ImageRgb8(image.to_rgb8()).write_with_encoder(encoder)
        }
    }
    .map_err(|_| broken())?;
    Ok(Picture { bytes: out.into_inner(), format, width: image.width(), height: image.height() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GenericImageView, Rgb, RgbImage, RgbaImage};

    fn bytes(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        image.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// Left half red, right half blue, `width` × 16.
    fn halves(width: u32) -> DynamicImage {
        let colour = |x: u32| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, 16, |x, _| colour(x)))
    }

    /// A JPEG with an EXIF block: orientation 6 (turn right) and a text that must not survive.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
        tiff.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
        tiff.extend(b"\x0e\x01\x02\0\x0c\0\0\0\x26\0\0\0");
        tiff.extend(b"\0\0\0\0");
        tiff.extend(b"SECRETPLACE\0");
        let mut segment = b"Exif\0\0".to_vec();
        segment.extend(&tiff);
        let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
        let mut out = jpeg[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend(length);
        out.extend(&segment);
        out.extend(&jpeg[2..]);
        out
    }

    fn has(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|w| w == text)
    }

    #[test]
    fn what_a_camera_hid_in_a_picture_is_gone_and_the_picture_stands_upright() {
        let taken = with_exif(&bytes(&halves(32), ImageFormat::Jpeg));
        assert!(has(&taken, b"SECRETPLACE") && has(&taken, b"Exif"));
        let clean = clean(&taken).unwrap();
        assert!(!has(&clean.bytes, b"SECRETPLACE") && !has(&clean.bytes, b"Exif"));
        assert_eq!((clean.width, clean.height), (16, 32), "turned by a quarter");
        let seen = image::load_from_memory(&clean.bytes).unwrap();
        let (top, bottom) = (seen.get_pixel(8, 2), seen.get_pixel(8, 29));
        assert!(top[0] > 200 && bottom[2] > 200, "{top:?} {bottom:?}: the left side is up");
    }

    #[test]
    fn png_stays_png_and_transparency_is_kept() {
        let opaque = clean(&bytes(&halves(8), ImageFormat::Png)).unwrap();
        assert_eq!((opaque.format, opaque.format.media_type()), (Format::Png, "image/png"));
        let glass = DynamicImage::ImageRgba8(RgbaImage::from_pixel(4, 4, image::Rgba([1, 2, 3, 4])));
        let kept = clean(&bytes(&glass, ImageFormat::WebP)).unwrap();
        assert_eq!(kept.format, Format::Png);
        assert_eq!(image::load_from_memory(&kept.bytes).unwrap().get_pixel(0, 0)[3], 4);
        let photo = clean(&bytes(&halves(8), ImageFormat::WebP)).unwrap();
        assert_eq!(photo.format.media_type(), "image/jpeg");
    }

    fn refused(bytes: &[u8]) -> &'static str {
        match clean(bytes) {
            Err(Error::BadPicture(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert_eq!(refused(b""), "format");
        assert_eq!(refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "format");
        assert_eq!(refused(b"GIF89a..........."), "format");
        let whole = bytes(&halves(64), ImageFormat::Png);
        assert_eq!(refused(&whole[..whole.len() / 2]), "broken");
        assert_eq!(refused(&vec![0; BYTES_MAX + 1]), "bytes");
    }

    #[test]
    fn a_small_file_that_unpacks_to_too_many_pixels_is_refused_before_it_is_unpacked() {
        // Only the header of a PNG of 8,000 x 5,001 pixels is written: with less to refuse it would be called broken.
        let mut png = bytes(&halves(2), ImageFormat::Png);
        png[16..20].copy_from_slice(&8_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&5_001_u32.to_be_bytes());
        let crc = crc32(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&crc);
        assert_eq!(refused(&png), "pixels");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
        })
    }
}
