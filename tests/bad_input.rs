//! What bad input gets: a diagnostic that names the file, or a correct page where the input is legal. Never a panic,
//! never a lost output.

#[path = "bad_input/mutation.rs"]
mod mutation;
mod scratch;
#[path = "bad_input/size.rs"]
mod size;

use std::fs;

use scratch::{Files, NOW, Ran, Site, assert_same, page};

/// A sound site that was built, to which something bad is about to happen.
fn sound() -> (Site, Files) {
    let site = Site::new().plain_theme().briefing("a.md", "title = \"A\"", "One.").briefing(
        "news/2026-01-01-b.md",
        "title = \"B\"",
        "Two.",
    );
    let files = site.build_soundly(NOW).files;
    (site, files)
}

/// The file is refused with a message that holds all of `words`, and the output is as it was.
fn refused(path: &str, bytes: impl AsRef<[u8]>, words: &[&str]) -> Ran {
    let (site, before) = sound();
    site.write(path, bytes);
    let ran = site.run(&[]);
    ran.ended(1, words).ended(1, &["nothing was written"]);
    assert_same(&before, &site.output());
    ran
}

/// The file is legal and becomes the output at `made`.
fn accepted(path: &str, bytes: impl AsRef<[u8]>, made: &str) -> Vec<u8> {
    let (site, _) = sound();
    site.write(path, bytes);
    site.run(&[]).ended(0, &[]);
    let output = site.output();
    output.get(made).unwrap_or_else(|| panic!("no {made} among {:#?}", output.keys())).clone()
}

#[test]
fn texts_that_are_no_pages_are_named_with_their_line() {
    let at = |line: &str| format!("content/bad.md:{line}");
    for (bytes, words) in [
        (&b""[..], [at("1"), "the file is empty".into()]),
        (b"\n\n", [at("1"), "the file is empty".into()]),
        (b"\xef\xbb\xbf", [at("1"), "the file is empty".into()]),
        (b"# Hello\n", [at("1"), "no front matter".into()]),
        (b"---\ntitle: x\n---\n", [at("1"), "YAML".into()]),
        (b"+++\ntitle = \"x\"\n", [at("1"), "no end".into()]),
        (b"+++\ntitle = \"x\n+++\n", [at("2"), "front-matter".into()]),
        (b"+++\ntitle = \"x\"\ntitle = \"y\"\n+++\n", [at("3"), "title".into()]),
        (b"+++\ntitle = 3\n+++\n", [at("2"), "title".into()]),
        (b"+++\ntitle = \"x\"\nsumary = \"y\"\n+++\n", [at("3"), "did you mean `summary`".into()]),
        (b"+++\ntitle = \"x\"\ndate = 2026-02-30\n+++\n", [at("3"), "date".into()]),
        (b"+++\ntitle = \"x\"\ndate = 2026-03-29T03:30:00\n+++\n", [at("3"), "does not exist".into()]),
        (b"+++\ntitle = \"x\"\n+++\n\nAh \xff\xfe!\n", [at("5"), "not UTF-8".into()]),
        (b"\xff\xfe+\0+\0+\0", [at("1"), "not UTF-8".into()]),
        (b"+++\ntitle = \"x\"\n+++\n\n[to](nothing.md)\n", [at("5"), "nothing".into()]),
        (b"+++\ntitle = \"x\"\ntemplate = \"pge.html\"\n+++\n", [at("3"), "page.html".into()]),
        (b"+++\ntitle = \"\"\n+++\n", [at(""), "title".into()]),
        (b"+++\n= = =\n+++\n", [at("2"), "front-matter".into()]),
        (b"+++\ntitle = \"x\"\n[a.b.c.d]\ne.f = 1\n[extra\n+++\n", [at("5"), "front-matter".into()]),
    ] {
        refused("content/bad.md", bytes, &words.each_ref().map(String::as_str));
    }
}

