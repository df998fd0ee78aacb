// Tabs of headless Chromium, each noting what goes wrong in it.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { until } from "./until.mjs";

// The browser's driver is installed with the other checks.
const { chromium } = createRequire(new URL("../../.ci/package.json", import.meta.url))("playwright-core");

const AXE = await readFile(new URL("../../.ci/node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Every look: a phone and a desktop, in light and in dark. */
export const LOOKS = [390, 1280].flatMap((width) => ["light", "dark"].map((scheme) => ({ width, scheme })));

// $PICTURES names a folder for what no program can judge.
const pictures = process.env.PICTURES;
if (pictures) await mkdir(pictures, { recursive: true });

let browser;

/** One browser for all tests of a file: call it once at the top. */
export function inBrowser() {
  before(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
  });
  after(() => browser.close());
}

/** A window with an identity of its own, in which tabs are opened; it closes with the test. */
export async function someone(test, { width = 1280, scheme = "light", motion = "no-preference" } = {}) {
  const viewport = { width, height: 844 };
  const context = await browser.newContext({ viewport, colorScheme: scheme, reducedMotion: motion });
  test.after(() => context.close());
  await context.addInitScript(opened);
  return {
    context,
    open: (url) => Tab.open(context, url),
  };
}

/** Opens shadow roots that pages close, so that a test sees into them; runs in the page, before its scripts. */
function opened() {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    return attach.call(this, { ...options, mode: "open" });
  };
}

/** What a tab says or asks for that it should not. */
class Tab {
  constructor(page) {
    this.page = page;
    this.loads = 0;
    this.wrong = [];
    this.status = undefined;
  }

  static async open(context, url) {
    const tab = new Tab(await context.newPage());
    const origin = new URL(url).origin;
    const { page, wrong } = tab;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (request.isNavigationRequest()) tab.loads += 1;
      if (!request.url().startsWith(`${origin}/`)) wrong.push(`asks a stranger: ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.request().isNavigationRequest()) tab.status = response.status();
    });
    await page.goto(url);
    return tab;
  }

  /** Waits until the page's text holds these words. */
  async shows(words) {
    await until(`${JSON.stringify(words)} in ${this.page.url()}`, async () => (await this.text()).includes(words));
  }

  /** Waits until the page's text does not hold these words any more. */
  async hides(words) {
    const gone = async () => !(await this.text()).includes(words);
    await until(`${this.page.url()} without ${JSON.stringify(words)}`, gone);
  }

  text() {
    return this.page.evaluate(() => document.body?.innerText ?? "");
  }

  /** Leaves something in the page's memory that a reload takes away. */
  async mark() {
    await this.page.evaluate(() => (window.mark = true));
  }

  /** Scrolls at once to a share of what can be scrolled, and resolves to the place in pixels. */
  scroll(share) {
    return this.page.evaluate((share) => {
      const { scrollHeight, clientHeight } = document.documentElement;
      scrollTo({ top: (scrollHeight - clientHeight) * share, behavior: "instant" });
      return scrollY;
    }, share);
  }

  /** Waits until the page is scrolled to a place. */
  async isAt(place) {
    const near = async () => Math.abs((await this.page.evaluate(() => window.scrollY)) - place) <= 1;
    await until(`${this.page.url()} at ${place} px`, near);
  }

  marked() {
    return this.page.evaluate(() => window.mark === true);
  }

  /** A computed property of the first element that fits. */
  style(selector, property) {
    const read = ([selector, property]) => {
      const element = document.querySelector(selector);
      return element && getComputedStyle(element)[property];
    };
    return this.page.evaluate(read, [selector, property]);
  }

  /** Puts the tab behind others, or in front again. Headless tabs always believe to be in front, so they are told. */
  place(state) {
    return this.page.evaluate((state) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
      Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  }

  /** What keeps people out of the page as it is, and what leaves it at the side; a picture is taken if wanted. */
  async barriers(name) {
    if (pictures) await this.page.screenshot({ path: `${pictures}/${name}.png` });
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    return [
      ...violations.map(({ help, nodes }) => `${help}: ${nodes[0].html}`),
      ...(wide > 0 ? [`the page is ${wide} px too wide`] : []),
    ];
  }

  /** The overlay that tells of mistakes, whether it is there or not. */
  get overlay() {
    return this.page.getByRole("dialog");
  }

  /** Waits until the overlay says these words. */
  async complains(words) {
    await until(`${JSON.stringify(words)} over ${this.page.url()}`, async () => {
      return (await this.overlay.count()) === 1 && (await this.overlay.innerText()).includes(words);
    });
  }

  /** Waits until there is no overlay. */
  async calms() {
    await until(`no overlay over ${this.page.url()}`, async () => !(await this.overlay.isVisible()));
  }
}
