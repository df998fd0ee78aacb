//! Messages of HTTP/1.1: read whole, changed, and written again.
//!
//! Knows how a body ends; nothing of what is asked or answered.

use std::io::{self, BufRead, Write};

/// A request or an answer.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The first line: `GET / HTTP/1.1`, or `HTTP/1.1 200 OK`.
    pub first: String,
    /// Names as they were written, and values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What tells how a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Request,
    Answer,
    /// The answer to a `HEAD`: it tells the length of a body that does not come.
    Headers,
}

impl Message {
    /// A message without headers.
    pub fn new(first: impl Into<String>) -> Self {
        Self { first: first.into(), ..Self::default() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_string(), value.to_string()));
        self
    }

    /// Reads one; none where the other side has nothing more to say.
    pub fn read(stream: &mut impl BufRead, sort: Sort) -> io::Result<Option<Self>> {
        let Some(first) = line(stream)? else { return Ok(None) };
        let mut message = Self::new(first);
        loop {
            let line = line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let Some((name, value)) = line.split_once(':') else { break };
            message.headers.push((name.to_string(), value.trim().to_string()));
        }
        message.body = message.rest(stream, sort)?;
        Ok(Some(message))
    }

    fn rest(&self, stream: &mut impl BufRead, sort: Sort) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        let empty = sort == Sort::Headers || [204, 304].contains(&self.status());
        if sort != Sort::Request && empty {
            return Ok(body);
        }
        if self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            loop {
                let length = line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                let length = usize::from_str_radix(length.split(';').next().unwrap_or_default().trim(), 16);
                let start = body.len();
                body.resize(start + length.map_err(io::Error::other)?, 0);
                stream.read_exact(&mut body[start..])?;
                line(stream)?;
                if start == body.len() {
                    return Ok(body);
                }
            }
        }
        match self.header("content-length") {
            Some(length) => {
                body.resize(length.parse().map_err(io::Error::other)?, 0);
                stream.read_exact(&mut body)?;
            }
            None if sort == Sort::Answer => drop(stream.read_to_end(&mut body)?),
            None => {}
        }
        Ok(body)
    }

    /// Writes it. A body that came in pieces goes as one, and its end is told by its length.
    pub fn write(&self, stream: &mut impl Write, sort: Sort) -> io::Result<()> {
        stream.write_all(&self.bytes(sort))
    }

    /// The same in memory.
    pub fn bytes(&self, sort: Sort) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.first);
        let of_the_connection = ["connection", "keep-alive", "transfer-encoding"];
        for (name, value) in &self.headers {
            let name_in_lower_case = name.to_ascii_lowercase();
            let told_below = name_in_lower_case == "content-length" && sort != Sort::Headers;
            if !told_below && !of_the_connection.contains(&name_in_lower_case.as_str()) {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        let has_length = match sort {
            Sort::Request => !self.body.is_empty() || self.header("content-length").is_some(),
            Sort::Answer => ![204, 304].contains(&self.status()),
            Sort::Headers => false,
        };
        if has_length {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        text.push_str("\r\n");
        [text.as_bytes(), &self.body].concat()
    }

    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Takes a header out.
    pub fn without(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// The status of an answer; 0 for a request.
    pub fn status(&self) -> u16 {
        let word = self.first.split(' ').nth(1).filter(|_| self.first.starts_with("HTTP/"));
        word.and_then(|status| status.parse().ok()).unwrap_or(0)
    }
}

/// A line without its end; none at the end of the stream.
fn line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    Ok((stream.read_line(&mut line)? > 0).then(|| line.trim_end().to_string()))
}