#[test]
fn byte_order_marks_and_windows_line_ends_are_fine() {
    let plain = accepted("content/c.md", "+++\ntitle = \"C\"\n+++\n\nText\nmore.\n", "c/index.html");
    for text in [
        "\u{feff}+++\ntitle = \"C\"\n+++\n\nText\nmore.\n",
        "+++\r\ntitle = \"C\"\r\n+++\r\n\r\nText\r\nmore.\r\n",
        "\u{feff}+++\r\ntitle = \"C\"\r\n+++\r\n\r\nText\r\nmore.\r\n",
    ] {
        let other = accepted("content/c.md", text, "c/index.html");
        assert_eq!(
            String::from_utf8_lossy(&plain),
            String::from_utf8_lossy(&other).replace("\r\n", "\n"),
            "{text:?}"
        );
    }
}

#[test]
fn a_hundred_mistakes_are_told_at_once() {
    let (site, before) = sound();
    for number in 0..100 {
        site.write(
            &format!("content/bad-{number}.md"),
            page("title = \"Bad\"\nwrong = 1", "[x](nowhere.md)"),
        );
    }
    let ran = site.run(&[]);
    ran.ended(1, &[]);
    for number in 0..100 {
        assert!(ran.err.contains(&format!("content/bad-{number}.md:3:")), "bad-{number} is not among them");
    }
    let json = site.run(&["--format", "json"]);
    let lines: Vec<serde_json::Value> =
        json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 200, "{} of 200 mistakes", lines.len());
    assert_same(&before, &site.output());
}

#[test]
fn two_pages_with_one_address_are_both_named_also_if_only_case_differs() {
    for (one, other) in [
        ("content/news/same.md", "content/news/2026/same.md"),
        ("content/news/same.md", "content/news/deep/same/index.md"),
        ("content/Same.md", "content/same.md"),
        ("content/x.md", "content/x/index.html"),
        ("content/x.TXT", "content/x.txt"),
    ] {
        let (site, before) = sound();
        for path in [one, other] {
            site.write(path, page("title = \"Same\"\ndate = 2026-01-01", "Text."));
        }
        if site.path(one).exists() && site.path(other).exists() {
            site.run(&[]).ended(1, &["is also that of", one, other]);
            assert_same(&before, &site.output());
        }
    }
}

#[test]
fn names_are_refused_that_one_system_or_another_cannot_have() {
    // A name of 255 bytes is legal; the address made from it is shorter.
    for (long, address) in [("x".repeat(252), "x".repeat(100)), ("щ".repeat(126), "shch".repeat(25))] {
        accepted(
            &format!("content/{long}.md"),
            page("title = \"Long\"", "Text."),
            &format!("{address}/index.html"),
        );
    }
    let longer = "x".repeat(255);
    accepted(&format!("content/{longer}"), "x", &longer);
    let slug = page(&format!("title = \"X\"\nslug = \"{}\"", "x".repeat(256)), "");
    refused("content/x.md", slug, &["content/x.md:3:", "255 bytes"]);
    for name in ["con", "aux", "nul", "com1", "LPT9"] {
        refused(
            &format!("content/{name}.md"),
            page("title = \"X\"", ""),
            &[&format!("content/{name}.md"), "device"],
        );
        refused(&format!("content/{name}.txt"), "x", &[&format!("content/{name}.txt"), "device"]);
    }
    #[cfg(unix)]
    for name in ["a:b.txt", "a?.txt", "a\\b.txt", "ends.", "ends ", "a\nb.txt", "a\u{1b}[31m.txt", "a|b"] {
        let ran = refused(&format!("content/{name}"), "x", &["content/", "cannot be the path of a file"]);
        assert!(!ran.err.contains('\u{1b}'), "a name reaches the terminal: {:?}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf_8_is_told() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    for name in [&b"caf\xe9.md"[..], b"caf\xe9.png", b"\xff\xff"] {
        let (site, before) = sound();
        fs::write(site.path("content").join(OsStr::from_bytes(name)), page("title = \"X\"", "")).unwrap();
        site.run(&[]).ended(1, &["content/", "not UTF-8", "rename"]);
        assert_same(&before, &site.output());
    }
    let (site, before) = sound();
    fs::create_dir(site.path("content").join(OsStr::from_bytes(b"fold\xe9r"))).unwrap();
    fs::write(site.path("content").join(OsStr::from_bytes(b"fold\xe9r/x.md")), page("title = \"X\"", ""))
        .unwrap();
    site.run(&[]).ended(1, &["content/fold", "not UTF-8"]);
    assert_same(&before, &site.output());
}

#[cfg(unix)]
#[test]
fn links_on_disk_that_loop_dangle_or_escape_are_named_and_others_are_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::TempDir::new().unwrap();
    fs::write(outside.path().join("secret.md"), page("title = \"Secret\"", "classified")).unwrap();
    fs::write(outside.path().join("secret.txt"), "classified").unwrap();
    let cases: [(&std::path::Path, &str, &str); 6] = [
        (outside.path(), "content/news/folder", "leads out of the site"),
        (&outside.path().join("secret.md"), "content/secret.md", "leads out of the site"),
        (&outside.path().join("secret.txt"), "content/news/secret.txt", "leads out of the site"),
        (std::path::Path::new("../news"), "content/news/loop", "leads back"),
        (std::path::Path::new("me.md"), "content/me.md", ""),
        (std::path::Path::new("nowhere.md"), "content/dangling.md", "leads to nothing"),
    ];
    for (target, link, words) in cases {
        let (site, before) = sound();
        symlink(target, site.path(link)).unwrap();
        let ran = site.run(&[]);
        assert!(matches!(ran.code, Some(1 | 3)), "{ran:?}");
        ran.ended(ran.code.unwrap(), &[link, words]);
        assert_same(&before, &site.output());
    }
    // One that stays inside of the site is a file like any other.
    let (site, _) = sound();
    symlink("a.md", site.path("content/linked.md")).unwrap();
    site.write("content/pictures/x.svg", "<svg/>");
    symlink("../pictures", site.path("content/news/pictures")).unwrap();
    site.run(&[]).ended(0, &[]);
    assert!(site.path("public/linked/index.html").is_file());
    assert!(site.path("public/news/pictures/x.svg").symlink_metadata().unwrap().is_file());
    // A pipe or a socket is no file: reading it would wait for ever.
    let (site, before) = sound();
    let made = std::process::Command::new("mkfifo").arg(site.path("content/pipe.md")).status();
    assert!(made.is_ok_and(|status| status.success()), "this test needs mkfifo");
    site.run(&[]).ended(0, &[]);
    assert_same(&before, &site.output());
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_the_machines_fault() {
    use std::os::unix::fs::PermissionsExt;
    let (site, before) = sound();
    let path = site.path("content/a.md");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&path).is_ok() {
        return println!("skipped: this user can read everything");
    }
    site.run(&[]).ended(3, &["cannot read", "content/a.md"]);
    assert_same(&before, &site.output());
}

