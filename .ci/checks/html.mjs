// Judges every page with html-validate; the Nu checker runs beside it, from .ci/run.
//
//   node html.mjs SITE_DIR
//
// The recommended rules, less those below, each with its reason.

import { HtmlValidate } from "html-validate";
import { pages } from "./site.mjs";

const rules = {
  // The HTML standard takes either case; ours is lower case throughout.
  "doctype-style": ["error", { style: "lowercase" }],
  // Identifiers come from headings in any script and from the names of sources: HTML forbids only white space.
  "valid-id": ["error", { relaxed: true }],
  // A headline is as long as its news; search engines cut it where they like.
  "long-title": "off",
  // A wide table scrolls inside a labelled region: a <section> would say the same and add nothing.
  "prefer-native-element": ["error", { exclude: ["region"] }],
};

const [folder] = process.argv.slice(2);
const judge = new HtmlValidate({ root: true, extends: ["html-validate:recommended"], rules });
const files = await pages(folder);
let mistakes = 0;
for (const file of files) {
  const report = await judge.validateFile(`${folder}/${file}`);
  for (const message of report.results.flatMap((result) => result.messages)) {
    mistakes += 1;
    console.error(`${file}:${message.line}:${message.column}: ${message.message} [${message.ruleId}]`);
  }
}
console.log(`${files.length} pages, ${mistakes} mistakes`);
process.exitCode = files.length > 0 && mistakes === 0 ? 0 : 1;
