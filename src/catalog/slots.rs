//! Finds by its text what stands in a list elsewhere, without keeping the text a second time.
//!
//! Of each text only a hash is kept, with its place in that list. Equal hashes prove nothing: whoever asks compares.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

/// Places in a list, by the hash of what stands there.
#[derive(Debug, Default)]
pub struct Slots {
    places: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
}

impl Slots {
    /// Room for so many.
    pub fn with_capacity(count: usize) -> Self {
        Self { places: HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default()) }
    }

    /// The hash of a text.
    pub fn hash(text: &str) -> u64 {
        xxh3_64(text.as_bytes())
    }

    /// The place of what has this hash and is the `same`.
    pub fn find(&self, mut hash: u64, same: impl Fn(usize) -> bool) -> Option<usize> {
        loop {
            let place = *self.places.get(&hash)? as usize;
            if same(place) {
                return Some(place);
            }
            hash = next(hash);
        }
    }

    /// The place of what has this hash and is the `same`; `new` is put there if nothing is.
    pub fn find_or_put(&mut self, mut hash: u64, new: usize, same: impl Fn(usize) -> bool) -> Option<usize> {
        while let Some(&place) = self.places.get(&hash) {
            if same(place as usize) {
                return Some(place as usize);
            }
            hash = next(hash);
        }
        self.places.insert(hash, u32::try_from(new).expect("fewer than four thousand million places"));
        None
    }
}

/// Where another text of the same hash goes.
fn next(hash: u64) -> u64 {
    hash.wrapping_add(1)
}

/// What is hashed already is not hashed again.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only hashes are keys");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_one_hash_are_kept_apart() {
        let list = ["a", "b", "c"];
        let mut slots = Slots::default();
        let same = |text: &'static str| move |place: usize| list[place] == text;
        assert_eq!(slots.find_or_put(7, 0, same("a")), None);
        assert_eq!(slots.find_or_put(7, 1, same("b")), None);
        assert_eq!(slots.find_or_put(8, 2, same("c")), None);
        assert_eq!(slots.find_or_put(7, 9, same("b")), Some(1));
        assert_eq!([7, 7, 8].map(|hash| slots.find(hash, same("c"))), [Some(2), Some(2), Some(2)]);
        assert_eq!(slots.find(7, same("a")), Some(0));
        assert_eq!(slots.find(9, same("a")), None);
    }
}