/// The files of a site and its output; what is remembered of them is our own affair.
fn outside_of_the_cache(site: &Site) -> scratch::Files {
    let mut files = scratch::files(site.root());
    files.retain(|path, _| !path.starts_with(".bulletin/"));
    files
}

#[test]
fn dots_in_keys_read_and_write_nothing_outside() {
    let (site, _) = sound();
    let secret = tempfile::TempDir::new().unwrap();
    fs::write(secret.path().join("secret.html"), "classified").unwrap();
    let out = secret.path().join("secret.html");
    let out = out.to_str().unwrap();
    for (file, front_matter, words) in [
        ("bad.md", "slug = \"../../bad\"", "slug"),
        ("bad.md", "slug = \"..\"", "slug"),
        ("bad.md", "slug = \"a/b\"", "slug"),
        ("bad.md", "aliases = [\"../../bad.html\"]", "alias"),
        ("bad.md", "aliases = [\"/../bad/\"]", "alias"),
        ("bad.md", "aliases = [\"a/./b\", \"a//b\", \"\", \"/\"]", "alias"),
        ("bad.md", "aliases = [\".bulletin\"]", "keeps it for itself"),
        ("bad.md", "aliases = [\"con/x\"]", "device"),
        ("bad.md", "image = \"../../../../etc/passwd\"\nimage_alt = \"x\"", "leads out of the site"),
        ("bad.md", "image = \"../site.toml\"\nimage_alt = \"x\"", "leads out of the site"),
        ("bad.md", "template = \"../../secret.html\"", "template"),
        ("bad.md", &format!("template = \"{out}\""), "template"),
        ("bad.md", "related = [\"../../../site.toml\"]", "briefing"),
        ("news/index.md", "permalink = \"/../{slug}/\"", "permalink"),
        ("news/index.md", "permalink = \"/./{slug}/\"", "/./2026-01-01-b/"),
        ("news/index.md", "permalink = \"/x//{slug}/\"", "/x//2026-01-01-b/"),
        ("news/index.md", "permalink = \"/{slug}/../../\"", "permalink"),
    ] {
        let inputs = outside_of_the_cache(&site);
        site.write(&format!("content/{file}"), page(&format!("title = \"Bad\"\n{front_matter}"), "Text."));
        let ran = site.run(&[]);
        ran.ended(1, &[words]);
        assert!(!ran.err.contains("classified"), "{}", ran.err);
        site.delete(&format!("content/{file}"));
        assert_same(&inputs, &outside_of_the_cache(&site));
    }
    for body in [
        "![x](../../../etc/passwd)",
        "[x](../site.toml)",
        "![x](%2e%2e/%2e%2e/secret)",
        "[x](../../secret.md)",
    ] {
        site.write("content/bad.md", page("title = \"Bad\"", body));
        site.run(&[]).ended(1, &["content/bad.md:5:"]);
        site.delete("content/bad.md");
    }
    for settings in [
        format!("theme = \"../../..{}\"", secret.path().display()),
        "theme = \"../content\"".to_string(),
        "theme = \".\"".to_string(),
        "theme = \"/\"".to_string(),
        "theme = \"\"".to_string(),
    ] {
        site.edit("site.toml", |text| text.replace("theme = \"plain\"", &settings));
        site.run(&[]).ended(1, &["theme", "site.toml"]);
        site.edit("site.toml", |text| text.replace(&settings, "theme = \"plain\""));
    }
    site.write("themes/plain/theme.toml", "name = \"plain\"\nparent = \"../../content\"\n");
    site.run(&[]).ended(1, &["theme"]);
}

