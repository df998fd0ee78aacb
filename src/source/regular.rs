//! Opens files that are files: a pipe or a device in the place of one could be waited for, or read, for ever.
//!
//! Knows nothing of what they are for.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Opens a file for reading.
///
/// # Errors
/// When it cannot be opened, or is no file.
pub fn opened(path: &Path) -> io::Result<File> {
    opened_with(File::options().read(true), path)
}

/// Opens a file in this way.
///
/// # Errors
/// When it cannot be opened, or is no file.
pub fn opened_with(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    // Means nothing for files; a pipe is not waited for.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, rustix::fs::OFlags::NONBLOCK.bits() as i32);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no file")) }
}

/// The bytes of a file.
///
/// # Errors
/// When it cannot be read, or is no file.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = opened(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(file.metadata()?.len()).unwrap_or(0));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// When it cannot be read, is no file, or is not UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "text").unwrap();
        assert_eq!(text(&at("file")).unwrap(), "text");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        for name in ["pipe", "."] {
            assert!(bytes(&at(name)).is_err(), "{name}");
        }
        assert!(opened_with(File::options().append(true), &at("pipe")).is_err());
        assert_eq!(bytes(&at("absent")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
