//! A proxy between Bulletin and a server: it remembers what was asked, and can be told to fail.
//!
//! What goes wrong goes wrong at a request, counted from when the rule was made, never at a time. Knows HTTP, and nothing
//! of what is behind it.

use std::io::{self, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::message::{Message, Sort};
use crate::scratch::served::waited;

/// What becomes of a request.
pub enum Treatment {
    /// The server is asked as it was asked here.
    Pass,
    /// The connection ends, and the server hears nothing.
    CutBefore,
    /// The server does what was asked, and the connection ends before anybody is told.
    CutAfter,
    /// The connection ends in the middle of the answer.
    CutWithin,
    /// The server hears nothing, and this is the answer.
    Instead(Message),
    /// The server is asked without a header.
    Without(&'static str),
    /// The answer has this header in place of its own.
    Saying(&'static str, &'static str),
    /// The answer comes in pieces, and each takes so long.
    Slowly(Duration),
    /// The server is asked when somebody says so.
    Later(Receiver<()>),
    /// The server does what was asked; then this happens, and the connection ends.
    Then(Box<dyn FnOnce() + Send>),
}

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// As it stands in the request.
    pub path: String,
    pub body: String,
    /// Where something is moved to, for WebDAV; otherwise empty.
    pub to: String,
    /// None where the connection was cut.
    pub status: Option<u16>,
}

/// Decides on a request by its number, which begins with 1.
type Rule = Box<dyn FnMut(usize, &Asked) -> Treatment + Send>;

/// The proxy; it ends with this value.
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

struct Shared {
    server: String,
    ended: AtomicBool,
    log: Mutex<Vec<Asked>>,
    rule: Mutex<Rule>,
    /// How many requests are being answered.
    busy: AtomicUsize,
}

impl Proxy {
    /// A proxy before the server at `host:port`.
    pub fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            server: server.to_string(),
            ended: AtomicBool::new(false),
            log: Mutex::default(),
            rule: Mutex::new(Box::new(|_, _| Treatment::Pass)),
            busy: AtomicUsize::new(0),
        });
        let among = Arc::clone(&shared);
        let listening = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if among.ended.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&among);
                // A connection that breaks is what this proxy is for.
                thread::spawn(move || shared.serve(stream).ok());
            }
        });
        Self { address, shared, listening: Some(listening) }
    }

    /// `host:port`
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Follows another rule from the next request on, and counts anew.
    pub fn treat(&self, rule: impl FnMut(usize, &Asked) -> Treatment + Send + 'static) {
        *self.shared.rule.lock().unwrap() = Box::new(rule);
        self.shared.log.lock().unwrap().clear();
    }

    /// Passes everything on, and counts anew.
    pub fn pass(&self) {
        self.treat(|_, _| Treatment::Pass);
    }

    /// Waits until the server has done all that it was asked: whoever was killed may have asked just before.
    pub fn settle(&self) {
        waited(|| (self.shared.busy.load(Ordering::SeqCst) == 0).then_some(()))
            .expect("servers answer in time");
    }

    /// All that was asked since the rule was made, in order.
    pub fn log(&self) -> Vec<Asked> {
        self.shared.log.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Whoever listens hears of the end with the next connection.
        TcpStream::connect(&self.address).ok();
        if let Some(listening) = self.listening.take() {
            listening.join().ok();
        }
    }
}

impl Shared {
    /// Answers one connection after another request until somebody ends it.
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let mut reader = BufReader::new(client.try_clone()?);
        while let Some(request) = Message::read(&mut reader, Sort::Request)? {
            let _busy = Busy::with(&self.busy);
            let (at, treatment) = self.judged(&request);
            let method = request.first.split(' ').next().unwrap_or_default();
            let sort = if method == "HEAD" { Sort::Headers } else { Sort::Answer };
            let answer = match &treatment {
                Treatment::CutBefore => return client.shutdown(Shutdown::Both),
                Treatment::Instead(answer) => answer.clone(),
                Treatment::Without(header) => {
                    let mut request = request.clone();
                    request.without(header);
                    self.asked(&request, sort)?
                }
                Treatment::Later(told) => {
                    told.recv().ok();
                    self.asked(&request, sort)?
                }
                _ => self.asked(&request, sort)?,
            };
            self.log.lock().unwrap()[at].status = Some(answer.status());
            tell(&mut client, answer, (sort, treatment))?;
        }
        Ok(())
    }

    /// What becomes of a request, and its place in the log.
    fn judged(&self, request: &Message) -> (usize, Treatment) {
        let mut words = request.first.split(' ').map(str::to_string);
        let asked = Asked {
            method: words.next().unwrap_or_default(),
            path: words.next().unwrap_or_default(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            to: request.header("destination").unwrap_or_default().to_string(),
            status: None,
        };
        // Held while the request is counted, so that numbers follow the log.
        let mut rule = self.rule.lock().unwrap();
        let mut log = self.log.lock().unwrap();
        log.push(asked.clone());
        let number = log.len();
        drop(log);
        (number - 1, rule(number, &asked))
    }

    fn asked(&self, request: &Message, sort: Sort) -> io::Result<Message> {
        ask(&self.server, request, sort)
    }
}

/// One of the requests that are being answered, for as long as it is.
struct Busy<'c>(&'c AtomicUsize);

impl<'c> Busy<'c> {
    fn with(count: &'c AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Asks a server over a connection of its own.
pub fn ask(server: &str, request: &Message, sort: Sort) -> io::Result<Message> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_nodelay(true)?;
    request.write(&mut stream, Sort::Request)?;
    let answer = Message::read(&mut BufReader::new(stream), sort)?;
    answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Answers as the treatment says.
fn tell(client: &mut TcpStream, mut answer: Message, (sort, treatment): (Sort, Treatment)) -> io::Result<()> {
    match treatment {
        Treatment::CutAfter => client.shutdown(Shutdown::Both),
        Treatment::Then(act) => {
            act();
            client.shutdown(Shutdown::Both)
        }
        Treatment::CutWithin => {
            let bytes = answer.bytes(sort);
            client.write_all(&bytes[..bytes.len().saturating_sub(answer.body.len() / 2 + 1)])?;
            client.shutdown(Shutdown::Both)
        }
        Treatment::Slowly(pause) => {
            let bytes = answer.bytes(sort);
            for piece in bytes.chunks(bytes.len().div_ceil(4).max(1)) {
                thread::sleep(pause);
                client.write_all(piece)?;
            }
            Ok(())
        }
        Treatment::Saying(name, value) => {
            answer.without(name);
            answer.with(name, value).write(client, sort)
        }
        _ => answer.write(client, sort),
    }
}
