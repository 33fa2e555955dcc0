//! Cleaning pictures: what people send in is decoded, turned upright and written anew, so that positions and other hidden
//! data are gone (decision D19). Slow on purpose and never inside a command.

use crate::Error;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Largest file, in bytes.
pub const BYTES_MAX: usize = 10 << 20;
/// Largest picture, in pixels.
pub const PIXELS_MAX: u64 = 40_000_000;
/// Memory that decoding may use, in bytes: 40 megapixels of 4 bytes, twice for formats that decode into a second buffer.
const MEMORY_MAX: u64 = PIXELS_MAX * 8;
/// Quality of written JPEGs, per cent.
const JPEG_QUALITY: u8 = 85;

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
