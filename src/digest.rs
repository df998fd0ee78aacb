//! The one hash: 128 bits that answer "is this what it was?".
//!
//! Fast, and not cryptographic: for private use only, in our own cache and in the names of our own files. Where
//! strangers trust a digest (an integrity attribute, a published record), it must be SHA-256.

use std::fmt;

use sha2::Digest as _;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// The digest of some bytes: equal bytes, equal digest; other bytes, another digest, but for odds of 1 in 2^64 even
/// among thousands of millions of them. Somebody who wants two texts of one digest can make them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u128);

impl Digest {
    /// The digest of bytes taken as one.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(xxh3_128(bytes))
    }

    /// For writing it to a file.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// For reading it back.
    pub fn from_bytes(bytes: [u8; 16]) -> Digest {
        Digest(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for Digest {
    /// Always 32 hexadecimal digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}

/// A digest made field by field. The length of each field counts, so "ab", "c" differs from "a", "bc".
#[derive(Clone, Default)]
pub struct Hasher(Xxh3);

impl Hasher {
    /// A hasher that has seen nothing.
    pub fn new() -> Hasher {
        Hasher::default()
    }

    /// Adds one field.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Hasher {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The digest of the fields so far.
    pub fn digest(&self) -> Digest {
        Digest(self.0.digest128())
    }
}

/// A digest of bytes that come in pieces: the same as that of all of them at once.
#[derive(Clone, Default)]
pub struct Stream(Xxh3);

impl Stream {
    /// Adds the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of the bytes so far.
    pub fn digest(&self) -> Digest {
        Digest(self.0.digest128())
    }
}

/// A digest for strangers: SHA-256, of which nobody can make two texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest of bytes taken as one.
    pub fn of(bytes: &[u8]) -> Sha256 {
        Sha256(sha2::Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits; none if it is anything else.
    pub fn parse(text: &str) -> Option<Sha256> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let mut bytes = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Sha256(bytes))
    }

    /// For writing it to a file.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// For reading it back.
    pub fn from_bytes(bytes: [u8; 32]) -> Sha256 {
        Sha256(bytes)
    }
}

impl fmt::Display for Sha256 {
    /// Always 64 hexadecimal digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        // As one text: piece by piece takes ten times as long, and a record has ten thousand of them.
        let text: String = digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect();
        formatter.write_str(&text)
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sha256({self})")
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Stream({})", self.digest())
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hasher({})", self.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(fields: &[&str]) -> Digest {
        let mut hasher = Hasher::new();
        for field in fields {
            hasher.field(field.as_bytes());
        }
        hasher.digest()
    }

    #[test]
    fn equal_bytes_have_equal_digests() {
        assert_eq!(Digest::of(b"briefing"), Digest::of(b"briefing"));
        assert_ne!(Digest::of(b"briefing"), Digest::of(b"briefings"));
        assert_eq!(fields(&["a", "b"]), fields(&["a", "b"]));
    }

    #[test]
    fn the_limits_of_fields_count() {
        let all = [
            fields(&[]),
            fields(&[""]),
            fields(&["", ""]),
            fields(&["abc"]),
            fields(&["ab", "c"]),
            fields(&["a", "bc"]),
            fields(&["a", "b", "c"]),
            fields(&["c", "ab"]),
        ];
        let different: std::collections::BTreeSet<Digest> = all.into_iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn pieces_make_the_digest_of_the_whole() {
        let bytes: Vec<u8> = (0..2000u32).map(|number| number as u8).collect();
        for size in [1, 7, 240, 1024, 2000] {
            let mut stream = Stream::default();
            bytes.chunks(size).for_each(|piece| stream.add(piece));
            assert_eq!(stream.digest(), Digest::of(&bytes), "in pieces of {size}");
        }
        assert_eq!(Stream::default().digest(), Digest::of(b""));
    }

    #[test]
    fn the_value_is_the_same_on_every_machine() {
        assert_eq!(Digest::of(b"").to_string(), "99aa06d3014798d86001c324468d497f");
        assert_eq!(format!("{:?}", Digest::of(b"")), "Digest(99aa06d3014798d86001c324468d497f)");
    }

    #[test]
    fn strangers_get_the_digest_that_they_compute_themselves() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Sha256::of(b"").to_string(), empty);
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256::of(b"abc").to_string(), abc);
        assert_eq!(Sha256::from_bytes(Sha256::of(b"abc").to_bytes()), Sha256::of(b"abc"));
    }

    #[test]
    fn bytes_and_back() {
        let digest = Digest::of(b"briefing");
        assert_eq!(Digest::from_bytes(digest.to_bytes()), digest);
    }
}
