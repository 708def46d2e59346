//! What a picture is and how large, from its first bytes: nothing is decoded.

/// Most bytes of a picture.
pub(crate) const PICTURE_BYTES_MAX: u64 = 8 << 20;
/// Most pixels of a side.
const SIDE_MAX: u32 = 20_000;
/// Most pixels: whoever opens the deck has to hold them.
const PIXELS_MAX: u64 = 60_000_000;

/// A picture's kind and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) ending: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Looks at a picture.
///
/// # Errors
/// Why it is none, to follow on "cannot be read: ".
pub(crate) fn look(bytes: &[u8]) -> Result<Image, &'static str> {
    let (ending, content_type, size) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        ("png", "image/png", png(bytes))
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        ("jpeg", "image/jpeg", jpeg(bytes))
    } else {
        return Err("it is neither PNG nor JPEG");
    };
    let (width, height) = size.ok_or("it is damaged")?;
    let sides = 1..=SIDE_MAX;
    let pixels = u64::from(width) * u64::from(height);
    if !sides.contains(&width) || !sides.contains(&height) || pixels > PIXELS_MAX {
        return Err("it has no pixels, or too many");
    }
    Ok(Image {
        ending,
        content_type,
        width,
        height,
    })
}

/// Returns the size of a PNG whose chunks are whole (W3C PNG, section 5).
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let mut at = 8;
    loop {
        let length = usize::try_from(number(at)?).ok()?;
        let kind = bytes.get(at + 4..at + 8)?;
        at = at.checked_add(length)?.checked_add(12)?;
        if at > bytes.len() {
            return None;
        }
        if kind == b"IEND" {
            return Some((number(16)?, number(20)?));
        }
    }
}

/// Returns the size of a JPEG from its frame header (ITU T.81, B.2.2).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xFF => at += 1,
            0x01 | 0xD0..=0xD7 => at += 2,
            // A frame: baseline, progressive and the like, but no table (C4, C8, CC).
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Some((number(at + 7)?.into(), number(at + 5)?.into()));
            }
            // The scan, or the end, before a frame.
            0x00 | 0xD8..=0xDA => return None,
            _ => at += 2 + usize::from(number(at + 2)?.max(2)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns a PNG whose pixels nobody looks at.
    pub(crate) fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(b"\0\0\0\0IEND\0\0\0\0");
        bytes
    }

    #[test]
    fn a_png_says_its_size() {
        let image = look(&png_of(640, 480)).map(|image| (image.width, image.height, image.ending));
        assert_eq!(image, Ok((640, 480, "png")));
        assert!(look(&png_of(640, 480)[..40]).is_err());
    }

    #[test]
    fn a_jpeg_says_its_size() {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2];
        bytes.extend([0xFF, 0xC2, 0, 8, 8, 1, 0xE0, 2, 0x80]);
        let image = look(&bytes).map(|image| (image.width, image.height, image.ending));
        assert_eq!(image, Ok((640, 480, "jpeg")));
        assert!(look(&bytes[..12]).is_err());
    }

    #[test]
    fn what_no_one_can_show_is_refused() {
        for bytes in [
            &b"GIF89a"[..],
            b"",
            &png_of(0, 5),
            &png_of(20_001, 1),
            &png_of(20_000, 20_000),
        ] {
            assert!(look(bytes).is_err());
        }
    }
}
