//! Input of a size or depth that nobody writes by hand: it ends in a page or a diagnostic, and in good time.

use super::scratch::{self, NOW, assert_same, page, ran};
use super::{refused, sound};

#[test]
fn deep_nesting_is_a_page_or_a_diagnostic() {
    for depth in [100, 10_000, 200_000] {
        for body in [
            "> ".repeat(depth),
            "- ".repeat(depth),
            "[".repeat(depth),
            "*".repeat(depth),
            "![".repeat(depth),
            "<b>".repeat(depth),
            "`".repeat(depth),
            "~~".repeat(depth),
            format!("{}a{}", "(".repeat(depth), ")".repeat(depth)),
            (0..depth.min(2_000)).map(|level| format!("{}- x\n", "  ".repeat(level))).collect(),
            "| a ".repeat(depth.min(10_000)),
        ] {
            let (site, _) = sound();
            site.write("content/deep.md", page("title = \"Deep\"", &format!("{body} x")));
            let ran = site.run(&[]);
            assert!(
                matches!(ran.code, Some(0 | 1)),
                "{depth} of {:?}: {:?} {}",
                &body[..6],
                ran.code,
                ran.err
            );
            ran.ended(ran.code.unwrap(), &[]);
        }
    }
    for depth in [100, 10_000, 200_000] {
        for value in [
            format!("x = {}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("x = {}1{}", "{a = ".repeat(depth), "}".repeat(depth)),
            format!("{}x = 1", "a.".repeat(depth)),
            format!("[{}x]", "a.".repeat(depth)),
        ] {
            let (site, _) = sound();
            let table = value.starts_with('[');
            let extra = if table { value.replacen('[', "[extra.", 1) } else { format!("[extra]\n{value}") };
            site.write("content/deep.md", page(&format!("title = \"Deep\"\n{extra}"), "Text."));
            let ran = site.run(&[]);
            assert!(matches!(ran.code, Some(0 | 1)), "{depth}: {:?} {}", ran.code, ran.err);
            ran.ended(ran.code.unwrap(), &[]);
            site.delete("content/deep.md");
            site.edit("site.toml", |text| format!("{text}\n{extra}\n"));
            let ran = site.run(&[]);
            assert!(matches!(ran.code, Some(0 | 1)), "site.toml, {depth}: {:?} {}", ran.code, ran.err);
        }
    }
}

#[test]
fn thousands_of_aliases_are_as_good_as_one() {
    let aliases: Vec<String> = (0..3_000).map(|number| format!("\"/old/{number}/\"")).collect();
    let (site, _) = sound();
    site.write("content/many.md", page(&format!("title = \"Many\"\naliases = [{}]", aliases.join(", ")), ""));
    site.run(&[]).ended(0, &[]);
    assert!(site.path("public/old/2999/index.html").is_file());
    // The same alias again and again is one mistake a time, and an end.
    let same = "\"/old/\", ".repeat(500);
    refused(
        "content/many.md",
        page(&format!("title = \"Many\"\naliases = [{same}]"), ""),
        &["content/many.md:3:"],
    );
}

/// Big files must end, and well. How long they take is printed, not judged.
#[test]
fn a_file_of_fifty_megabytes_ends_in_a_page() {
    const SIZE: usize = 50 << 20;
    // What a debug build needs half a minute for has to be smaller.
    const PART: usize = 8 << 20;
    let fill = |piece: &str, size: usize| piece.repeat(size / piece.len());
    let (site, _) = sound();
    for (what, body) in [
        ("one long line", fill("word ", SIZE)),
        (
            "many lines",
            fill("A line of plain text, as long as lines usually are in a text that people write.\n\n", SIZE),
        ),
        ("one long paragraph", fill("A line of plain text.\n", PART)),
        ("marks and links", fill("A [link](a.md), *emphasis* and `code`.\n\n", PART)),
    ] {
        site.write("content/large.md", page("title = \"Large\"", &body));
        let mut timed = std::process::Command::new("sh");
        timed.args(["-c", "time -p \"$0\" \"$@\"", scratch::PROGRAM, "build", "--now", NOW, "--root"]);
        let timed = ran(timed.arg(site.root()));
        timed.ended(0, &[]);
        println!("{} MB, {what}: {}", body.len() >> 20, timed.err.replace('\n', " "));
        assert!(site.path("public/large/index.html").metadata().unwrap().len() > body.len() as u64);
    }
    for (what, front_matter, body, code) in [
        ("a long value", format!("summary = \"{}\"", fill("word ", SIZE)), String::new(), 0),
        (
            "a bad key after a long value",
            format!("summary = \"{}\"\nsumary = 1", fill("word ", SIZE)),
            String::new(),
            1,
        ),
        ("no UTF-8 at the end", String::new(), fill("word ", SIZE), 1),
    ] {
        let mut bytes = page(&format!("title = \"Large\"\n{front_matter}"), &body).into_bytes();
        if what.starts_with("no UTF-8") {
            bytes.push(0xff);
        }
        site.write("content/large.md", bytes);
        let ran = site.run(&[]);
        ran.ended(code, if code == 0 { &[] } else { &["content/large.md:"] });
        assert!(ran.err.len() < 4_000, "{what}: a message of {} bytes", ran.err.len());
    }
}

#[test]
fn a_thousand_broken_links_in_a_large_file_are_told_in_good_time() {
    let (site, before) = sound();
    let body: String =
        (0..1_000).map(|number| format!("[x](gone-{number}.md) {}\n\n", "text ".repeat(200))).collect();
    site.write("content/large.md", page("title = \"Large\"", &body));
    let ran = site.run(&[]);
    ran.ended(1, &["content/large.md:5:", "content/large.md:2003:"]);
    assert_same(&before, &site.output());
}
