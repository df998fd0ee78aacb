// Mistakes as the writer sees them: over the last good page, with file, line and column, until they are mended.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "./desk.mjs";
import { LOOKS, inBrowser, someone } from "./tab.mjs";
import { until } from "./until.mjs";

inBrowser();

const GRAIN = "content/briefings/2024-11-04-grain.md";
const HERE = "briefings/2024-11-04-grain/";
const BASE = "themes/site/templates/base.html";

test("a mistake in the front matter is told over the last good page, and goes when it is mended", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await desk.edit(GRAIN, "summary =", "sumary =");
  await tab.complains("unknown key `sumary`");
  const told = await tab.overlay.innerText();
  assert.match(told, /2024-11-04-grain\.md:4:1\b/);
  assert.match(told, /did you mean `summary`/);
  assert.match(told, /sumary = "The envoy returns to the table\."/);
  await tab.shows("returned at noon");
  await desk.edit(GRAIN, "sumary =", "summary =");
  await tab.calms();
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.shows("returned at dusk");
  assert.deepEqual(tab.wrong, []);
});

test("what was written while the mistake stood is seen once it is mended", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await desk.edit(GRAIN, "summary =", "sumary =");
  await tab.complains("sumary");
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await desk.edit(GRAIN, "sumary =", "summary =");
  await tab.shows("returned at dusk");
  await tab.calms();
});

test("beside a mistake the other pages go on", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("about/"));
  await desk.edit(GRAIN, "summary =", "sumary =");
  await tab.complains("sumary");
  await desk.edit("content/about.md", "with care", "in haste");
  await tab.shows("in haste");
  await tab.complains("sumary");
});

test("a mistake in a template is told with the chain that led to it", async (t) => {
  const desk = await Desk.open(t, { "themes/site/templates/weather.html": "<p>\nFair</p>\n" });
  await desk.edit(BASE, "{%- endblock head %}", '{%- endblock head %}\n{% block banner %}{% include "weather.html" %}{% endblock banner %}');
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await tab.shows("Fair");
  await desk.write("themes/site/templates/weather.html", "<p>\n{{ here.title + 1 }}</p>\n");
  await tab.complains("themes/site/templates/weather.html:2:4");
  const told = await tab.overlay.innerText();
  assert.match(told, /themes\/site\/templates\/base\.html:\d+:\d+/);
  assert.match(told, /while making/);
  await tab.shows("Fair");
  await desk.write("themes/site/templates/weather.html", "<p>\nStormy</p>\n");
  await tab.shows("Stormy");
  await tab.calms();
});

test("a template that cannot be read is told, and mending it is enough", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await desk.edit(BASE, "{%- endblock head %}", "{% if here %}{%- endblock head %}");
  await tab.complains("themes/site/templates/base.html:");
  await tab.shows("returned at noon");
  await desk.edit(BASE, "{% if here %}{%- endblock head %}", "{%- endblock head %}");
  await tab.calms();
});

test("a mistake in the settings is told, and mending it is enough", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await desk.edit("site.toml", "timezone =", "time_zone =");
  await tab.complains("site.toml:");
  await tab.shows("returned at noon");
  await desk.edit("site.toml", "time_zone =", "timezone =");
  await tab.calms();
  await desk.edit("site.toml", 'title = "Harbour Desk"', 'title = "Port Desk"');
  await tab.shows("Port Desk");
});

test("a warning alone is no overlay", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await desk.edit(GRAIN, 'summary = "The envoy returns to the table."\n', "");
  await until("the warning in the terminal", () => preview.said.includes("warning"));
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.shows("returned at dusk");
  assert.equal(await tab.overlay.count(), 0);
});

test("a tab that is opened while a mistake stands is told at once", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const first = await reader.open(preview.at(HERE));
  await desk.edit(GRAIN, "summary =", "sumary =");
  await first.complains("sumary");
  const second = await reader.open(preview.at("about/"));
  await second.complains("2024-11-04-grain.md:4:1");
  const missing = await reader.open(preview.at("no/such/page/"));
  await missing.complains("2024-11-04-grain.md:4:1");
  await desk.edit(GRAIN, "sumary =", "summary =");
  for (const tab of [first, second, missing]) await tab.calms();
});

