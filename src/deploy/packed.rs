//! Packed twins of files, for servers that send `page.html.gz` in place of `page.html` to browsers that can unpack it.
//!
//! Same bytes in, same bytes out. Knows no host.

use std::io::Write;

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
    file.size >= BYTES_MIN && is_text(&file.path)
}

fn is_text(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| TEXTS.contains(&ending.as_str()))
}

/// What the name of a twin ends in.
pub(super) fn ending(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gzip => ".gz",
        Encoding::Brotli => ".br",
    }
}

/// Which file a path would be the twin of.
pub(super) fn unpacked(path: &str) -> Option<&str> {
    [Encoding::Gzip, Encoding::Brotli].into_iter().find_map(|encoding| path.strip_suffix(ending(encoding)))
}

/// How twins are packed, in a word: another one, and all are packed again.
pub(super) fn version(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gzip => "gzip 9",
        Encoding::Brotli => "brotli 9",
    }
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

    #[test]
    fn texts_are_packed_and_pictures_are_not() {
        assert!(is_text("a/index.html") && is_text("MAP.SVG"));
        assert!(!is_text("map.png") && !is_text("LICENSE") && !is_text("a.txt/b"));
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
