/** What the page loads is what it uses: a package nobody imports is one more to trust and to keep up with. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import manifest from "../package.json";

const SOURCE = dirname(fileURLToPath(import.meta.url));

const sources = readdirSync(SOURCE, { recursive: true, encoding: "utf-8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  .map((file) => readFileSync(join(SOURCE, file), "utf-8"))
  .join("\n");

test.each(Object.keys(manifest.dependencies))("%s is imported", (name) => {
  expect(sources).toMatch(new RegExp(`from "${name}(/|")`));
});
