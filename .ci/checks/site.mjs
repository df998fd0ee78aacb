// The built site as the scripts in this folder see it: its pages, and a server that answers as a static host would.
//
// The server sends the strictest Content-Security-Policy that the theme promises to live with. Run by itself it is a
// preview:  node site.mjs SITE_DIR [BASE_PATH [PORT]]

import { createServer } from "node:http";
import { readFile, readdir, stat } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
};

/** The paths of all pages below a folder, sorted. */
export async function pages(folder) {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((path) => path.endsWith(".html")).sort();
}

/** Serves a folder below a base path; resolves to the server once it listens. */
export function serve(folder, base = "/", port = 0) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const found = path.startsWith(base) ? await file(folder, path.slice(base.length)) : undefined;
    const shown = found ?? join(folder, "404.html");
    response.writeHead(found ? 200 : 404, {
      "content-type": TYPES[extname(shown)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
    });
    response.end(await readFile(shown));
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

/** The file that a path below the base means, if there is one. */
async function file(folder, path) {
  const plain = normalize(`/${path}`);
  const wanted = join(folder, plain.endsWith("/") ? `${plain}index.html` : plain);
  const found = await stat(wanted).catch(() => undefined);
  return found?.isFile() ? wanted : undefined;
}

if (process.argv[1] === import.meta.filename) {
  const [folder, base = "/", port = "8000"] = process.argv.slice(2);
  await serve(folder, base, Number(port));
  console.log(`http://127.0.0.1:${port}${base}`);
}
