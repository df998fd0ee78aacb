//! Which outputs a build may make, by a model that is as simple as it can be.
//!
//! What a build makes must contain every file whose bytes differ. It may contain more, but only what this allows: the
//! model asks of each output that was made in vain whether the edit could have been seen there. It knows outputs by their
//! path and their bytes alone, and knows nothing of inputs, keys or the ledger.
//!
//! | edit | may be made beside what differs |
//! |---|---|
//! | body of a page | its own page; feeds that mention it |
//! | size and introduction of a collection | what stands below it |
//! | anything else in a page | outputs that mention it or its terms, before or after |
//! | place and visibility of a page, its terms, terms themselves | the same, and what mentions a page that names one of these terms |
//! | template, word, setting of the theme | what is made with that template; HTML and feeds; HTML |
//! | setting of the site | what shows that kind of setting, at most all but files that are copied |
//! | the clock | the same, for pages with a moment in between |
//! | a file that is copied, something done to the output, nothing at all | nothing |

/// Who may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// The page with this word in its address, and feeds that mention it.
    Body(String),
    /// Whatever has one of these words in its path or bytes, before or after.
    Mention(Vec<String>),
    /// What stands below the folder of this name.
    Below(String),
    /// What is made with one of these templates: they leave their names in their outputs.
    Templates(Vec<&'static str>),
    /// What is made with templates.
    Html,
    /// What is made with templates for this language.
    HtmlOf(&'static str),
    /// Feeds.
    Feeds,
    /// Twins of briefings in JSON.
    Twins,
    /// Everything but files that are copied.
    AllButCopies,
}

/// An output before and after a build; none where there was none.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'f> {
    pub path: &'f str,
    pub before: Option<&'f [u8]>,
    pub after: Option<&'f [u8]>,
}

impl Seen<'_> {
    fn holds(&self, word: &str) -> bool {
        let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(word);
        self.path.contains(word) || self.before.is_some_and(holds) || self.after.is_some_and(holds)
    }

    fn is_feed(&self) -> bool {
        ["feed.xml", "rss.xml", "feed.json"].iter().any(|name| self.path.ends_with(name))
    }

    fn is_html(&self) -> bool {
        self.path.ends_with(".html")
    }

    fn is_twin(&self) -> bool {
        self.path.ends_with("ninjs.json")
    }

    fn is_copy(&self) -> bool {
        const MADE: [&str; 6] = [
            "sitemap.xml",
            "robots.txt",
            "_redirects",
            "record.json",
            "quotes.json",
            ".well-known/security.txt",
        ];
        let made = MADE.contains(&self.path);
        !self.is_html() && !self.is_feed() && !self.is_twin() && !made
    }
}

impl May {
    /// Whether this output may be made.
    pub fn allows(&self, output: Seen<'_>) -> bool {
        match self {
            Self::Body(word) => {
                let own = (output.is_html() || output.is_twin()) && output.path.contains(word.as_str());
                own || output.is_feed() && output.holds(word)
            }
            Self::Mention(words) => words.iter().any(|word| output.holds(word)),
            Self::Below(folder) => output.path.contains(&format!("{folder}/")),
            Self::Templates(names) => names.iter().any(|name| output.holds(&format!("<!--{name}-->"))),
            Self::Html => output.is_html(),
            Self::HtmlOf(language) => {
                (output.is_html() || output.is_feed() || output.is_twin())
                    && output.path.starts_with(&format!("{language}/"))
            }
            Self::Feeds => output.is_feed(),
            Self::Twins => output.is_twin(),
            Self::AllButCopies => !output.is_copy(),
        }
    }
}

/// The templates of pages and lists that are made with a file of the theme, through what they extend, include and call.
pub fn users(template: &str) -> Vec<&'static str> {
    const LISTS: [&str; 4] = ["list.html", "home.html", "term.html", "archive.html"];
    let users: &[&'static str] = match template {
        "page.html" => &["page.html"],
        "briefing.html" | "facts.html" | "marks.html" => &["briefing.html"],
        "list.html" => &LISTS,
        "home.html" => &["home.html"],
        "term.html" => &["term.html"],
        "archive.html" => &["archive.html"],
        "terms.html" => &["terms.html"],
        "sources.html" => &["sources.html"],
        "404.html" => &["404.html"],
        "corrections.html" => &["corrections.html"],
        "quotes.html" => &["quotes.html"],
        "said.html" => &["quotes.html", "term.html"],
        // The page of all corrections is a list too, though its items are no pages: it may show what facts these have.
        "item.html" => {
            &["list.html", "home.html", "term.html", "archive.html", "briefing.html", "corrections.html"]
        }
        // base.html and foot.html
        _ => &[
            "page.html",
            "briefing.html",
            "list.html",
            "home.html",
            "term.html",
            "archive.html",
            "terms.html",
            "quotes.html",
            "sources.html",
            "404.html",
            "corrections.html",
        ],
    };
    users.to_vec()
}
