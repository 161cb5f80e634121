import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { compressed } from "./packing/compressed.ts";
import { firstLoad } from "./packing/first-load.ts";
import { licences } from "./packing/licences.ts";

/** For `npm run dev`: the studio whose API the pages call. */
const STUDIO = process.env["FILM_STUDIO_URL"] ?? "http://127.0.0.1:8485";

export default defineConfig({
  plugins: [react(), tailwindcss(), firstLoad(), licences(), compressed()],
  build: {
    outDir: "../services/gateway/studio_gateway/web",
    emptyOutDir: true,
    // The policy of the page allows files of the studio's own alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": STUDIO, "/branding": STUDIO, "/watch": STUDIO } },
});