test("a preview that starts with mistakes shows them, and the site once they are mended", async (t) => {
  const desk = await Desk.open(t);
  await desk.edit("site.toml", "timezone =", "time_zone =");
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await tab.complains("site.toml:");
  await desk.edit("site.toml", "time_zone =", "timezone =");
  await tab.shows("09:00 Kyiv");
  await tab.calms();
});

test("a page that could never be made says so, and appears by itself", async (t) => {
  const desk = await Desk.open(t);
  const broken = "{{ here.title + 1 }}{%- endblock head %}";
  await desk.edit(BASE, "{%- endblock head %}", broken);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  assert.equal(tab.status, 503);
  await tab.complains("base.html:");
  assert.deepEqual(await tab.barriers("waiting"), []);
  await desk.edit(BASE, broken, "{%- endblock head %}");
  await tab.shows("returned at noon");
  await tab.calms();
});

test("the style of the page does not reach the overlay", async (t) => {
  const page = "html { font-size: 6px; } * { font-size: 6px !important; color: white !important; visibility: hidden; }\n";
  const desk = await Desk.open(t, { "themes/site/static/marks.css": page });
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await desk.edit(GRAIN, "summary =", "sumary =");
  await tab.complains("sumary");
  const look = await tab.overlay.locator("section p").first().evaluate((text) => {
    const { fontSize, color, visibility } = getComputedStyle(text);
    return { fontSize, color, visibility };
  });
  assert.deepEqual(look, { fontSize: "16px", color: "rgb(26, 26, 26)", visibility: "visible" });
});

test("the overlay is reached by keyboard, takes no focus by itself, and Escape hides it", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  const focused = () =>
    tab.page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return { tag: element?.tagName, within: Boolean(element?.getRootNode()?.host) };
    });
  await tab.page.getByRole("link", { name: "About" }).first().focus();
  await desk.edit(GRAIN, "summary =", "sumary =");
  await tab.complains("sumary");
  assert.deepEqual(await focused(), { tag: "A", within: false });
  await until("the focus in the overlay", async () => {
    await tab.page.keyboard.press("Tab");
    return (await focused()).within;
  });
  await tab.page.keyboard.press("Escape");
  await tab.calms();
  // Another mistake is told again, and the button closes it as well.
  await desk.edit(GRAIN, "date =", "datum =");
  await tab.complains("datum");
  await tab.overlay.getByRole("button").press("Enter");
  await tab.calms();
  await desk.edit(GRAIN, "datum =", "date =");
  await desk.edit(GRAIN, "sumary =", "summary =");
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.shows("returned at dusk");
  await tab.calms();
});

test("what a mistake quotes is shown as text and never runs", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  const hostile = `"<img src=x onerror=window.ran=1><script>window.ran=1</script>" = 1`;
  await desk.edit(GRAIN, "summary =", `${hostile}\nsummary =`);
  await tab.complains("<script>window.ran=1</script>");
  assert.equal(await tab.page.evaluate(() => window.ran), undefined);
  assert.equal(await tab.overlay.locator("img, script").count(), 0);
});

for (const { width, scheme } of LOOKS) {
  test(`the overlay is accessible at ${width} px in ${scheme}`, async (t) => {
    const desk = await Desk.open(t);
    const preview = await desk.serve();
    const tab = await (await someone(t, { width, scheme })).open(preview.at(HERE));
    await desk.edit(GRAIN, "summary =", "sumary =");
    await desk.edit("content/about.md", "with care", "in a line that leaves any phone, with [care](nowhere.md) and with haste");
    await tab.complains("sumary");
    await tab.complains("nowhere.md");
    assert.deepEqual(await tab.barriers(`overlay-${width}-${scheme}`), []);
    const { x, width: breadth } = await tab.overlay.boundingBox();
    assert.ok(x >= 0 && x + breadth <= width, `from ${x}, ${breadth} px`);
    const wrong = await tab.overlay.locator("mark", { hasText: "nowhere.md" }).boundingBox();
    assert.ok(wrong.x >= 0 && wrong.x + wrong.width <= width, "what is wrong is in sight");
  });
}
