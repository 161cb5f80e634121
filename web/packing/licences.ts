/** Lays the licences of what was built in beside it, as they ask for: /assets/licences.txt. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** They come by a stylesheet, so no module names them. */
const FONTS = ["@fontsource-variable/inter", "@fontsource/courier-prime"];
const STYLES = ["tailwindcss"];
const PACKAGE = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const modules = [...this.getModuleIds()].map((id) => PACKAGE.exec(id)?.[1]);
      const names = new Set([...modules.filter((name) => name !== undefined), ...FONTS, ...STYLES]);
      const texts = [...names].sort().map((name) => `${name}\n\n${licenceOf(name)}`);
      this.emitFile({ type: "asset", fileName: "assets/licences.txt", source: texts.join(`\n${"-".repeat(70)}\n`) });
    },
  };
}

/** Throws if the package has none: then it can't be passed on. */
function licenceOf(name: string): string {
  const folder = join("node_modules", name);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file !== undefined) return readFileSync(join(folder, file), "utf8");
  const { license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { license?: string };
  if (license === undefined) throw new Error(`${name} has no licence`);
  return license;
}
