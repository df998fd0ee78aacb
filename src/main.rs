//! Arguments in, exit code out. The only place that reads the clock and the environment.

use std::io::IsTerminal;
use std::process::ExitCode;

use bulletin::cli::{self, Surroundings};
use bulletin::deploy::Credentials;

// A build makes and drops millions of small blocks on all threads, for which the system's allocator is not made.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    let surroundings = Surroundings {
        now: jiff::Timestamp::now(),
        base_url: std::env::var("BULLETIN_BASE_URL").ok().filter(|url| !url.is_empty()),
        colour: std::io::stderr().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        folder: std::env::current_dir().unwrap_or_else(|_| ".".into()),
        interactive: std::io::stderr().is_terminal(),
        credentials: Credentials::of(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        ),
    };
    cli::run(std::env::args_os(), &surroundings)
}
