// A small site in a folder of its own, and `bulletin serve` on it: what a writer has before the browser is opened.

import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { until } from "./until.mjs";

const SITE = new URL("site", import.meta.url).pathname;
const REPOSITORY = new URL("../..", import.meta.url).pathname;

/** The program that is tried: $BULLETIN, or what `cargo build` made. */
const PROGRAM =
  process.env.BULLETIN ?? join(process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, "target"), "debug/bulletin");

/** The site of `tests/web/site`, copied for one test, to be edited at will. */
export class Desk {
  constructor(root) {
    this.root = root;
    this.previews = [];
  }

  /** Copies the site; `files` are written over it. When the test ends, all of it goes. */
  static async open(test, files = {}) {
    const desk = new Desk(await mkdtemp(join(tmpdir(), "bulletin-web-")));
    test.after(() => desk.close());
    await cp(SITE, desk.root, { recursive: true });
    for (const [path, text] of Object.entries(files)) await desk.write(path, text);
    return desk;
  }

  /** Saves a file as editors do: written beside its place, then renamed. */
  async write(path, text) {
    const place = join(this.root, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(`${place}~`, text);
    await rename(`${place}~`, place);
  }

  /** Replaces `old` in a file, which must be there. */
  async edit(path, old, text) {
    const before = await readFile(join(this.root, path), "utf8");
    if (!before.includes(old)) throw new Error(`${path} does not hold ${old}`);
    await this.write(path, before.replace(old, () => text));
  }

  remove(path) {
    return rm(join(this.root, path), { recursive: true });
  }

  async close() {
    await Promise.all(this.previews.map((preview) => preview.stop()));
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Starts the preview and waits until it says its address; it ends with the test. */
  async serve(...options) {
    const preview = new Preview(this.root, options);
    this.previews.push(preview);
    await preview.started();
    return preview;
  }
}

/** A running `bulletin serve`. */
class Preview {
  constructor(root, options) {
    this.said = "";
    const port = options.includes("--port") ? [] : ["--port", "0"];
    this.process = spawn(PROGRAM, ["serve", "--root", root, ...port, ...options]);
    this.process.on("error", (error) => (this.said += `${error}\n`));
    this.ended = new Promise((resolve) => this.process.once("close", resolve));
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.said += text));
    }
    // A run that is cut off leaves no program behind.
    this.kill = () => this.process.kill("SIGKILL");
    process.once("exit", this.kill);
  }

  async started() {
    const found = await until("the address in the terminal", () => {
      if (this.process.pid === undefined || this.process.exitCode !== null) throw new Error(`serve ended:\n${this.said}`);
      return /http:\/\/\S+/.exec(this.said);
    });
    this.url = new URL(found[0]);
  }

  /** The address of a path below the site's base. */
  at(path) {
    return new URL(path, this.url).href;
  }

  async stop() {
    process.off("exit", this.kill);
    this.kill();
    await this.ended;
  }
}
