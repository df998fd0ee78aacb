//! The server of the preview as its visitors see it: what stands where, who may ask, and what the rude can do.

#![cfg(feature = "serve")]

#[path = "support/visitor.rs"]
mod visitor;

use std::fs;
use std::io::{Read, Write};
use std::thread;

use bulletin::diagnostic::{Diagnostic, Place as At};
use bulletin::preview::server::{Hub, Place, Server};
use visitor::Preview;

const PAGE: &str = "<!doctype html><html><head><title>x</title></head><body>page</body></html>";

#[test]
fn a_page_comes_with_the_script_and_otherwise_as_it_is() {
    let preview = Preview::of(&[("a/index.html", PAGE)]);
    let answer = preview.get("/a/");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let text = answer.text();
    let (before, rest) = text.split_once("<script").expect("the script is there");
    let (script, after) = rest.split_once("</script>").expect("it ends");
    assert_eq!(format!("{before}{after}"), PAGE);
    assert!(script.contains("src=\"/_bulletin/reload.js\"") && script.ends_with("defer>"), "{script}");
    assert_eq!(answer.script("data-page"), "a/index.html");
    let fetched = preview.ask("GET", "/a/", &["Sec-Fetch-Dest: empty"]);
    assert_eq!(fetched.text(), PAGE, "who fetches a page from a script gets it as it is");
    assert_eq!(preview.get("/_bulletin/reload.js").header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(preview.get("/_bulletin/else").status, 404);
}

#[test]
fn addresses_are_those_of_a_static_host() {
    let preview =
        Preview::below("/desk/", &[("index.html", PAGE), ("a/index.html", PAGE), ("a/b c.txt", "text")]);
    assert!(preview.server.url().ends_with("/desk/"));
    let to = |path: &str| {
        let answer = preview.get(path);
        (answer.status, answer.header("location").to_owned())
    };
    assert_eq!(to("/desk/a?x=1&y"), (308, "/desk/a/?x=1&y".to_owned()));
    assert_eq!(to("/desk"), (308, "/desk/".to_owned()));
    assert_eq!(to("/"), (302, "/desk/".to_owned()));
    assert_eq!(to("/a/"), (404, String::new()));
    assert_eq!(to("/desk/a/b%20c.txt/"), (404, String::new()));
    let file = preview.get("/desk/a/b%20c.txt?v=1");
    assert_eq!((file.status, file.text().as_str()), (200, "text"));
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(file.header("cache-control"), "no-cache");
}

#[test]
fn parts_heads_and_what_the_browser_has() {
    let preview = Preview::of(&[("a.bin", "0123456789"), ("index.html", PAGE), ("s.css", "p{}")]);
    let part = preview.ask("GET", "/a.bin", &["Range: bytes=2-4"]);
    assert_eq!((part.status, part.text().as_str()), (206, "234"));
    assert_eq!(preview.ask("GET", "/a.bin", &["Range: bytes=20-"]).status, 416);
    let other = preview.ask("GET", "/a.bin", &["Range: bytes=2-4", "If-Range: \"old\""]);
    assert_eq!((other.status, other.text().len()), (200, 10), "a part of other bytes is no part");
    for path in ["/a.bin", "/", "/s.css"] {
        let whole = preview.get(path);
        let known = format!("If-None-Match: {}", whole.header("etag"));
        let again = preview.ask("GET", path, &[&known]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let head = preview.ask("HEAD", path, &[]);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-length"), whole.body.len().to_string(), "{path}");
        assert_eq!(preview.ask("GET", path, &["If-None-Match: \"x\""]).status, 200);
    }
    preview.write("a.bin", "9876543210");
    assert_eq!(preview.get("/a.bin").text(), "9876543210");
    assert_eq!(preview.get("/s.css").header("cache-control"), "no-store");
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
        let answer = preview.ask(method, "/", &["Content-Length: 0"]);
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
    }
}

#[test]
fn no_path_leaves_the_folder() {
    let preview = Preview::of(&[
        ("index.html", PAGE),
        (".bulletin", "manifest"),
        (".git/config", "hidden"),
        ("a/b.txt", "b"),
    ]);
    fs::write(preview.folder.path().join("secret.txt"), "never told").expect("it can be written");
    for path in [
        "/../secret.txt",
        "/a/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/a/..;/..;/secret.txt",
        "/%252e%252e/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%uff0e%uff0e/secret.txt",
        "/%00/../secret.txt",
        "/a/b.txt%00.html",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/C:/Windows/win.ini",
        "/c%3a%5cWindows",
        "/.bulletin",
        "/%2ebulletin",
        "/.git/config",
        "/a/./b.txt",
        "/a//b.txt",
        "/a/%2e/b.txt",
        "http://localhost/../secret.txt",
        "/a/b.txt/../../../secret.txt",
        "/%E2%80%A5/secret.txt",
    ] {
        let answer = preview.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.head);
        for word in ["never told", "manifest", "hidden", "root:"] {
            assert!(!answer.text().contains(word), "{path}: {}", answer.text());
        }
    }
}

