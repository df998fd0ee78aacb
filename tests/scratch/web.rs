//! A web server that shows a folder, and a desk whose readers come to it.
//!
//! Knows nothing of what is in the folder.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use super::{Site, press};

/// A web server that shows a folder for as long as the test runs; returns where it listens.
fn served(folder: PathBuf) -> String {
    // Not 127.0.0.1, where no reader ever comes to and so nothing is published.
    let listener = TcpListener::bind("127.0.0.2:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || answer(connection, &folder));
        }
    });
    format!("http://{address}/")
}

fn answer(mut connection: TcpStream, folder: &Path) -> Option<()> {
    let mut lines = BufReader::new(connection.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    while lines.next()?.ok()?.trim() != "" {}
    let path = first.split(' ').nth(1)?.trim_start_matches('/');
    let path =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_string() };
    let (status, body) = match fs::read(folder.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", b"nothing here".to_vec()),
    };
    write!(connection, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())
        .ok()?;
    connection.write_all(&body).ok()
}

/// A desk whose readers read it from this machine.
pub fn desk() -> (Site, String) {
    let site = press::desk("to = \"www\"");
    let url = served(site.path("www/current"));
    site.edit("site.toml", |text| text.replace("https://desk.test/", &url));
    (site, url)
}
