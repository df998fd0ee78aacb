// Holds axe-core against a representative set of pages: WCAG 2.2 AA and best practice, phone and desktop, light and
// dark, under the strict Content-Security-Policy.
//
//   node accessibility.mjs SITE_DIR BASE_PATH [PICTURES_DIR]
//
// With PICTURES_DIR each of them is photographed too, for what no program can judge.

import { mkdir, readFile } from "node:fs/promises";
import { WIDTHS, browse } from "./tab.mjs";

const AXE = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCHEMES = ["light", "dark"];

// Every template, language and state once. A page that moves must be named anew here, or the check fails: better
// than a set that shrinks in silence.
const SET = {
  home: "",
  "home-arabic": "ar/",
  "home-ukrainian": "uk/",
  list: "briefings/",
  "list-numbered": "briefings/page/2/",
  year: "briefings/2024/",
  month: "briefings/2024/12/",
  terms: "topics/",
  term: "topics/diplomacy/",
  people: "people/",
  person: "people/volodymyr-zelenskyy/",
  series: "series/morning-brief/",
  briefing: "briefings/2024-12-09-nato-invitation/",
  "briefing-ukrainian": "uk/briefings/2024-12-09-nato-invitation/",
  "briefing-arabic": "ar/briefings/2024-08-14-mpox-emergency/",
  "briefing-picture": "briefings/2025-03-30-mandalay-earthquake/",
  "briefing-corrected": "briefings/2024-08-01-eu-ai-act-in-force/",
  "advisory-code": "advisories/2024-03-30-xz-backdoor/",
  "advisory-expired": "advisories/2024-07-20-crowdstrike-outage/",
  about: "about/",
  missing: "no/such/page/",
};

const pictures = process.argv[4];
if (pictures) await mkdir(pictures, { recursive: true });

await browse(process.argv.slice(2, 4), async (open) => {
  const judge = async (width, scheme) => {
    const { page, go, note, close } = await open({ width, scheme });
    for (const [name, path] of Object.entries(SET)) {
      await go(path, name === "missing" ? 404 : 200);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
      for (const { id, help, nodes } of violations) note(`${id}: ${help}: ${nodes[0].html}`);
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${width}-${scheme}.png`, fullPage: true });
    }
    await close();
  };
  await Promise.all(WIDTHS.flatMap((width) => SCHEMES.map((scheme) => judge(width, scheme))));
  return `${Object.keys(SET).length} pages at ${WIDTHS.length} widths in ${SCHEMES.length} colour schemes`;
});
