//! `bulletin deploy` against real servers, and against networks that fail.
