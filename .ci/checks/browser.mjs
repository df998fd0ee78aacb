// Reads every page as a browser does, under a strict Content-Security-Policy and with scripts switched off.
//
//   node browser.mjs SITE_DIR BASE_PATH
//
// On a phone and on a desktop each page answers 200, logs nothing, asks no other origin for anything, gets all it
// asks for, shows one heading of the first level, and never scrolls sideways.

import { readFile } from "node:fs/promises";
import { pages } from "./site.mjs";
import { WIDTHS, browse } from "./tab.mjs";

/** What sticks out at the side, if the page scrolls that way; runs in the page. */
const sideways = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return undefined;
  const wide = [...document.body.querySelectorAll("*")].filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return left < -1 || right > clientWidth + 1;
  });
  return `${scrollWidth} px, for ${wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 80)).join(" ")}`;
};

const folder = process.argv[2];
const paths = [];
for (const file of await pages(folder)) {
  // A redirect would be gone before it could be looked at; the check of links knows where it leads.
  const html = await readFile(`${folder}/${file}`, "utf8");
  if (!html.includes('http-equiv="refresh"')) paths.push(file.replace(/(^|\/)index\.html$/, "$1"));
}

await browse(process.argv.slice(2), async (open) => {
  const sweep = async (width) => {
    const { page, go, note, close } = await open({ width, scripts: false });
    for (const path of paths) {
      await go(path);
      const wide = await page.evaluate(sideways);
      if (wide) note(`scrolls sideways: ${wide}`);
      if ((await page.locator("h1").count()) !== 1) note("has not one h1");
    }
    await close();
  };
  await Promise.all(WIDTHS.map(sweep));
  if (paths.length === 0) throw new Error(`no pages in ${folder}`);
  return `${paths.length} pages at ${WIDTHS.length} widths`;
});
