//! File systems that do not tell of every change: what others do to a file elsewhere is never heard of here.

use std::path::Path;

/// The numbers that Linux gives them (statfs(2), linux/magic.h, and the drivers of virtual machines), and their names.
const SILENT: [(u32, &str); 13] = [
    (0x0102_1997, "9p"),
    (0x0000_6969, "NFS"),
    (0x0000_517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x00C3_6400, "Ceph"),
    (0x0BD0_0BD0, "Lustre"),
    (0x786F_4256, "a shared folder of VirtualBox"),
    (0xBACB_ACBC, "a shared folder of VMware"),
    (0x6A65_6A63, "a shared folder of a virtual machine"),
];

/// The name of the file system that a folder is on, if it does not tell of every change.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn name(folder: &Path) -> Option<&'static str> {
    // Signed on some machines, with the same 32 bits.
    named(rustix::fs::statfs(folder).ok()?.f_type as u32)
}

/// Elsewhere the system's own way of telling copes with most of them.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn name(_: &Path) -> Option<&'static str> {
    None
}

#[cfg_attr(not(any(target_os = "linux", target_os = "android")), allow(dead_code))]
fn named(number: u32) -> Option<&'static str> {
    SILENT.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_over_a_network_are_known_by_their_numbers_and_local_ones_tell() {
        assert_eq!(named(0x6969), Some("NFS"));
        assert_eq!(named(0x0102_1997), Some("9p"));
        assert_eq!(named(0x6573_5546), Some("FUSE"));
        // ext4, btrfs, tmpfs, overlay.
        for number in [0xEF53, 0x9123_683E, 0x0102_1994, 0x794C_7630] {
            assert_eq!(named(number), None);
        }
        assert_eq!(name(Path::new("/nothing/is/here")), None);
    }
}
