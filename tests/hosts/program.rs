//! Servers that are programs of their own: started on a free port in a folder of their own, and gone when nobody needs them.
//!
//! Knows processes and ports; not what is served.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::scratch::served::waited;

/// Ends the program when its own input ends: also where the test is killed, and cannot end it itself.
const KEEPER: &str = r#"log=$1; shift; "$@" >"$log" 2>&1 & read -r _; kill $! 2>/dev/null; wait"#;

/// How often a program is started that does not stay.
const TRIES_MAX: usize = 2;
/// One that cannot go on ends by then.
const SETTLING: Duration = Duration::from_millis(300);

/// A program that runs, and its folder.
pub struct Program {
    keeper: Child,
    pub folder: TempDir,
    pub port: u16,
}

/// Where a program is that may not be installed; whoever needs it is skipped visibly, except where everything must be there.
pub fn installed(name: &str) -> Option<PathBuf> {
    let found = on_path(name);
    if found.is_none() {
        skip(&format!("no {name}"));
    }
    found
}

/// The same without a word.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let folders = variable("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&folders).map(|folder| folder.join(name));
    // Servers often lie where only the administrator looks.
    places
        .find(|place| place.is_file())
        .or_else(|| Some(Path::new("/usr/sbin").join(name)).filter(|place| place.is_file()))
}

/// Says that something is not tested here; in CI that is a failure.
#[track_caller]
pub fn skip(why: &str) {
    assert!(variable("CI").is_none(), "{why}, and CI tests everything");
    println!("skipped: {why}");
}

#[expect(clippy::disallowed_methods, reason = "which programs are there is not for the site to say")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Program {
    /// Starts what `command` says for a folder and a port, and waits until somebody answers there; more than once, if it ends
    /// as soon as it has begun.
    pub fn start(mut command: impl FnMut(&Path, u16) -> Command) -> Self {
        let mut tries = (0..TRIES_MAX).map(|_| Self::started(&mut command));
        tries.find_map(Result::ok).unwrap_or_else(|| match Self::started(&mut command) {
            Ok(program) => program,
            Err(why) => panic!("{why}"),
        })
    }

    fn started(command: &mut impl FnMut(&Path, u16) -> Command) -> Result<Self, String> {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let server = command(folder.path(), port);
        let log = folder.path().join("log");
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(&log).arg(server.get_program()).args(server.get_args());
        for (name, value) in server.get_envs() {
            keeper.env(name, value.unwrap_or_default());
        }
        keeper.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let program = Self { keeper: keeper.spawn().unwrap(), folder, port };
        let answers = || TcpStream::connect(program.address()).ok();
        let stays = || {
            std::thread::sleep(SETTLING);
            answers()
        };
        match waited(answers).and_then(|_| stays()) {
            Some(_) => Ok(program),
            None => {
                let said = fs::read_to_string(log).unwrap_or_default();
                Err(format!("{server:?} does not answer:\n{said}"))
            }
        }
    }

    /// `host:port`
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where a file of its folder is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok();
    }
}

/// A port at which nobody listens, below those that connections outwards take.
fn free_port() -> u16 {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two runs of the tests at once begin elsewhere.
    let start = std::process::id().wrapping_mul(97) % u32::from(COUNT);
    loop {
        let next = u32::from(NEXT.fetch_add(1, Ordering::SeqCst));
        let port = FIRST + u16::try_from((start + next) % u32::from(COUNT)).expect("it is below 20000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
