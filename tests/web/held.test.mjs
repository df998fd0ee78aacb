// What is not public yet: labelled in the preview, absent where the public looks, and there at its instant.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "./desk.mjs";
import { LOOKS, inBrowser, someone } from "./tab.mjs";
import { until } from "./until.mjs";

inBrowser();

const DRAFT = {
  "content/briefings/2024-11-06-draft.md":
    '+++\ntitle = "Unfinished business"\ndate = 2024-11-06\nsummary = "A draft."\ndraft = true\n+++\n\nTo be written.\n',
};
// 09:00 in Kyiv is 07:00 UTC.
const EMBARGO = {
  "content/briefings/2024-12-09-call.md":
    '+++\ntitle = "The call"\ndate = 2024-12-09T08:00:00\nembargo = 2024-12-09T09:00:00\nsummary = "A call."\n+++\n\nThey spoke.\n',
};
const HOUR_BEFORE = "2024-12-09T06:00:00Z";
const JUST_BEFORE = "2024-12-09T06:59:58Z";

for (const { width, scheme } of LOOKS) {
  test(`what is held back carries its label at ${width} px in ${scheme}`, async (t) => {
    const desk = await Desk.open(t, { ...DRAFT, ...EMBARGO });
    const preview = await desk.serve("--now", HOUR_BEFORE);
    const reader = await someone(t, { width, scheme });
    const draft = await reader.open(preview.at("briefings/2024-11-06-draft/"));
    await draft.shows("To be written.");
    const label = draft.page.getByRole("status").filter({ hasText: /draft/i });
    const { y, height } = await label.boundingBox();
    assert.ok(y + height < 400, `the label is at ${y} px, out of sight`);
    const call = await reader.open(preview.at("briefings/2024-12-09-call/"));
    const held = await call.page.getByRole("status").filter({ hasText: /embargo/i }).innerText();
    assert.match(held, /9 December 2024.*09:00/s);
    const list = await reader.open(preview.at("briefings/"));
    const entry = (title) => list.page.locator("article", { hasText: title }).innerText();
    assert.match(await entry("Unfinished business"), /draft/i);
    assert.match(await entry("The call"), /embargo/i);
    assert.doesNotMatch(await entry("Grain talks"), /draft|embargo/i);
    const home = await reader.open(preview.at(""));
    for (const [name, tab] of Object.entries({ draft, call, list, home })) {
      assert.deepEqual(await tab.barriers(`${name}-${width}-${scheme}`), []);
      assert.deepEqual(tab.wrong, []);
    }
  });
}

test("a draft that is finished loses its label", async (t) => {
  const desk = await Desk.open(t, DRAFT);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at("briefings/2024-11-06-draft/"));
  const label = tab.page.getByRole("status").filter({ hasText: /draft/i });
  await label.waitFor();
  await desk.edit("content/briefings/2024-11-06-draft.md", "draft = true\n", "");
  await until("a page without the label", async () => (await label.count()) === 0);
  await tab.shows("To be written.");
});

test("the public sees no draft, in any list", async (t) => {
  const desk = await Desk.open(t, { ...DRAFT, ...EMBARGO });
  const preview = await desk.serve("--public", "--now", HOUR_BEFORE);
  const reader = await someone(t);
  for (const path of ["briefings/2024-11-06-draft/", "briefings/2024-12-09-call/"]) {
    const tab = await reader.open(preview.at(path));
    assert.equal(tab.status, 404, path);
  }
  for (const path of ["", "briefings/", "briefings/2024/"]) {
    const tab = await reader.open(preview.at(path));
    await tab.shows("Grain talks resume");
    const text = await tab.text();
    assert.doesNotMatch(text, /Unfinished business|The call|draft|embargo|preview/i);
    assert.deepEqual(tab.wrong, []);
  }
});

test("an embargo lifts in the open tabs by itself, at its instant", async (t) => {
  const desk = await Desk.open(t, EMBARGO);
  const preview = await desk.serve("--public", "--now", JUST_BEFORE);
  const reader = await someone(t);
  const call = await reader.open(preview.at("briefings/2024-12-09-call/"));
  const list = await reader.open(preview.at("briefings/"));
  await call.shows("They spoke.");
  await list.shows("The call");
});

test("in the preview the label goes when the embargo lifts", async (t) => {
  const desk = await Desk.open(t, EMBARGO);
  const preview = await desk.serve("--now", JUST_BEFORE);
  const tab = await (await someone(t)).open(preview.at("briefings/2024-12-09-call/"));
  await tab.shows("They spoke.");
  const label = tab.page.getByRole("status").filter({ hasText: /embargo/i });
  await until("a page without the label", async () => (await label.count()) === 0);
});
