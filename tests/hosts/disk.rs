//! A host whose disk is full: what readers see stays consistent, and the deploy after it completes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::desk::Desk;
use crate::faults::ended_well_or_told;
use crate::judge::Judge;
use crate::program::skip;
use crate::sftp::{Key, Sftp};
use crate::webdav::WebDav;

/// A small file system of its own, taken away at the end.
struct Disk {
    folder: TempDir,
}

impl Disk {
    fn new() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path());
        if !mount.output().is_ok_and(|output| output.status.success()) {
            skip("mounting a small file system is not allowed here");
            return None;
        }
        Some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves room for so many bytes.
    fn fill(&self, room: usize) {
        // It fails when nothing more fits, which is what is wanted.
        fs::write(self.filler(), vec![7; 4 << 20]).ok();
        let written = usize::try_from(fs::metadata(self.filler()).unwrap().len()).expect("it is small");
        fs::File::options()
            .write(true)
            .open(self.filler())
            .unwrap()
            .set_len((written - room) as u64)
            .unwrap();
    }

    fn empty(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(self.path()).status().ok();
    }
}

/// Each time there is room for so many bytes, and then for all.
fn survives(desk: &Desk, disk: &Disk, rooms: &[usize]) {
    desk.found();
    let mut judge = Judge::of(desk.made());
    for (turn, room) in rooms.iter().enumerate() {
        desk.turn(turn + 1);
        desk.site.write("content/large.bin", vec![7; 100 << 10]);
        disk.fill(*room);
        let ran = desk.deploy(&[]);
        let when = format!("room for {room}");
        judge.next(desk.made());
        assert!(!ended_well_or_told(desk, &ran, &when), "{when}: {ran:?}");
        judge.assert_consistent(&desk.place.files(), &when);
        disk.empty();
        desk.deploy(&[]).ended(0, &[]);
        judge.assert_finished(&desk.place.files(), &when);
        desk.site.delete("content/large.bin");
        desk.deploy(&[]).ended(0, &["1 deleted"]);
        judge.next(desk.made());
    }
}

#[test]
fn webdav() {
    let Some(disk) = Disk::new() else { return };
    let Some(place) = WebDav::showing(|_| disk.path().to_path_buf()) else { return };
    survives(&Desk::at(place), &disk, &[40 << 10]);
}

#[test]
fn sftp() {
    let Some(disk) = Disk::new() else { return };
    let Some(place) = Sftp::writing_to(Key::Known, |_| disk.path().join("site")) else { return };
    survives(&Desk::at(place), &disk, &[0, 40 << 10]);
}