#[test]
fn template_syntax_in_content_is_text() {
    let evil = "{{ site.title }} {% include \"page.html\" %} {# x #} {{ 1 / 0 }} {% raw %} {% endfor %} {{ get_env(name=\"HOME\") }}";
    let front_matter = format!("title = '''{evil}'''\nsummary = '''{evil}'''\ntopics = ['''{evil}''']");
    let made = accepted(
        "content/news/2026-01-02-evil.md",
        page(&front_matter, evil),
        "news/2026-01-02-evil/index.html",
    );
    let text = String::from_utf8(made).unwrap();
    for part in ["{{ site.title }}", "{% endfor %}", "{{ 1 / 0 }}"] {
        assert!(text.contains(part), "{part} was executed in {text}");
    }
    assert!(!text.contains(&std::env!("CARGO_MANIFEST_DIR").to_string()));
}

#[test]
fn control_characters_reach_neither_terminal_nor_markup() {
    let escape = "\\u001b[31mred\\u0007\\u0000\\u009b<script>alert(1)</script>\\\"><img src=x onerror=y>";
    let front_matter = format!(
        "title = \"{escape}\"\nsummary = \"{escape}\"\ndate = 2026-01-02\ntopics = [\"{escape}\"]\npeople = [\"{escape}\"]\nseries = \"{escape}\""
    );
    let site = Site::new().briefing("news/x.md", &front_matter, "Text with \u{1b}[2J and \u{9b}.");
    let ran = site.run(&[]);
    ran.ended(0, &[]);
    for said in [&ran.out, &ran.err] {
        assert!(!said.contains(['\u{1b}', '\u{7}', '\u{9b}', '\0']), "{said:?}");
    }
    for (path, bytes) in site.output() {
        let text = String::from_utf8(bytes).unwrap();
        if path.ends_with(".html") {
            assert!(
                !text.contains("<script>alert") && !text.contains("<img src=x"),
                "{path} holds it: {text}"
            );
        } else if path.ends_with(".xml") {
            assert!(!text.contains(['\u{1b}', '\u{7}', '\0']), "{path} is no XML");
        } else if path.ends_with(".json") {
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }
    }
    // In messages too.
    let front_matter = "title = \"x\"\nslug = \"\\u001b[31m\"\n\"\\u001b[2J\" = 1\nkind = \"\\u001b]0;x\\u0007\"\ntopics = [\"\u{202e}x\"]";
    let ran =
        refused("content/news/y.md", page(front_matter, "[\u{9b}x](\u{1b}.md)"), &["content/news/y.md"]);
    assert!(!ran.err.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{:?}", ran.err);
}
