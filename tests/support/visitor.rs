//! A visitor of the preview who speaks HTTP by hand, so that he can also be rude. Knows nothing of what he should see.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use bulletin::preview::server::{Hub, Place, Server};
use tempfile::TempDir;

/// Nothing takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a server on it.
pub struct Preview {
    pub folder: TempDir,
    pub hub: Hub,
    pub server: Server,
    pub port: u16,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Preview {
    /// Serves these files.
    pub fn of(files: &[(&str, &str)]) -> Preview {
        Preview::below("/", files)
    }

    /// Serves these files below a base path.
    pub fn below(base: &str, files: &[(&str, &str)]) -> Preview {
        let folder = TempDir::new().expect("a folder can be made");
        let hub = Hub::new();
        let place = Place {
            folder: folder.path().join("out"),
            host: "127.0.0.1".to_owned(),
            port: 0,
            base_path: base.to_owned(),
            allowed: vec!["preview.example".to_owned()],
        };
        let server = Server::start(&place, &hub).expect("a port is free");
        let port = server.url().split(':').nth(2).and_then(|rest| rest.split('/').next()?.parse().ok());
        let preview = Preview { folder, hub, port: port.expect("the address has a port"), server };
        files.iter().for_each(|(path, text)| preview.write(path, text));
        preview
    }

    pub fn path(&self, output: &str) -> PathBuf {
        self.folder.path().join("out").join(output)
    }

    pub fn write(&self, output: &str, text: impl AsRef<[u8]>) {
        let path = self.path(output);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }

    /// Tells the hub, as who builds would.
    pub fn changed(&self, outputs: &[&str]) {
        let outputs: Vec<String> = outputs.iter().map(|&output| output.to_owned()).collect();
        self.hub.changed(&outputs, &[]);
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("it can be set");
        stream
    }

    /// Sends bytes and reads until the other side closes.
    pub fn raw(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        // The answer may come, and the connection end, before all is sent.
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::of(&bytes)
    }

    /// Asks for a path with more lines of the head.
    pub fn ask(&self, method: &str, path: &str, lines: &[&str]) -> Answer {
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let host = if lines.to_lowercase().contains("host:") { "" } else { "Host: localhost\r\n" };
        self.raw(&format!("{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n{lines}\r\n"))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Listens to what a page is told.
    pub fn listen(&self, page: &str, since: &str) -> Listener {
        let mut stream = self.connect();
        let request =
            format!("GET /_bulletin/events?page={page}&since={since} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it can be sent");
        let mut listener = Listener { lines: BufReader::new(stream) };
        while !listener.line().is_empty() {}
        listener
    }
}

impl Answer {
    fn of(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        Answer { status, head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        found.next().unwrap_or_default()
    }

    /// What an attribute of the script in the page says.
    pub fn script(&self, attribute: &str) -> String {
        let text = self.text();
        let (_, rest) = text.split_once(&format!(" {attribute}=\"")).expect("the script is there");
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

/// Somebody who listens.
pub struct Listener {
    lines: BufReader<TcpStream>,
}

impl Listener {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("something comes in time");
        line.trim_end().to_owned()
    }

    /// The next event, with what it tells.
    pub fn event(&mut self) -> (String, String) {
        loop {
            if let Some(name) = self.line().strip_prefix("event: ") {
                let told = self.line();
                return (name.to_owned(), told.trim_start_matches("data: ").to_owned());
            }
        }
    }

    /// The next event of another kind than the mistakes with which every connection begins.
    pub fn news(&mut self) -> (String, String) {
        loop {
            let event = self.event();
            if event.0 != "mistakes" {
                return event;
            }
        }
    }
}
