// Pages that forbid scripts, styles and connections: the preview works on them, and what they forbid stays forbidden.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "./desk.mjs";
import { inBrowser, someone } from "./tab.mjs";
import { until } from "./until.mjs";

inBrowser();

const NOTHING = "default-src 'none'; script-src 'none'";
// The strictest policy that the default theme promises to live with.
const STRICT =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A template of pages that carries a policy in its head, and scripts of its own that the policy forbids. */
const forbidding = (policy) => `{% extends "bulletin/page.html" %}
{% block head %}<meta http-equiv="Content-Security-Policy" content="${policy}">{{ super() }}
<script>window.inline = true;</script><script src="{{ "/own.js" | url }}"></script>
<link rel="stylesheet" href="{{ "/marks.css" | url }}">{% endblock head %}
`;
const OWN = "window.fromFile = true;\n";

/** Edits a page, makes a mistake in it and mends it; the tab follows, and the page's scripts never run. */
async function follows(tab, desk) {
  await desk.edit("content/about.md", "with care", "in haste");
  await tab.shows("in haste");
  await desk.edit("content/about.md", "summary =", "sumary =");
  await tab.complains("content/about.md:3:1");
  assert.equal(await tab.overlay.evaluate((panel) => getComputedStyle(panel).position), "fixed", "it has its style");
  await tab.page.keyboard.press("Escape");
  await tab.calms();
  await desk.edit("content/about.md", "sumary =", "summary =");
  await desk.edit("content/about.md", "in haste", "at leisure");
  await tab.shows("at leisure");
  assert.deepEqual(await tab.page.evaluate(() => [window.inline, window.fromFile]), [undefined, undefined]);
}

const POLICIES = [
  NOTHING,
  "default-src 'none'",
  "script-src 'sha256-AAAA'; connect-src 'none'",
  "script-src-elem 'none'; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "script-src 'nonce-abc' 'strict-dynamic'; upgrade-insecure-requests",
  STRICT,
];

for (const policy of POLICIES) {
  test(`a page whose head says ${policy}`, async (t) => {
    const desk = await Desk.open(t, { "themes/site/templates/page.html": forbidding(policy), "content/own.js": OWN });
    const preview = await desk.serve();
    await follows(await (await someone(t)).open(preview.at("about/")), desk);
  });

  test(`a page whose header says ${policy}`, async (t) => {
    const desk = await Desk.open(t, {
      "themes/site/templates/page.html": forbidding("img-src *"),
      "content/own.js": OWN,
      "content/_headers": `/*\n  Content-Security-Policy: ${policy}\n`,
    });
    const preview = await desk.serve();
    await follows(await (await someone(t)).open(preview.at("about/")), desk);
  });
}

test("a page that allows its own scripts keeps them", async (t) => {
  const policy = "default-src 'none'; script-src 'self'; style-src 'self'";
  const desk = await Desk.open(t, { "themes/site/templates/page.html": forbidding(policy), "content/own.js": OWN });
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("about/"));
  assert.deepEqual(await tab.page.evaluate(() => [window.inline, window.fromFile]), [undefined, true]);
  await desk.edit("content/own.js", "true", '"anew"');
  await until("the edited script", () => tab.page.evaluate(() => window.fromFile === "anew"));
});

test("a page under the strictest policy logs nothing", async (t) => {
  const desk = await Desk.open(t, { "content/_headers": `/*\n  Content-Security-Policy: ${STRICT}\n` });
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("about/"));
  await desk.edit("content/about.md", "summary =", "sumary =");
  await tab.complains("content/about.md:3:1");
  await desk.edit("themes/site/static/marks.css", "3px", "7px");
  await until("the wider rule", async () => (await tab.style("h1", "borderBlockStartWidth")) === "7px");
  assert.deepEqual(tab.wrong, []);
});
