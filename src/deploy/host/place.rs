//! A place that keeps files under names: how one of them is read, put there whole, and deleted.
//!
//! Knows requests only through one library, and nothing of what is published.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::Arc;

use opendal::options::WriteOptions;
use opendal::{Buffer, ErrorKind, Operator};

use super::super::secret::Credentials;
use super::headers::Headers;
use super::said::said;
use crate::digest::Sha256;
use crate::engine::Stop;
use crate::site::{Store, StoreKind};
use crate::source::tree::Fault;

/// Where files that are not yet whole lie, on hosts that write in place.
const SENDING: &str = ".bulletin/sending/";

/// The place itself: who is asked, and what it is called.
#[derive(Clone)]
pub(super) struct Place {
    pub operator: Operator,
    pub name: String,
    kind: StoreKind,
    /// Tells its drafts from those of somebody else.
    own: u64,
    /// What must not be shown of what the host says.
    credentials: Arc<Credentials>,
}

impl Place {
    pub fn of(operator: Operator, store: &Store, credentials: &Credentials) -> Self {
        Self {
            operator,
            name: store.to_string(),
            kind: store.kind,
            own: RandomState::new().build_hasher().finish(),
            credentials: Arc::new(credentials.clone()),
        }
    }

    /// Whether a file is written beside its place and moved there, because it would be seen half-written.
    pub fn moves(&self) -> bool {
        matches!(self.kind, StoreKind::Sftp | StoreKind::WebDav)
    }

    /// The bytes at a path.
    pub async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        match self.operator.read(path).await {
            Ok(buffer) => Ok(Some(buffer.to_vec())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("cannot read", path, &error)),
        }
    }

    /// Puts a file in its place, whole.
    pub async fn write(&self, path: &str, bytes: Vec<u8>, headers: &Headers) -> Result<(), Stop> {
        let failed = |error: opendal::Error| self.failed("cannot write", path, &error);
        let capability = self.operator.info().capability();
        let options = WriteOptions {
            content_type: Some(headers.content_type.clone()).filter(|_| capability.write_with_content_type),
            cache_control: Some(headers.cache_control.clone())
                .filter(|_| capability.write_with_cache_control),
            ..WriteOptions::default()
        };
        if !self.moves() {
            self.operator.write_options(path, bytes, options).await.map_err(failed)?;
            return Ok(());
        }
        let bytes = Buffer::from(bytes);
        let draft = self.draft(path, bytes.clone(), options.clone()).await?;
        match self.operator.rename(&draft, path).await {
            // The answer to a move was lost, it was asked for again, and there was nothing left to move.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let draft = self.draft(path, bytes, options).await?;
                self.operator.rename(&draft, path).await.map_err(failed)
            }
            moved => moved.map_err(failed),
        }
    }

    /// Writes a file beside its place. Returns where.
    async fn draft(&self, path: &str, bytes: Buffer, options: WriteOptions) -> Result<String, Stop> {
        let draft = format!("{SENDING}{:016x}-{}", self.own, &Sha256::of(path.as_bytes()).to_string()[..32]);
        let failed = |error: opendal::Error| self.failed("cannot write", path, &error);
        let length = bytes.len() as u64;
        self.operator.write_options(&draft, bytes, options).await.map_err(failed)?;
        // When a write fails, the library asks again whether it has ended, and it has: without an error, and half done.
        if self.kind == StoreKind::Sftp
            && self.operator.stat(&draft).await.map_err(failed)?.content_length() != length
        {
            return Err(self.torn(path));
        }
        Ok(draft)
    }

    pub async fn delete(&self, paths: impl IntoIterator<Item = String>) -> Result<(), Stop> {
        let deleted = self.operator.delete_iter(paths).await;
        deleted.map_err(|error| self.failed("cannot delete from", "", &error))
    }

    /// Deletes what is left of files that were never whole, and folders in which the last of these files was: their names
    /// would tell of it. Whoever comes next may do the first too.
    pub async fn tidy(&self, deleted: impl Iterator<Item = &str>) {
        if self.moves() {
            self.operator.delete_with(SENDING).recursive(true).await.ok();
        }
        // Elsewhere a folder is only a part of names, or goes with all that is in it.
        if self.kind != StoreKind::Sftp {
            return;
        }
        let above =
            |path: &str| path.match_indices('/').map(|(at, _)| path[..=at].to_string()).collect::<Vec<_>>();
        let folders: BTreeSet<String> = deleted.flat_map(above).collect();
        // The deepest first, for which this order will do.
        for folder in folders.into_iter().rev() {
            let listed = self.operator.list(&folder).await;
            if listed.is_ok_and(|entries| entries.iter().all(|entry| entry.path() == folder)) {
                self.operator.delete(&folder).await.ok();
            }
        }
    }

    /// What could not be done, and what the host said.
    pub fn failed(&self, doing: &'static str, path: &str, error: &opendal::Error) -> Stop {
        self.fault(doing, path, &said(error, &self.credentials))
    }

    /// Less is there than was sent.
    pub fn torn(&self, path: &str) -> Stop {
        self.fault("cannot write", path, "the host has kept only a part of it (look whether there is room)")
    }

    /// What could not be done, and why.
    pub fn fault(&self, doing: &'static str, path: &str, why: &str) -> Stop {
        let whole = if path.is_empty() { self.name.clone() } else { format!("{}/{path}", self.name) };
        Fault::new(doing, Path::new(&whole))(std::io::Error::other(why.to_string())).into()
    }
}
