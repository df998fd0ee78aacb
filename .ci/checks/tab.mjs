// A browser tab on the built site that notes what goes wrong in it: the ground both browser checks stand on.

import { chromium } from "playwright-core";
import { serve } from "./site.mjs";

/** The two widths everything is looked at: a phone and a desktop. */
export const WIDTHS = [390, 1280];

/** Serves a folder, hands `work` a way to open tabs, and ends the process with what was found. */
export async function browse([folder, base = "/"], work) {
  const server = await serve(folder, base);
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const faults = new Set();
  const done = await work((options) => open(browser, { origin, base, faults }, options));
  await browser.close();
  server.close();
  for (const fault of [...faults].sort()) console.error(fault);
  console.log(`${done}, ${faults.size} faults`);
  process.exitCode = faults.size === 0 ? 0 : 1;
}

/** Opens a tab; its `go` shows a page of the site and takes note if the answer is not the expected one. */
async function open(browser, { origin, base, faults }, { width, scheme = "light", scripts = true }) {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  let shown;
  const note = (what) => faults.add(`/${shown} at ${width} px, ${scheme}: ${what}`);
  const go = async (path, status = 200) => {
    shown = path;
    const response = await page.goto(`${origin}${base}${path}`);
    if (response.status() !== status) note(`answers ${response.status()}`);
  };
  const own = (url) => url === `${origin}${base}${shown}`;
  page.on("console", (message) => {
    // A page that is meant to be missing is logged as missing: `go` has judged its status.
    if (!own(message.location().url)) note(`console: ${message.text()}`);
    else if (!message.text().includes("404")) note(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => note(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) note(`asks another origin for ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    // The icon is still on its way when the next page is opened.
    if (request.failure().errorText !== "net::ERR_ABORTED") note(`request failed: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() !== 200 && !own(response.url())) note(`${response.status()}: ${response.url()}`);
  });
  return { page, go, note, close: () => context.close() };
}
