//! Parts of the proof that a test takes out, to see that it then fails.
//!
//! In a program that is shipped nothing can be taken out: there the answer is constant. Knows nothing of what a part is.

/// Whether the test on whose threads this runs wants to do without this part.
#[cfg(not(test))]
pub(crate) const fn without(_: &str) -> bool {
    false
}

/// Whether the test on whose threads this runs wants to do without this part.
#[cfg(test)]
pub(crate) fn without(part: &str) -> bool {
    let thread = std::thread::current();
    thread.name().is_some_and(|name| name.split(BETWEEN).skip(1).any(|own| own == part))
}

/// Stands before each part in the name of a thread: there it can be seen by all that runs, and by nothing beside it.
#[cfg(test)]
const BETWEEN: &str = " without ";

/// Runs `work` on threads of its own, which do without these parts.
#[cfg(test)]
pub(crate) fn run_without<R: Send>(parts: &[&str], work: impl FnOnce() -> R + Send) -> R {
    let name: String = parts.iter().fold("run".to_string(), |name, part| name + BETWEEN + part);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(move |_| name.clone()).build();
    threads.expect("threads can be started").install(work)
}
