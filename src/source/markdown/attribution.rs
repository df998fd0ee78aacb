//! Attributions: `— speaker, role, place (language), date [^source]`, read from the right.
//!
//! A line that begins with a dash is often dialogue: what is no attribution beyond doubt is none.

use jiff::civil::Date;
use pulldown_cmark::CowStr;

use super::quote::{DASHES, Mention, Piece, plain};

/// What parts the parts: commas, and those of Arabic and of full width.
pub(super) const COMMAS: [char; 3] = [',', '،', '，'];

/// What occurs in what people say, and not in what they are called.
const SPOKEN: [char; 11] = ['?', '!', '…', ':', ';', '«', '»', '“', '”', '"', '؟'];

/// Beyond so many words, it is no name.
const NAME_WORDS_MAX: usize = 12;

/// What may end a name with a full stop.
const TITLES: [&str; 3] = ["Jr.", "Sr.", "Inc."];

/// The languages that an attribution can name in brackets: those of ISO 639-1, and of larger peoples besides.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee \
    el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka \
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no \
    nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th \
    ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu arz ckb crh fil gag gsw hak nan rue rom yue";

/// An attribution, taken apart.
pub(super) struct Attribution<'a> {
    pub(super) speaker: Mention,
    /// A link of a speaker who is nobody's file.
    pub(super) link: Option<CowStr<'a>>,
    pub(super) role: Vec<Piece<'a>>,
    pub(super) place: Option<Mention>,
    pub(super) language: String,
    pub(super) date: Option<Date>,
    pub(super) notes: Vec<CowStr<'a>>,
}

/// The attribution that a line of these pieces is, if it is one.
pub(super) fn attribution(mut pieces: Vec<Piece<'_>>) -> Option<Attribution<'_>> {
    let Some(Piece::Text(first)) = pieces.first_mut() else { return None };
    *first = first.trim_start().strip_prefix(DASHES)?.trim_start().to_string();
    let notes = notes(&mut pieces);
    let (date, apart) = match pieces.last_mut() {
        Some(Piece::Text(text)) => date(text),
        _ => (None, false),
    };
    let language = match pieces.last_mut() {
        Some(Piece::Text(text)) => language(text),
        _ => String::new(),
    };
    let line = plain(&pieces);
    let mut parts = parts(pieces).into_iter();
    let head = parts.next()?;
    let (speaker, link) = speaker(&head)?;
    let sure = speaker.destination().is_some() || is_named(&speaker.name, &line);
    // A date without a comma before it may be the end of a sentence.
    if !sure || speaker.destination().is_none() && (date.is_none() || !apart) && notes.is_empty() {
        return None;
    }
    let comma = if line.contains('،') { "، " } else { ", " };
    let (mut role, mut place) = (Vec::new(), None);
    for part in parts {
        match stated_place(&part).filter(|_| place.is_none()) {
            Some(stated) => place = Some(stated),
            None => {
                role.extend((!role.is_empty()).then(|| Piece::Text(comma.to_string())));
                role.extend(part);
            }
        }
    }
    Some(Attribution { speaker, link, role, place, language, date, notes })
}

/// Takes the notes at the end.
fn notes<'a>(pieces: &mut Vec<Piece<'a>>) -> Vec<CowStr<'a>> {
    let mut notes = Vec::new();
    while let Some(piece) = pieces.pop() {
        match piece {
            Piece::Note(name) => notes.push(name),
            Piece::Text(text) if text.trim().is_empty() => {}
            other => {
                pieces.push(other);
                break;
            }
        }
    }
    notes.reverse();
    notes
}

/// Takes the day at the end, and whether a comma parts it from the rest.
fn date(text: &mut String) -> (Option<Date>, bool) {
    let trimmed = text.trim_end();
    let Some(start) = trimmed.len().checked_sub("2024-12-09".len()) else { return (None, false) };
    let Some(day) = trimmed.get(start..).filter(|day| is_day(day)) else { return (None, false) };
    let before = &trimmed[..start];
    let fits = before.is_empty()
        || before.ends_with(|letter: char| letter.is_whitespace() || COMMAS.contains(&letter));
    let Some(date) = day.parse::<Date>().ok().filter(|_| fits) else { return (None, false) };
    // Where a link or a note comes before the comma, it stands here alone.
    let apart = before.trim_end().ends_with(COMMAS);
    *text = without_comma(before);
    (Some(date), apart)
}

