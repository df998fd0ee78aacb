//! A server of Azure Blob Storage: azurite, one for all tests that run at a time, and a container for each.
//!
//! Knows how its blobs are read; nothing of deploys. `AZURITE` names the program where it is not on the path.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, Weak};

use crate::message::{Message, Sort};
use crate::place::{Place, Told, between};
use crate::program::{Program, installed, variable};
use crate::proxy::ask;
use crate::scratch::Files;
use crate::scratch::served::encoded;

const ACCOUNT: &str = "devstoreaccount1";
/// The key that every azurite has, as its documentation says.
pub const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// What that key allows the tests until 2099: to make containers, and to read and list blobs.
const ALLOWED: &str = "sv=2018-11-09&ss=b&srt=co&sp=rwlc&se=2099-01-01T00:00:00Z&sig=nwTuX3ERzaQjLGYeeU2PZcoSg%2F8dpZ6ZtHPbJ9vnvk4%3D";
/// Where in its container a site lies.
const PREFIX: &str = "desk/site";

/// A container of its own.
pub struct Container {
    server: Arc<Program>,
    name: String,
}

/// The server, for as long as any test has a container there.
fn server() -> Option<Arc<Program>> {
    static SHARED: Mutex<Weak<Program>> = Mutex::new(Weak::new());
    let program = variable("AZURITE").map(PathBuf::from).or_else(|| installed("azurite-blob"))?;
    let mut shared = SHARED.lock().unwrap();
    if let Some(server) = shared.upgrade() {
        return Some(server);
    }
    let server = Arc::new(Program::start(|folder, port| {
        let mut command = Command::new(&program);
        command.args(["--silent", "--disableTelemetry", "--skipApiVersionCheck", "--blobHost", "127.0.0.1"]);
        command.args(["--blobPort", &port.to_string(), "--location"]).arg(folder.join("blobs"));
        command
    }));
    *shared = Arc::downgrade(&server);
    Some(server)
}

impl Container {
    /// An empty container; none where there is no server.
    pub fn new(name: &str) -> Option<Self> {
        let container = Self { server: server()?, name: name.to_string() };
        assert_eq!(container.asked("PUT", "?restype=container&").status(), 201);
        Some(container)
    }

    fn asked(&self, method: &str, path: &str) -> Message {
        let address = self.server.address();
        let first = format!("{method} /{ACCOUNT}/{}{path}{ALLOWED} HTTP/1.1", self.name);
        let request = Message::new(first).with("Host", &address).with("Content-Length", "0");
        ask(&address, &request.with("Connection", "close"), Sort::Answer).unwrap()
    }

    fn blob(&self, path: &str) -> Message {
        self.asked("GET", &format!("/{PREFIX}/{}?", encoded(path)))
    }
}

impl Place for Container {
    fn settings(&self, address: &str) -> String {
        format!("to = \"{}\"\nendpoint = \"http://{address}/{ACCOUNT}\"\n", self.name())
    }

    fn name(&self) -> String {
        format!("azure://{}/{PREFIX}", self.name)
    }

    fn environment(&self) -> Vec<(String, String)> {
        let connection = format!(
            "DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint=http://{}/{ACCOUNT};",
            self.server.address()
        );
        vec![("AZURE_STORAGE_CONNECTION_STRING".to_string(), connection)]
    }

    fn address(&self) -> Option<String> {
        Some(self.server.address())
    }

    fn base(&self) -> String {
        format!("/{ACCOUNT}/{}/{PREFIX}/", self.name)
    }

    fn files(&self) -> Files {
        let text = String::from_utf8(self.asked("GET", "?restype=container&comp=list&").body).unwrap();
        let names = text.split("<Blob>").skip(1).filter_map(|blob| between(blob, "Name"));
        let paths =
            names.map(|name| name.strip_prefix(&format!("{PREFIX}/")).expect("it is ours").to_string());
        paths.map(|path| (path.clone(), self.blob(&path).body)).collect()
    }

    fn told(&self, path: &str) -> Option<Told> {
        Some(Told::of(&self.blob(path)))
    }
}
