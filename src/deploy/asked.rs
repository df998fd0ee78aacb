//! What is asked of a deploy, each as whoever runs the desk would say it.
//!
//! Knows nothing of how any of it is done.

use super::secret::Credentials;
use crate::engine::Request;

/// What somebody wants of a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To see what would happen.
    Plan,
    /// That it happens.
    Publish,
}

/// Whether there may be nothing to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// A record was published: without it, nothing is.
    Expected,
    /// This is the first time, or the record is lost.
    First,
}

/// Whether a site may become much smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrink {
    /// No further than the settings allow.
    Guarded,
    /// As far as it does.
    Allowed,
}

/// What becomes of files at the host that no deploy put there, where the site has files of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// They stay, and nothing is published.
    Kept,
    /// They are replaced.
    Replaced,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What differs from what was sent last.
    Changed,
    /// Everything: what stands there may not be what was sent.
    Everything,
}

/// Whether the newest briefing is asked for where nothing is sent, and so nobody need know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newest {
    /// It is.
    Wanted,
    /// It is not.
    Unwanted,
}

/// A deploy that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The site, and the instant that decides what is public. Where its outputs go is decided here.
    pub request: &'a Request,
    /// Which `[deploy.NAME]`; where there is only one, it need not be named.
    pub name: Option<&'a str>,
    /// What is wanted.
    pub wish: Wish,
    /// Whether a record is expected.
    pub record: Record,
    /// Whether the site may shrink.
    pub shrink: Shrink,
    /// What becomes of what others put there.
    pub foreign: Foreign,
    /// What is sent.
    pub extent: Extent,
    /// Whether the newest briefing is to be named in any case.
    pub newest: Newest,
    /// What the environment says to hosts.
    pub credentials: &'a Credentials,
}
