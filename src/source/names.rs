//! Names that many pages write, each kept once: of a million pages that is a tenth of the memory.
//!
//! Knows nothing of what a name means.

use std::collections::HashSet;
use std::sync::Arc;

use super::card::Card;

/// The names that were met so far.
#[derive(Debug, Default)]
pub struct Names(HashSet<Arc<str>>);

impl Names {
    /// The one text of a name.
    pub fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = Arc::from(name);
        self.0.insert(Arc::clone(&name));
        name
    }

    /// Lets a card share its names with those before it.
    pub fn share(&mut self, card: &mut Card) {
        for (_, name) in &mut card.terms {
            *name = self.shared(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_one_text() {
        let mut names = Names::default();
        let (one, other) = (names.shared("Envoy"), names.shared("Envoy"));
        assert!(Arc::ptr_eq(&one, &other));
        assert_eq!(&*names.shared("envoy"), "envoy");
    }
}
