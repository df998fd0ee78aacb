//! Packed twins of files, for servers that send `page.html.gz` in place of `page.html` to browsers that can unpack it.
//!
//! Same bytes in, same bytes out. Knows no host.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::release::File;
use crate::site::Encoding;

/// What does not fit into one packet anyway.
const BYTES_MIN: u64 = 1024;
/// The endings of texts; pictures and archives are packed already.
const TEXTS: [&str; 9] = ["css", "csv", "html", "js", "json", "md", "svg", "txt", "xml"];

/// Whether a twin of this file is worth its place.
pub(super) fn is_worth(file: &File) -> bool {
    let ending = file.path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    file.size >= BYTES_MIN && ending.is_some_and(|ending| TEXTS.contains(&ending.as_str()))
}

/// Where the twin of a file lies.
pub(super) fn beside(place: &Path, encoding: Encoding) -> PathBuf {
    let ending = match encoding {
        Encoding::Gzip => ".gz",
        Encoding::Brotli => ".br",
    };
    let mut name = place.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The bytes of a twin.
pub(super) fn packed(bytes: &[u8], encoding: Encoding) -> Vec<u8> {
    let into_memory = "memory takes what is written";
    match encoding {
        Encoding::Gzip => {
            // Without a name and an instant in its head: the same for everybody.
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(bytes).expect(into_memory);
            encoder.finish().expect(into_memory)
        }
        Encoding::Brotli => {
            let mut packed = Vec::new();
            let parameters = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
            brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters).expect(into_memory);
            packed
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::digest::Sha256;

    fn file(path: &str, size: u64) -> File {
        File { path: path.to_string(), size, sha256: Sha256::of(b"") }
    }

    #[test]
    fn texts_are_packed_and_pictures_are_not() {
        assert!(is_worth(&file("a/index.html", 4096)) && is_worth(&file("MAP.SVG", 4096)));
        assert!(
            !is_worth(&file("a/index.html", 20))
                && !is_worth(&file("map.png", 4096))
                && !is_worth(&file("LICENSE", 4096))
        );
    }

    #[test]
    fn what_is_packed_can_be_unpacked_and_is_the_same_each_time() {
        let text = "Talks resume. ".repeat(500);
        for encoding in [Encoding::Gzip, Encoding::Brotli] {
            let bytes = packed(text.as_bytes(), encoding);
            assert!(bytes.len() < text.len() / 10, "{encoding:?}");
            assert_eq!(bytes, packed(text.as_bytes(), encoding));
            let mut unpacked = String::new();
            match encoding {
                Encoding::Gzip => {
                    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut unpacked).unwrap()
                }
                Encoding::Brotli => {
                    brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut unpacked).unwrap()
                }
            };
            assert_eq!(unpacked, text);
        }
    }
}