fn is_day(text: &str) -> bool {
    text.bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() })
}

/// Takes the tag of a language in brackets at the end.
fn language(text: &mut String) -> String {
    let found = text.trim_end().strip_suffix(')').and_then(|before| before.rsplit_once('('));
    let Some((before, tag)) = found.filter(|(_, tag)| is_language(tag)) else { return String::new() };
    let (before, tag) = (without_comma(before), tag.to_string());
    *text = before;
    tag
}

fn is_language(tag: &str) -> bool {
    let (first, rest) = tag.split_once('-').unwrap_or((tag, ""));
    let part = |part: &str| part.len() <= 8 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    LANGUAGES.split_ascii_whitespace().any(|known| known == first) && rest.split('-').all(part)
}

fn without_comma(text: &str) -> String {
    let text = text.trim_end();
    text.strip_suffix(COMMAS).unwrap_or(text).trim_end().to_string()
}

/// The pieces between commas, without the space around them.
fn parts<'a>(pieces: Vec<Piece<'a>>) -> Vec<Vec<Piece<'a>>> {
    let mut all: Vec<Vec<Piece<'a>>> = vec![Vec::new()];
    for piece in pieces {
        let Piece::Text(text) = piece else {
            all.last_mut().expect("there is a first part").push(piece);
            continue;
        };
        for (at, words) in text.split(COMMAS).enumerate() {
            if at > 0 {
                all.push(Vec::new());
            }
            all.last_mut().expect("there is a first part").push(Piece::Text(words.to_string()));
        }
    }
    all.into_iter().map(trimmed).filter(|part| !part.is_empty()).collect()
}

fn trimmed(mut part: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    if let Some(Piece::Text(first)) = part.first_mut() {
        *first = first.trim_start().to_string();
    }
    if let Some(Piece::Text(last)) = part.last_mut() {
        *last = last.trim_end().to_string();
    }
    part.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    part
}

/// Who speaks, with a link that leads elsewhere.
fn speaker<'a>(part: &[Piece<'a>]) -> Option<(Mention, Option<CowStr<'a>>)> {
    let plainly = || Mention { name: plain(part).into(), words: Box::default() };
    match part {
        [Piece::Link { destination, words }] if destination.starts_with('@') => {
            Some((Mention { name: Box::from(&**destination), words: words.trim().into() }, None))
        }
        [Piece::Link { destination, .. }] => Some((plainly(), Some(destination.clone()))),
        [Piece::Text(_)] => Some((plainly(), None)),
        _ => None,
    }
    .filter(|(mention, _)| mention.name.chars().any(char::is_alphanumeric))
}

/// Whether this may be what somebody is called, in a line of such words.
fn is_named(name: &str, line: &str) -> bool {
    let dialogue =
        line.contains(DASHES) || name.contains(SPOKEN) || line.ends_with(['?', '!', '…', '؟', '»', '”']);
    let last = line.split_whitespace().next_back().unwrap_or_default();
    // An initial or an abbreviation such as D.C. ends with one letter and a full stop.
    let initial = last.trim_end_matches('.').rsplit('.').next().is_some_and(|part| part.chars().count() == 1);
    let stops = last.ends_with(['.', '。', '۔']) && !(initial && last.is_ascii()) && !TITLES.contains(&last);
    !dialogue && !stops && name.split_whitespace().count() <= NAME_WORDS_MAX
}

/// The place that a part states: `@kyiv`, `[у Києві](@places/kyiv)`, or `in Kyiv`.
fn stated_place(part: &[Piece<'_>]) -> Option<Mention> {
    match part {
        [Piece::Text(text)] if text.starts_with('@') && text.len() > 1 => {
            Some(Mention { name: text.as_str().into(), words: Box::default() })
        }
        [Piece::Text(text)] => {
            let name = text.strip_prefix("in ")?.trim();
            let proper = name.starts_with(char::is_uppercase);
            proper.then(|| Mention { name: name.into(), words: Box::default() })
        }
        [Piece::Link { destination, words }] if destination.starts_with("@places/") => {
            Some(Mention { name: Box::from(&**destination), words: words.trim().into() })
        }
        _ => None,
    }
}
