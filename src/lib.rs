//! Bulletin: a static site generator for briefings.
//!
//! Markdown with TOML front matter goes through Tera templates and becomes a static site. The way of the data, and the
//! rooms it goes through, each knowing only those to the left of it:
//!
//! ```text
//! digest web diagnostic <- table <- site <- source <- catalog <- theme <- output <- engine <- preview <- check <- deploy
//! <- cli
//!
//! disk -scan-> Tree -parse-> Pages -index-> Catalog -plan-> Plan -make-> Artifacts -commit-> public/
//!     source/        source/        catalog/        engine/      output/            engine/
//! ```
//!
//! Begin with [`engine::run`], which is that line as code.

pub mod catalog;
pub mod check;
pub mod cli;
pub mod deploy;
pub mod diagnostic;
pub mod digest;
pub mod engine;
mod mutation;
pub mod output;
#[cfg(feature = "serve")]
pub mod preview;
pub mod site;
pub mod source;
pub mod table;
pub mod theme;
pub mod web;
