//! How a list is cut into pages, so that a new item changes one of them and not all.
//!
//! Numbered pages are counted from the oldest item, are always full, and know no total. The list's own address shows
//! what is left: the newest items, from one page to just under two pages' worth.

use std::ops::Range;

/// How many numbered pages a list of `items` has.
pub fn numbered(items: usize, size: usize) -> usize {
    (items / size).saturating_sub(1)
}

/// Which items, counted from the newest, stand at the list's own address.
pub fn own(items: usize, size: usize) -> Range<usize> {
    0..items - numbered(items, size) * size
}

/// Which items, counted from the newest, stand on numbered page `number`, from 1 for the oldest.
pub fn page(items: usize, size: usize, number: usize) -> Range<usize> {
    items - number * size..items - (number - 1) * size
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_own_address_shows_one_to_two_pages() {
        let shape = |items| (numbered(items, 10), own(items, 10).len());
        assert_eq!(
            [0, 9, 10, 19, 20, 25, 30].map(shape),
            [(0, 0), (0, 9), (0, 10), (0, 19), (1, 10), (1, 15), (2, 10)]
        );
    }

    proptest! {
        #[test]
        fn every_item_stands_on_exactly_one_page(items in 0usize..500, size in 1usize..40) {
            let mut seen: Vec<usize> = own(items, size).collect();
            for number in (1..=numbered(items, size)).rev() {
                prop_assert_eq!(page(items, size, number).len(), size);
                seen.extend(page(items, size, number));
            }
            prop_assert_eq!(seen, (0..items).collect::<Vec<_>>());
        }

        #[test]
        fn a_new_item_changes_no_full_page(items in 1usize..500, size in 1usize..40) {
            // Counted from the oldest, a numbered page holds the same items for ever.
            for number in 1..=numbered(items, size) {
                let (before, after) = (page(items, size, number), page(items + 1, size, number));
                prop_assert_eq!(items - before.end, items + 1 - after.end);
            }
        }
    }
}
