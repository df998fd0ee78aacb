//! An S3 server: moto, one for all tests that run at a time, and a bucket for each.
//!
//! Knows how its objects are read; nothing of deploys.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex, Weak};

use crate::message::{Message, Sort};
use crate::place::{Place, Told, between};
use crate::program::{Program, installed};
use crate::proxy::ask;
use crate::scratch::Files;
use crate::scratch::served::encoded;

/// Small, so that a listing has several pages.
pub const LISTED_AT_ONCE: usize = 7;
/// moto looks whether there is one, and not what is in it.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
/// Where in its bucket a site lies.
const PREFIX: &str = "desk/site";

/// A bucket of its own.
pub struct Bucket {
    server: Arc<Program>,
    name: String,
    /// Bytes by their tag, so that none are fetched twice.
    known: Mutex<BTreeMap<String, Vec<u8>>>,
}

/// The server, for as long as any test has a bucket there.
fn server() -> Option<Arc<Program>> {
    static SHARED: Mutex<Weak<Program>> = Mutex::new(Weak::new());
    let program = installed("moto_server")?;
    let mut shared = SHARED.lock().unwrap();
    if let Some(server) = shared.upgrade() {
        return Some(server);
    }
    let server = Arc::new(Program::start(|_, port| {
        let mut command = Command::new(&program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command.env("MOTO_S3_DEFAULT_MAX_KEYS", LISTED_AT_ONCE.to_string());
        command
    }));
    *shared = Arc::downgrade(&server);
    Some(server)
}

impl Bucket {
    /// An empty bucket; none where there is no server.
    pub fn new(name: &str) -> Option<Self> {
        let bucket = Self { server: server()?, name: name.to_string(), known: Mutex::default() };
        assert_eq!(bucket.asked("PUT", "").status(), 200);
        Some(bucket)
    }

    fn asked(&self, method: &str, path: &str) -> Message {
        let address = self.server.address();
        let request = Message::new(format!("{method} /{}{path} HTTP/1.1", self.name));
        let request = request.with("Host", &address).with("Authorization", SIGNED);
        ask(&address, &request.with("Content-Length", "0"), Sort::Answer).unwrap()
    }

    fn object(&self, path: &str) -> Message {
        self.asked("GET", &format!("/{PREFIX}/{}", encoded(path)))
    }

    /// Every object below the site's prefix: its name there, and the tag of its bytes.
    fn listed(&self) -> Vec<(String, String)> {
        let text = String::from_utf8(self.asked("GET", "?list-type=2&max-keys=1000").body).unwrap();
        assert!(text.contains("<IsTruncated>false</IsTruncated>"), "{text}");
        let objects = text.split("<Contents>").skip(1);
        let object = |text: &str| {
            let key = between(text, "Key")?;
            Some((key.strip_prefix(&format!("{PREFIX}/"))?.to_string(), between(text, "ETag")?))
        };
        objects.map(|text| object(text).unwrap_or_else(|| panic!("not ours: {text}"))).collect()
    }
}

impl Place for Bucket {
    fn settings(&self, address: &str) -> String {
        format!("to = \"s3://{}/{PREFIX}\"\nendpoint = \"http://{address}\"\n", self.name)
    }

    fn name(&self) -> String {
        format!("s3://{}/{PREFIX}", self.name)
    }

    fn environment(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "AKIAKEYOFTHEDESK"),
            ("AWS_SECRET_ACCESS_KEY", "key-that-nobody-may-see"),
            ("AWS_SESSION_TOKEN", "token-that-nobody-may-see"),
        ];
        variables.map(|(name, value)| (name.to_string(), value.to_string())).into()
    }

    fn address(&self) -> Option<String> {
        Some(self.server.address())
    }

    fn base(&self) -> String {
        format!("/{}/{PREFIX}/", self.name)
    }

    fn files(&self) -> Files {
        let mut known = self.known.lock().unwrap();
        let bytes =
            |path: &str, tag: String| known.entry(tag).or_insert_with(|| self.object(path).body).clone();
        let mut bytes = bytes;
        self.listed().into_iter().map(|(path, tag)| (path.clone(), bytes(&path, tag))).collect()
    }

    fn told(&self, path: &str) -> Option<Told> {
        Some(Told::of(&self.object(path)))
    }
}
