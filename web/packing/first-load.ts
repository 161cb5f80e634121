/** Fails the build when what a browser must load before the first page is larger than promised. */
import { gzipSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

type OutputBundle = Rollup.OutputBundle;
type OutputChunk = Rollup.OutputChunk;

export const FIRST_LOAD_MAX_BYTES = 250_000;

export function firstLoad(): Plugin {
  return {
    name: "first-load",
    apply: "build",
    generateBundle(_options, bundle) {
      const bytes = bytesOf(bundle);
      const told = `first load: ${(bytes / 1000).toFixed(1)} kB of compressed script`;
      if (bytes > FIRST_LOAD_MAX_BYTES) this.error(`${told}, more than ${FIRST_LOAD_MAX_BYTES / 1000}`);
      this.info(told);
    },
  };
}

function bytesOf(bundle: OutputBundle): number {
  const seen = new Set<OutputChunk>();
  const take = (chunk: OutputChunk | undefined): void => {
    if (chunk === undefined || seen.has(chunk)) return;
    seen.add(chunk);
    for (const name of chunk.imports) take(chunkOf(bundle, name));
  };
  for (const name of Object.keys(bundle)) {
    const chunk = chunkOf(bundle, name);
    if (chunk?.isEntry) take(chunk);
  }
  return [...seen].reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0);
}

function chunkOf(bundle: OutputBundle, name: string): OutputChunk | undefined {
  const found = bundle[name];
  return found?.type === "chunk" ? found : undefined;
}