#[cfg(unix)]
#[test]
fn no_link_leaves_the_folder() {
    use std::os::unix::fs::symlink;
    let preview = Preview::of(&[("index.html", PAGE), ("a/b.txt", "inside")]);
    fs::write(preview.folder.path().join("secret.txt"), "never told").expect("it can be written");
    symlink(preview.folder.path().join("secret.txt"), preview.path("link.txt")).expect("a link");
    symlink(preview.folder.path(), preview.path("up")).expect("a link");
    symlink("b.txt", preview.path("a/inner.txt")).expect("a link");
    assert_eq!(preview.get("/link.txt").status, 404);
    assert_eq!(preview.get("/up/secret.txt").status, 404);
    assert_eq!(preview.get("/a/inner.txt").text(), "inside");
}

#[test]
fn strange_names_and_strange_pages_are_refused() {
    let preview = Preview::of(&[("index.html", PAGE)]);
    for host in ["evil.example", "localhost.evil.example:80", "192.168.0.1"] {
        let answer = preview.ask("GET", "/", &[&format!("Host: {host}")]);
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.text().contains("--allow-host") && !answer.text().contains("page</body>"));
    }
    for host in ["localhost:1", "127.0.0.1", "[::1]:8340", "preview.example"] {
        assert_eq!(preview.ask("GET", "/", &[&format!("Host: {host}")]).status, 200, "{host}");
    }
    assert_eq!(
        preview
            .raw("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .status,
        421
    );
    assert_eq!(preview.raw("GET / HTTP/1.0\r\n\r\n").status, 421);
    for line in ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"] {
        assert_eq!(preview.ask("GET", "/_bulletin/events?page=x", &[line]).status, 403, "{line}");
    }
    // Whatever the public may be read from: its host's rules are not those of drafts.
    preview.write("_headers", "/*\n  Access-Control-Allow-Origin: *\n  X-Site: yes\n");
    for lines in
        [&["Origin: http://evil.example"][..], &["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"]]
    {
        let answer = preview.ask("GET", "/", lines);
        assert_eq!(answer.status, 403, "{lines:?}");
        assert!(!answer.text().contains("page</body>"));
    }
    let follows = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"];
    assert_eq!(preview.ask("GET", "/", &follows).status, 200);
    let answer = preview.get("/");
    assert_eq!(
        (answer.header("x-site"), answer.header("cross-origin-resource-policy")),
        ("yes", "same-origin")
    );
    let head = answer.head.to_lowercase();
    assert!(!head.contains("access-control"), "{head}");
}

