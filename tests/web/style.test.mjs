// What an edited style sheet does to a tab: under a fixed name it is swapped in place; under a hashed name every page
// that links it is another page, so these load again and stay where they were.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "./desk.mjs";
import { inBrowser, someone } from "./tab.mjs";
import { until } from "./until.mjs";

inBrowser();

const STATIC = "themes/site/static/marks.css";

test("a style sheet with a fixed name is swapped, and the page does not load again", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const tabs = [await reader.open(preview.at("about/")), await reader.open(preview.at("briefings/2024-11-04-grain/"))];
  for (const tab of tabs) {
    assert.equal(await tab.style("h1", "borderBlockStartColor"), "rgb(10, 20, 30)");
    await tab.mark();
  }
  for (const [old, next] of [["10, 20, 30", "40, 50, 60"], ["40, 50, 60", "70, 80, 90"]]) {
    await desk.edit(STATIC, old, next);
    for (const tab of tabs) {
      const there = async () => (await tab.style("h1", "borderBlockStartColor")) === `rgb(${next})`;
      await until(`the colour ${next}`, there);
    }
  }
  for (const tab of tabs) {
    await until("one link to it", async () => (await tab.page.locator('link[href*="marks.css"]').count()) === 1);
    assert.ok(await tab.marked(), "the page is still the same one");
    assert.equal(tab.loads, 1);
    assert.deepEqual(tab.wrong, []);
  }
});

test("between the old style and the new one the page is never bare", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("about/"));
  await tab.page.evaluate(() => {
    window.seen = new Set();
    const look = () => {
      window.seen.add(getComputedStyle(document.querySelector("h1")).borderBlockStartWidth);
      requestAnimationFrame(look);
    };
    look();
  });
  await desk.edit(STATIC, "3px", "7px");
  await until("the wider rule", () => tab.page.evaluate(() => window.seen.has("7px")));
  assert.deepEqual(await tab.page.evaluate(() => [...window.seen].sort()), ["3px", "7px"]);
});

test("a swapped style sheet keeps the place that it has among the others", async (t) => {
  const desk = await Desk.open(t, { "themes/site/static/later.css": "h1 { border-block-start-width: 5px; }\n" });
  await desk.edit(
    "themes/site/templates/base.html",
    "{%- endblock head %}",
    '<link rel="stylesheet" href="{{ "/later.css" | url }}">\n{%- endblock head %}',
  );
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("about/"));
  assert.equal(await tab.style("h1", "borderBlockStartWidth"), "5px");
  await desk.edit(STATIC, "3px solid rgb(10, 20, 30)", "7px solid rgb(40, 50, 60)");
  const there = async () => (await tab.style("h1", "borderBlockStartColor")) === "rgb(40, 50, 60)";
  await until("the new colour", there);
  assert.equal(await tab.style("h1", "borderBlockStartWidth"), "5px");
});

test("a style sheet with a hashed name changes all pages: they load again, and the reader stays where they were", async (t) => {
  const desk = await Desk.open(t);
  const text = Array.from({ length: 200 }, (_, place) => `Paragraph ${place}.\n`).join("\n");
  await desk.write("content/about.md", `+++\ntitle = "About"\nsummary = "Long."\n+++\n\n${text}`);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("about/"));
  const before = await tab.scroll(0.5);
  await desk.edit("themes/site/assets/desk.css", "1px", "3px");
  await until("the wider name", async () => (await tab.style(".masthead .name", "letterSpacing")) === "3px");
  await tab.isAt(before);
  await tab.shows("Paragraph 199.");
  assert.equal(await tab.page.locator('link[href*="/desk."]').count(), 1);
  assert.deepEqual(tab.wrong, []);
});

test("an edited template is seen at once", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("about/"));
  await desk.edit(
    "themes/site/templates/base.html",
    "{%- endblock head %}",
    "{%- endblock head %}\n{% block banner %}<p>Printed daily</p>{% endblock banner %}",
  );
  await tab.shows("Printed daily");
  assert.deepEqual(tab.wrong, []);
});
