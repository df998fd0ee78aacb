// What a save does to the tabs that are open: those that show what changed show it anew, and nothing else moves.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "./desk.mjs";
import { inBrowser, someone } from "./tab.mjs";
import { until } from "./until.mjs";

inBrowser();

const GRAIN = "content/briefings/2024-11-04-grain.md";
const PILOTS = "content/briefings/2024-11-05-pilots.md";

test("an edited text is seen without touching the browser", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("briefings/2024-11-04-grain/"));
  await tab.shows("returned at noon");
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.shows("returned at dusk");
  await desk.edit(GRAIN, "returned at dusk", "returned at night");
  await tab.shows("returned at night");
  assert.equal(tab.loads, 3);
  assert.deepEqual(tab.wrong, []);
});

test("an edited title is seen in every tab that lists the page", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const paths = ["", "briefings/", "briefings/2024-11-04-grain/", "briefings/2024-11-05-pilots/", "topics/grain/"];
  const tabs = await Promise.all(paths.map((path) => reader.open(preview.at(path))));
  await desk.edit(GRAIN, "Grain talks resume", "Grain talks break off");
  for (const tab of tabs) await tab.shows("Grain talks break off");
  for (const tab of tabs) assert.deepEqual(tab.wrong, []);
});

test("only the tabs whose page changed load again", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const grain = await reader.open(preview.at("briefings/2024-11-04-grain/"));
  const pilots = await reader.open(preview.at("briefings/2024-11-05-pilots/"));
  const about = await reader.open(preview.at("about/"));
  for (const tab of [pilots, about]) await tab.mark();
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await grain.shows("returned at dusk");
  // What comes later tells that what was said before has come too.
  await desk.edit(PILOTS, "No ship moved", "Few ships moved");
  await pilots.shows("Few ships moved");
  await desk.edit("content/about.md", "with care", "in haste");
  await about.shows("in haste");
  assert.deepEqual([grain.loads, pilots.loads, about.loads], [2, 2, 2]);
});

test("a save without a change loads nothing again", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("briefings/2024-11-04-grain/"));
  await desk.edit(GRAIN, "returned at noon", "returned at noon");
  await desk.edit(PILOTS, "No ship moved", "Few ships moved");
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.shows("returned at dusk");
  assert.equal(tab.loads, 2);
});

test("many saves at once end in the last of them", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("briefings/2024-11-04-grain/"));
  let shown = "returned at noon";
  for (let save = 1; save <= 40; save += 1) {
    await desk.edit(GRAIN, shown, `returned at hour ${save}.`);
    shown = `returned at hour ${save}.`;
  }
  await tab.shows("returned at hour 40.");
  assert.deepEqual(tab.wrong, []);
});

/** A page many screens long; the word at its end is what gets edited. */
const long = (word) => {
  const paragraphs = Array.from({ length: 300 }, (_, place) => `Paragraph ${place} of a long report.\n`);
  return `+++\ntitle = "Long"\ndate = 2024-11-06\nsummary = "Long."\n+++\n\n${paragraphs.join("\n")}\nIt ends ${word}.\n`;
};

for (const [where, share] of [["the middle", 0.5], ["the end", 1]]) {
  test(`a reader at ${where} of a long page stays there`, async (t) => {
    const desk = await Desk.open(t, { "content/briefings/2024-11-06-long.md": long("well") });
    const preview = await desk.serve();
    const tab = await (await someone(t)).open(preview.at("briefings/2024-11-06-long/"));
    const before = await tab.scroll(share);
    assert.ok(before > 1000, `scrolled to ${before} only`);
    for (const [old, word] of [["well", "fine"], ["fine", "good"], ["good", "calm"]]) {
      await desk.edit("content/briefings/2024-11-06-long.md", `ends ${old}`, `ends ${word}`);
      await tab.shows(`It ends ${word}.`);
      await tab.isAt(before);
    }
    assert.equal(tab.loads, 4);
  });
}

test("a reader of a long page stays there however quickly saves follow each other", async (t) => {
  const desk = await Desk.open(t, { "content/briefings/2024-11-06-long.md": long("at save 0") });
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("briefings/2024-11-06-long/"));
  const before = await tab.scroll(0.5);
  for (let save = 1; save <= 60; save += 1) {
    const started = tab.loads;
    await desk.edit("content/briefings/2024-11-06-long.md", `at save ${save - 1}.`, `at save ${save}.`);
    // The next save is to find the tab at another point of its way each time.
    if (save % 3 > 0) await until("the next load", () => tab.loads > started);
    if (save % 3 > 1) await tab.page.waitForLoadState("domcontentloaded");
  }
  await tab.shows("It ends at save 60.");
  await tab.isAt(before);
});

test("a reader who followed a link within the page and read on stays where they are", async (t) => {
  const desk = await Desk.open(t, { "content/briefings/2024-11-06-long.md": long("well") });
  const preview = await desk.serve();
  // Otherwise the page may still be gliding to where the link leads.
  const reader = await someone(t, { motion: "reduce" });
  const tab = await reader.open(preview.at("briefings/2024-11-06-long/#main"));
  const before = await tab.scroll(0.5);
  await desk.edit("content/briefings/2024-11-06-long.md", "ends well", "ends calm");
  await tab.shows("It ends calm.");
  await tab.isAt(before);
});