#[test]
fn the_rules_of_the_site_are_those_of_its_host() {
    let preview = Preview::of(&[
        ("new/index.html", PAGE),
        ("kept/index.html", PAGE),
        ("404.html", "<head></head>nothing here"),
        (
            "_redirects",
            "/old/* /new/:splat 301\n/kept/ /new/ 302\n/forced /new/ 302!\n/app/* /new/index.html 200\n/gone /404.html 410\n",
        ),
        (
            "_headers",
            "/*\n  X-Site: yes\n  Content-Security-Policy: default-src 'none'\n/new/*\n  ! X-Site\n",
        ),
    ]);
    let old = preview.get("/old/a%20b?q=1");
    assert_eq!((old.status, old.header("location")), (301, "/new/a%20b?q=1"));
    assert_eq!(preview.get("/kept/").status, 200, "what is there comes first");
    assert_eq!(preview.get("/forced").header("location"), "/new/");
    let app = preview.get("/app/any/where");
    assert!(app.status == 200 && app.text().contains("page"));
    assert_eq!(app.script("data-page"), "new/index.html");
    assert_eq!(preview.get("/gone").status, 410);
    assert_eq!((preview.get("/_redirects").status, preview.get("/_headers").status), (404, 404));
    assert_eq!((preview.get("/kept/").header("x-site"), preview.get("/new/").header("x-site")), ("yes", ""));
    let policy = preview.get("/kept/").header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src-elem 'nonce-"), "{policy}");
    let missing = preview.get("/none");
    assert!(missing.status == 404 && missing.text().contains("nothing here"));
    preview.write("_redirects", "/none /new/ 302\n");
    assert_eq!(preview.get("/none").status, 302, "the rules are read again when they change");
}

#[test]
fn a_page_hears_of_its_own_change_only() {
    let preview = Preview::of(&[("a/index.html", PAGE), ("b/index.html", PAGE)]);
    let seen = preview.get("/a/").script("data-since");
    let mut a = preview.listen("a/index.html", &seen);
    let mut b = preview.listen("/b/", &seen);
    assert_eq!(a.event(), ("mistakes".to_owned(), "{}".to_owned()));
    while preview.hub.watched() != ["a/index.html", "b/index.html"] {
        thread::yield_now();
    }
    preview.changed(&["a/index.html", "style.css", "map.png"]);
    assert_eq!(a.news().0, "reload");
    assert_eq!(b.news(), ("style".to_owned(), "[\"/style.css\"]".to_owned()));
    assert_eq!(b.news(), ("files".to_owned(), "[\"/map.png\"]".to_owned()));
    preview.changed(&["b/index.html"]);
    assert_eq!(b.news().0, "reload");
    drop((a, b));
    while !preview.hub.watched().is_empty() {
        thread::yield_now();
    }
}

#[test]
fn what_changed_before_the_page_listened_is_told_at_once() {
    let preview = Preview::of(&[("a/index.html", PAGE)]);
    let seen = preview.get("/a/").script("data-since");
    preview.changed(&["a/index.html"]);
    assert_eq!(preview.listen("a/index.html", &seen).news().0, "reload");
    let now = preview.get("/a/").script("data-since");
    let mut listener = preview.listen("a/index.html", &now);
    preview.changed(&["s.css"]);
    assert_eq!(listener.news().0, "style", "it has seen its own change already");
    assert_eq!(preview.listen("a/index.html", "0000000000000001-0").news().0, "reload", "another run");
}

#[test]
fn more_pages_than_a_browser_has_connections_ask_again_instead_of_holding_one() {
    let preview = Preview::of(&[("a/index.html", PAGE)]);
    let seen = preview.get("/a/").script("data-since");
    let mut held: Vec<_> = (0..4).map(|_| preview.listen("a/index.html", &seen)).collect();
    let further = format!("/_bulletin/events?page=a/index.html&since={seen}");
    let quiet = preview.get(&further);
    assert!(quiet.text().contains("event: mistakes\n") && !quiet.text().contains("event: reload\n"));
    preview.changed(&["a/index.html"]);
    assert!(preview.get(&further).text().contains("event: reload\n"));
    held.iter_mut().for_each(|listener| assert_eq!(listener.news().0, "reload"));
}

#[test]
fn a_missing_page_hears_when_it_appears() {
    let preview = Preview::of(&[("404.html", "<head></head>")]);
    let missing = preview.get("/new/");
    assert_eq!(missing.status, 404);
    let mut listener = preview.listen(&missing.script("data-page"), &missing.script("data-since"));
    preview.write("new/index.html", PAGE);
    preview.changed(&["new/index.html"]);
    assert_eq!(listener.news().0, "reload");
    assert_eq!(preview.get("/new").status, 308);
}

