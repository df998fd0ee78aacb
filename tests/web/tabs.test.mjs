// More tabs than a browser has connections for one host (six): none may wait for another to be closed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "./desk.mjs";
import { inBrowser, someone } from "./tab.mjs";

inBrowser();

const GRAIN = "content/briefings/2024-11-04-grain.md";
const HERE = "briefings/2024-11-04-grain/";

for (const count of [2, 12]) {
  test(`${count} tabs on one page all show what is saved`, async (t) => {
    const desk = await Desk.open(t);
    const preview = await desk.serve();
    const reader = await someone(t);
    const tabs = [];
    for (let number = 1; number <= count; number += 1) tabs.push(await reader.open(preview.at(HERE)));
    await desk.edit(GRAIN, "returned at noon", "returned at dusk");
    for (const tab of tabs) await tab.shows("returned at dusk");
    await desk.edit(GRAIN, "summary =", "sumary =");
    for (const tab of tabs) await tab.complains("sumary");
    await desk.edit(GRAIN, "sumary =", "summary =");
    for (const tab of tabs) await tab.calms();
    for (const tab of tabs) assert.deepEqual(tab.wrong, []);
  });
}

test("tabs behind others show what was saved meanwhile when they come to the front", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const behind = [];
  for (let number = 1; number <= 8; number += 1) {
    const tab = await reader.open(preview.at(HERE));
    await tab.place("hidden");
    behind.push(tab);
  }
  const front = await reader.open(preview.at(HERE));
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await front.shows("returned at dusk");
  await front.place("hidden");
  for (const tab of behind) {
    await tab.place("visible");
    await tab.shows("returned at dusk");
    await tab.place("hidden");
  }
});

test("a tab behind others is told of a mistake, or of its mending, when it comes to the front", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const [first, second] = [await reader.open(preview.at("about/")), await reader.open(preview.at("about/"))];
  await desk.edit(GRAIN, "summary =", "sumary =");
  for (const tab of [first, second]) await tab.complains("sumary");
  await first.place("hidden");
  await desk.edit(GRAIN, "sumary =", "summary =");
  await second.calms();
  await first.place("visible");
  await first.calms();
  await first.place("hidden");
  await desk.edit(GRAIN, "summary =", "sumary =");
  await second.complains("sumary");
  await first.place("visible");
  await first.complains("sumary");
});

test("closing a tab leaves the others in touch", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const reader = await someone(t);
  const [first, second, third] = [
    await reader.open(preview.at(HERE)),
    await reader.open(preview.at(HERE)),
    await reader.open(preview.at(HERE)),
  ];
  await first.page.close();
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  for (const tab of [second, third]) await tab.shows("returned at dusk");
  await second.page.close();
  await desk.edit(GRAIN, "returned at dusk", "returned at night");
  await third.shows("returned at night");
});

test("a tab that went elsewhere and back is in touch", async (t) => {
  const desk = await Desk.open(t);
  const preview = await desk.serve();
  const tab = await (await someone(t)).open(preview.at(HERE));
  await tab.page.goto(preview.at("about/"));
  await desk.edit(GRAIN, "returned at noon", "returned at dusk");
  await tab.page.goBack();
  await tab.shows("returned at dusk");
  await desk.edit(GRAIN, "returned at dusk", "returned at night");
  await tab.shows("returned at night");
});
