// Judges the structured data of every page of a built site with two validators that know nothing of each other, and
// both of the vocabulary of schema.org.
//
//     node structured.mjs SITE_DIR VALIDATOR VOCABULARY
//
// VALIDATOR is the program schemaorg-validate with its profile of Google's rich results, VOCABULARY the list of schema.org
// that comes with it, which @adobe/structured-data-validator reads as well. Warnings count as faults. Every page but 404.html and
// redirects has one graph, in which no node is described twice.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import Validator from "@adobe/structured-data-validator";
import Extractor from "@marbec/web-auto-extractor";

import { pages } from "./site.mjs";

const [folder, program, vocabulary] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(vocabulary, "utf8"));
const faults = [];
const types = new Map();

/** What schemaorg-validate says of a page. */
function judged(path) {
  const args = ["--file", path, "--format", "text", "--no-color", "--severity", "warning"];
  try {
    execFileSync(program, args, { encoding: "utf8" });
    return [];
  } catch (error) {
    return `${error.stdout ?? error}`.split("\n").filter((line) => /ERROR|WARN|NOT ELIGIBLE/.test(line));
  }
}

let graphs = 0;
for (const page of await pages(folder)) {
  const html = readFileSync(join(folder, page), "utf8");
  const found = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)].map((match) => match[1]);
  const silent = page === "404.html" || html.includes('http-equiv="refresh"');
  if (found.length !== (silent ? 0 : 1)) faults.push(`${page}: ${found.length} graphs`);
  if (found.length === 0) continue;
  graphs += 1;
  const nodes = JSON.parse(found[0])["@graph"];
  for (const node of nodes) types.set(node["@type"], (types.get(node["@type"]) ?? 0) + 1);
  const ids = nodes.map((node) => node["@id"]).filter(Boolean);
  if (new Set(ids).size !== ids.length) faults.push(`${page}: a node is described twice`);
  faults.push(...judged(join(folder, page)).map((line) => `${page}: ${line.trim()}`));
  const extracted = new Extractor({ addLocation: true, embedSource: ["rdfa", "microdata"] }).parse(html);
  faults.push(...extracted.errors.map((error) => `${page}: ${error.message ?? error}`));
  for (const issue of await new Validator(schema).validate(extracted)) {
    const where = issue.path.map((step) => step.property ?? step.type).join(".");
    faults.push(`${page}: ${issue.severity} ${where}: ${issue.issueMessage}`);
  }
}

faults.forEach((fault) => console.error(fault));
console.log([...types].map(([type, count]) => `${count} ${type}`).join(", "));
console.log(`${graphs} graphs, ${faults.length} faults`);
process.exit(faults.length > 0 || graphs === 0 ? 1 : 0);
