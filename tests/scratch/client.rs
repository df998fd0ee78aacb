//! A small HTTP/1.1 client: what a browser would get, byte for byte, and what it is told over an event stream.
//!
//! Knows nothing of the site that is served. An answer that ends before its announced end is an error.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Longer than any answer takes, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// There is such a page, and it holds this word.
    pub fn shows(&self, word: &str) -> bool {
        self.status == 200 && self.text().contains(word)
    }
}

/// Somebody who asks, over one connection for as long as it holds.
pub struct Client {
    address: String,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    /// Somebody who asks `host:port`; nothing is sent yet.
    pub fn of(address: &str) -> Self {
        Self { address: address.to_string(), connection: None }
    }

    /// Asks for a path. An idle connection may have been closed meanwhile, so a new one is tried once.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        if self.connection.is_some()
            && let Ok(answer) = self.exchange(path)
        {
            return Ok(answer);
        }
        self.connection = Some(connected(&self.address)?);
        self.exchange(path)
    }

    fn exchange(&mut self, path: &str) -> io::Result<Answer> {
        // Taken, so that no connection is used again after an error.
        let mut connection = self.connection.take().ok_or(io::ErrorKind::NotConnected)?;
        ask(&connection, &self.address, path)?;
        let (status, headers) = head(&mut connection)?;
        let mut answer = Answer { status, headers, body: Vec::new() };
        if answer.header("transfer-encoding") == Some("chunked") {
            Chunks { inner: &mut connection, left: 0, ended: false }.read_to_end(&mut answer.body)?;
        } else if let Some(length) = answer.header("content-length") {
            answer.body = vec![0; length.parse().map_err(io::Error::other)?];
            connection.read_exact(&mut answer.body)?;
        } else if status != 304 {
            connection.read_to_end(&mut answer.body)?;
            return Ok(answer);
        }
        if answer.header("connection") != Some("close") {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

/// An event stream that is open, and all that was said on it.
pub struct Events {
    said: Arc<Mutex<Vec<(String, String)>>>,
}

impl Events {
    /// Opens the stream at a path, and listens on a thread until the server goes.
    pub fn open(address: &str, path: &str) -> io::Result<Self> {
        let mut connection = connected(address)?;
        ask(&connection, address, path)?;
        let (status, headers) = head(&mut connection)?;
        if status != 200 {
            return Err(io::Error::other(format!("{path} answered {status}")));
        }
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        thread::spawn(move || match chunked {
            true => listen(BufReader::new(Chunks { inner: connection, left: 0, ended: false }), &heard),
            false => listen(connection, &heard),
        });
        Ok(Self { said })
    }

    /// The events up to now: name, and what came with it.
    pub fn all(&self) -> Vec<(String, String)> {
        self.said.lock().expect("nobody panics while listening").clone()
    }
}

impl Events {
    /// What the overlay shows, as it was told last; none if it was told that there is nothing to show, or never.
    pub fn overlay(&self) -> Option<String> {
        let last = self.all().into_iter().rev().find(|(name, _)| name == "mistakes");
        last.map(|(_, text)| text).filter(|text| text != "{}")
    }
}

fn connected(address: &str) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn ask(connection: &BufReader<TcpStream>, address: &str, path: &str) -> io::Result<()> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    connection.get_ref().write_all(request.as_bytes())
}

/// Status and headers, names in lower case.
fn head(connection: &mut impl BufRead) -> io::Result<(u16, Vec<(String, String)>)> {
    let first = line(connection)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no status in {first:?}")))?;
    let mut headers = Vec::new();
    loop {
        let line = line(connection)?;
        match line.split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_string())),
            None => return Ok((status, headers)),
        }
    }
}

/// A line without its end; the end of the stream is an error.
fn line(connection: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_string())
}

/// Takes an event stream apart until it ends.
fn listen(mut stream: impl BufRead, heard: &Mutex<Vec<(String, String)>>) {
    let (mut name, mut text) = (String::new(), String::new());
    // A time-out is silence, and the server says something now and then; anything else is the end.
    while let Ok(line) = line(&mut stream) {
        if let Some(rest) = line.strip_prefix("event:") {
            name = rest.trim().to_string();
        } else if let Some(rest) = line.strip_prefix("data:") {
            text.push_str(rest.trim_start());
        } else if line.is_empty() && !(name.is_empty() && text.is_empty()) {
            let event = (std::mem::take(&mut name), std::mem::take(&mut text));
            heard.lock().expect("nobody panics while listening").push(event);
        }
    }
}

/// A body in pieces, each after its length.
struct Chunks<R> {
    inner: R,
    left: usize,
    ended: bool,
}

impl<R: BufRead> Read for Chunks<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        if self.left == 0 {
            let length = line(&mut self.inner)?;
            let length = length.split(';').next().unwrap_or_default();
            self.left = usize::from_str_radix(length, 16).map_err(io::Error::other)?;
            if self.left == 0 {
                self.ended = true;
                line(&mut self.inner)?;
                return Ok(0);
            }
        }
        let end = buffer.len().min(self.left);
        let read = self.inner.read(&mut buffer[..end])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read;
        if self.left == 0 {
            line(&mut self.inner)?;
        }
        Ok(read)
    }
}