#[test]
fn mistakes_are_told_and_taken_back() {
    let preview = Preview::of(&[("a/index.html", PAGE)]);
    let mut first = preview.listen("a/index.html", "");
    assert_eq!(first.event().1, "{}");
    let place = At::of("content/a.md", "date = \"soon\"", 7..13);
    preview.hub.mistakes(&[Diagnostic::error("front-matter", "no <date>").at(place)]);
    loop {
        let (name, told) = first.event();
        if name == "mistakes" && told.contains("content/a.md:1:8") {
            break;
        }
    }
    let mut second = preview.listen("a/index.html", "");
    assert!(second.event().1.contains("no <date>"), "who comes later is told too");
    preview.hub.mistakes(&[]);
    while second.event() != ("mistakes".to_owned(), "{}".to_owned()) {}
}

#[test]
fn before_anything_is_built_there_is_a_page_that_waits() {
    let preview = Preview::of(&[]);
    preview.hub.mistakes(&[Diagnostic::error("settings", "bad")]);
    let waiting = preview.get("/");
    assert_eq!(waiting.status, 503);
    let mut listener = preview.listen(&waiting.script("data-page"), &waiting.script("data-since"));
    assert!(listener.event().1.contains("bad"));
    preview.write("index.html", PAGE);
    preview.changed(&["index.html"]);
    assert_eq!(listener.news().0, "reload");
}

#[test]
fn the_slow_do_not_hold_up_the_others() {
    let preview = Preview::of(&[("index.html", PAGE)]);
    let slow: Vec<_> = (0..40)
        .map(|_| {
            let mut stream = preview.connect();
            stream.write_all(b"G").expect("a byte can be sent");
            stream
        })
        .collect();
    assert_eq!(preview.get("/").status, 200);
    let mut stream = slow.into_iter().next().expect("there are some");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"), "who does not finish is let go");
}

#[test]
fn heads_without_end_are_refused() {
    let preview = Preview::of(&[("index.html", PAGE)]);
    let long = format!("X-Long: {}", "x".repeat(200_000));
    assert!([0, 400, 431].contains(&preview.ask("GET", "/", &[&long]).status));
    let many: Vec<String> = (0..500).map(|number| format!("X-{number}: x")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(preview.ask("GET", "/", &many).status, 431);
    assert!([0, 400, 414, 431].contains(&preview.get(&format!("/{}", "a".repeat(200_000))).status));
    assert_eq!(preview.raw("nonsense\r\n\r\n").status, 400);
    assert_eq!(preview.get("/").status, 200);
}

#[test]
fn two_hundred_at_a_time() {
    let big = "x".repeat(300_000);
    let preview = Preview::of(&[("index.html", PAGE), ("big.txt", &big)]);
    thread::scope(|scope| {
        let ask = |number: usize| {
            let path = if number.is_multiple_of(2) { "/" } else { "/big.txt" };
            (path, preview.get(path))
        };
        let threads: Vec<_> = (0..200).map(|number| scope.spawn(move || ask(number))).collect();
        for thread in threads {
            let (path, answer) = thread.join().expect("it ends");
            assert_eq!(answer.status, 200);
            assert!(path == "/" || answer.text() == big);
        }
    });
}

#[test]
fn a_port_that_is_taken_is_said_and_passed_over() {
    let first = Preview::of(&[]);
    let place = Place {
        folder: first.path(""),
        host: "127.0.0.1".to_owned(),
        port: first.port,
        base_path: "/".to_owned(),
        allowed: Vec::new(),
    };
    // Another program may hold the ports after it as well: then there is an error, and no server.
    if let Ok(second) = Server::start(&place, &Hub::new()) {
        let notice = second.notice().expect("it is said");
        assert!(notice.starts_with(&format!("port {} is taken: this is port ", first.port)), "{notice}");
        let url = second.url().to_owned();
        drop(second);
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        assert!(std::net::TcpStream::connect(address).is_err(), "it has stopped");
    }
}

#[test]
fn open_to_others_is_said() {
    let preview = Preview::of(&[]);
    let place = Place {
        folder: preview.path(""),
        host: "0.0.0.0".to_owned(),
        port: 0,
        base_path: "/desk/".to_owned(),
        allowed: Vec::new(),
    };
    let server = Server::start(&place, &Hub::new()).expect("a port is free");
    assert!(server.notice().is_some_and(|notice| notice.contains("others on the network")));
    assert!(server.url().starts_with("http://localhost:") && server.url().ends_with("/desk/"));
}