test("a changed picture is seen where it is shown, and nowhere else", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const grain = await reader.open(preview.at("briefings/2024-11-04-grain/"));
  const pilots = await reader.open(preview.at("briefings/2024-11-05-pilots/"));
  const width = () => grain.page.evaluate(() => document.querySelector("main img").naturalWidth);
  assert.equal(await width(), 40);
  await desk.edit("content/briefings/ships.svg", 'width="40"', 'width="80"');
  await until("the wider picture", async () => (await width()) === 80);
  await desk.edit(PILOTS, "No ship moved", "Few ships moved");
  await pilots.shows("Few ships moved");
  assert.deepEqual([grain.loads, pilots.loads], [2, 2]);
});

test("what the site lets browsers keep for a year is new in the preview all the same", async (t) => {
  const rules = "/*\n  Cache-Control: public, max-age=31536000, immutable\n";
  const desk = await Desk.open(t, { "content/_headers": rules });
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("briefings/2024-11-04-grain/"));
  await desk.edit("content/briefings/ships.svg", 'width="40"', 'width="80"');
  const width = () => tab.page.evaluate(() => document.querySelector("main img").naturalWidth);
  await until("the wider picture", async () => (await width()) === 80);
  await desk.edit("themes/site/static/marks.css", "3px", "7px");
  await until("the wider rule", async () => (await tab.style("h1", "borderBlockStartWidth")) === "7px");
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.shows("returned at dusk");
  await until("the wider rule again", async () => (await tab.style("h1", "borderBlockStartWidth")) === "7px");
  await tab.page.goto(preview.at("about/"));
  assert.equal(await tab.style("h1", "borderBlockStartWidth"), "7px");
});

test("a page that goes shows that it is gone, and comes back by itself", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const grain = await reader.open(preview.at("briefings/2024-11-04-grain/"));
  const list = await reader.open(preview.at("briefings/"));
  await desk.remove(GRAIN);
  await until("the status 404", () => grain.status === 404);
  await grain.hides("returned at noon");
  await list.hides("Grain talks resume");
  assert.equal(await grain.page.locator("main h1").count(), 1, "the site's own page for what is missing");
  await desk.write(GRAIN, '+++\ntitle = "Grain again"\ndate = 2024-11-04\nsummary = "Again."\n+++\n\nBack.\n');
  await grain.shows("Grain again");
  assert.equal(grain.status, 200);
  await list.shows("Grain again");
});

test("a tab on a topic that does not exist yet shows it once it does", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const topics = await reader.open(preview.at("topics/"));
  const weather = await reader.open(preview.at("topics/weather/"));
  assert.equal(weather.status, 404);
  await desk.edit(PILOTS, 'topics = ["Labour"]', 'topics = ["Labour", "Weather"]');
  await topics.shows("Weather");
  await weather.shows("Pilots strike for a day");
  assert.equal(weather.status, 200);
});

test("a renamed briefing leaves its old address and stands at the new one", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const old = await reader.open(preview.at("briefings/2024-11-05-pilots/"));
  const list = await reader.open(preview.at("briefings/"));
  await desk.write("content/briefings/2024-11-05-tugs.md", '+++\ntitle = "Tugs"\nsummary = "Tugs."\n+++\n\nTugs.\n');
  await desk.remove(PILOTS);
  await until("the status 404", () => old.status === 404);
  await list.shows("Tugs");
  await list.hides("Pilots strike");
  await list.page.getByRole("link", { name: "Tugs" }).click();
  await list.page.waitForURL(preview.at("briefings/2024-11-05-tugs/"));
});

test("a tab loads again by itself when the preview has been started anew", async (t) => {
  const desk = await Desk.open(t);
  const first = await desk.serve();
  const tab = await (await someone(t)).open(first.at("briefings/2024-11-04-grain/"));
  await first.stop();
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  const second = await desk.serve("--port", first.url.port);
  assert.equal(second.url.port, first.url.port);
  await tab.shows("returned at dusk");
  await desk.edit(GRAIN, "returned at dusk", "returned at night");
  await tab.shows("returned at night");
});

test("a site below a path is previewed below that path", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve("--base-url", "https://harbour.example/desk/");
  assert.equal(preview.url.pathname, "/desk/");
  const tab = await (await someone(t)).open(preview.url.href);
  await tab.page.getByRole("link", { name: "Grain talks resume" }).first().click();
  await tab.page.waitForURL(preview.at("briefings/2024-11-04-grain/"));
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.shows("returned at dusk");
  await desk.edit("themes/site/static/marks.css", "3px", "7px");
  await until("the wider rule", async () => (await tab.style("h1", "borderBlockStartWidth")) === "7px");
  assert.deepEqual(tab.wrong, []);
});
