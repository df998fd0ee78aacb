//! One file at a time: what is on disk, and what a single file says.
//!
//! The only reader of input. Cannot name another page; decides nothing about the site.

pub mod amend;
pub mod basis;
pub mod card;
pub mod correction;
pub mod details;
mod foreign;
mod front_matter;
mod ids;
pub mod keys;
pub mod markdown;
pub mod moment;
pub mod names;
pub mod office;
pub mod page;
pub mod path;
pub mod regular;
#[cfg(test)]
mod size;
pub mod slug;
mod stamp;
pub mod tree;
