//! An SFTP server: OpenSSH, with keys of its own, for whoever runs the tests.
//!
//! Knows how both sides of ssh are told; nothing of deploys. Nothing of the user's own settings for ssh is read or written: a
//! script stands in the place of `ssh` and names other settings.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Place, Told};
use crate::program::{Program, installed, variable};
use crate::scratch::{Files, files};

/// A server of its own.
pub struct Sftp {
    server: Program,
    /// Where the site lies.
    root: PathBuf,
}

/// Whether the client knows the server's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Known,
    Unknown,
}

impl Sftp {
    /// A server and a client; none where either is not installed.
    pub fn new(key: Key) -> Option<Self> {
        Self::writing_to(key, |folder| folder.join("root/desk/site"))
    }

    /// The same; the site goes to the folder which `root` names when it is told where the server's own is.
    pub fn writing_to(key: Key, mut root: impl FnMut(&Path) -> PathBuf) -> Option<Self> {
        let (sshd, ssh) = (installed("sshd")?, installed("ssh")?);
        let keygen = installed("ssh-keygen")?;
        // Where sshd of root wants an empty folder, which the system makes when it starts its own.
        fs::create_dir_all("/run/sshd").ok();
        let mut written = PathBuf::new();
        let server = Program::start(|folder, port| {
            written = root(folder);
            fs::create_dir_all(&written).unwrap();
            for name in ["host", "desk"] {
                let mut command = Command::new(&keygen);
                command.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(folder.join(name));
                assert!(command.status().unwrap().success());
            }
            fs::write(folder.join("sshd"), server_settings(folder, port)).unwrap();
            client(folder, (&ssh, port), key);
            let mut command = Command::new(&sshd);
            command.args(["-D", "-e", "-f"]).arg(folder.join("sshd"));
            command
        });
        Some(Self { server, root: written })
    }
}

fn server_settings(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/desk.pub
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"
    )
}

/// Puts a script into the place of `ssh` that reads these settings and no others.
fn client(folder: &Path, (ssh, port): (&Path, u16), key: Key) {
    let host = fs::read_to_string(folder.join("host.pub")).unwrap();
    let known = if key == Key::Known { format!("[127.0.0.1]:{port} {host}") } else { String::new() };
    fs::write(folder.join("known"), known).unwrap();
    let place = folder.display();
    let settings = format!(
        "IdentityFile {place}/desk\nIdentitiesOnly yes\nUserKnownHostsFile {place}/known\nGlobalKnownHostsFile none\n"
    );
    fs::write(folder.join("ssh_config"), settings).unwrap();
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    let script = format!("#!/bin/sh\nexec {} -F {place}/ssh_config \"$@\"\n", ssh.display());
    fs::write(bin.join("ssh"), script).unwrap();
    fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
}

impl Place for Sftp {
    fn settings(&self, _: &str) -> String {
        format!("to = \"{}\"\n", self.name())
    }

    fn name(&self) -> String {
        format!("sftp://127.0.0.1:{}{}", self.server.port, self.root.display())
    }

    fn environment(&self) -> Vec<(String, String)> {
        let path = format!("{}:{}", self.server.path("bin").display(), variable("PATH").unwrap_or_default());
        vec![("PATH".to_string(), path)]
    }

    fn address(&self) -> Option<String> {
        None
    }

    fn base(&self) -> String {
        String::new()
    }

    fn files(&self) -> Files {
        files(&self.root)
    }

    fn told(&self, _: &str) -> Option<Told> {
        None
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.root.clone())
    }
}
