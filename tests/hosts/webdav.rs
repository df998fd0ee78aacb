//! A WebDAV server: nginx with its module for what WebDAV adds to HTTP, a folder, and a name with a password.
//!
//! Knows how nginx is told; nothing of deploys.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Place, Told};
use crate::program::{Program, installed, skip};
use crate::scratch::{Files, files};

const USER: &str = "desk";
pub const PASSWORD: &str = "password-that-nobody-may-see";
/// Where on the server a site lies.
const PREFIX: &str = "desk/site";
/// Where distributions put the module.
const MODULES: [&str; 3] = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"];
const MODULE: &str = "ngx_http_dav_ext_module.so";

/// A server of its own.
pub struct WebDav {
    server: Program,
    /// What it shows.
    root: PathBuf,
}

impl WebDav {
    /// A server that shows an empty folder; none where there is no nginx, or not the module.
    pub fn new() -> Option<Self> {
        let mut root = PathBuf::new();
        Self::showing(|folder| {
            root = folder.join("root");
            fs::create_dir(&root).unwrap();
            root.clone()
        })
    }

    /// A server that shows the folder which `root` names when it is told where the server's own is.
    pub fn showing(mut root: impl FnMut(&Path) -> PathBuf) -> Option<Self> {
        let nginx = installed("nginx")?;
        let Some(module) =
            MODULES.iter().map(|folder| Path::new(folder).join(MODULE)).find(|module| module.exists())
        else {
            skip("no module for WebDAV in nginx");
            return None;
        };
        let mut shown = PathBuf::new();
        let server = Program::start(|folder, port| {
            shown = root(folder);
            fs::write(folder.join("password"), format!("{USER}:{{PLAIN}}{PASSWORD}\n")).unwrap();
            fs::write(folder.join("conf"), settings(&module, &shown, port)).unwrap();
            let mut command = Command::new(&nginx);
            command.arg("-p").arg(folder).arg("-c").arg(folder.join("conf"));
            command.arg("-e").arg(folder.join("errors"));
            command
        });
        Some(Self { server, root: shown })
    }
}

fn settings(module: &Path, root: &Path, port: u16) -> String {
    // Whoever runs the tests runs the server; only root can be asked to stay root.
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let user = if is_root { "user root;" } else { "" };
    let (module, root) = (module.display(), root.display());
    format!(
        "load_module {module};
{user}
daemon off;
pid pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path drafts;
  fastcgi_temp_path unused-1; proxy_temp_path unused-2; scgi_temp_path unused-3; uwsgi_temp_path unused-4;
  server {{
    listen 127.0.0.1:{port};
    root {root};
    auth_basic desk;
    auth_basic_user_file password;
    dav_methods PUT DELETE MKCOL COPY MOVE;
    dav_ext_methods PROPFIND OPTIONS;
    create_full_put_path on;
  }}
}}
"
    )
}

impl Place for WebDav {
    fn settings(&self, address: &str) -> String {
        format!("to = \"webdav+http://{address}/{PREFIX}\"\n")
    }

    fn name(&self) -> String {
        "webdav://127.0.0.1".to_string()
    }

    fn environment(&self) -> Vec<(String, String)> {
        let variables = [("BULLETIN_DEPLOY_USER", USER), ("BULLETIN_DEPLOY_PASSWORD", PASSWORD)];
        variables.map(|(name, value)| (name.to_string(), value.to_string())).into()
    }

    fn address(&self) -> Option<String> {
        Some(self.server.address())
    }

    fn base(&self) -> String {
        format!("/{PREFIX}/")
    }

    fn files(&self) -> Files {
        files(&self.root.join(PREFIX))
    }

    fn told(&self, _: &str) -> Option<Told> {
        None
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.root.join(PREFIX))
    }
}
