//! What an output may see of quotations.

use tera::Value;

use super::Given;
use crate::catalog::terms::TermId;
use crate::output::input::Input;
use crate::output::quotes;
use crate::site::LanguageIndex;

impl Given<'_> {
    /// What a person or an organisation said.
    pub(in crate::output) fn quotes_of(&self, term: TermId, language: LanguageIndex) -> Value {
        self.need(&Input::QuotesOf(term, language));
        Value::from_serializable(&quotes::of_term(self.world, term, language))
    }

    /// Who is quoted, and what they said last.
    pub(in crate::output) fn quotes_of_all(&self, language: LanguageIndex) -> Value {
        self.need(&Input::QuotesOfAll(language));
        Value::from_serializable(&quotes::everybody(self.world, language))
    }

    /// Every quotation, as a file.
    pub(in crate::output) fn quotes(&self) -> Vec<u8> {
        self.need(&Input::Quotes);
        quotes::json(self.world)
    }

    /// The term that this is the list of, if its quotations were declared.
    pub(in crate::output) fn quoted_term(&self) -> Option<TermId> {
        self.inputs.iter().find_map(|input| match input {
            Input::QuotesOf(term, _) => Some(*term),
            _ => None,
        })
    }
}
