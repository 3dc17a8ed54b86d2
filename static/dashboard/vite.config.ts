/// <reference types="vitest/config" />
/**
 * How the dashboards are built, served while one works on them, and tested.
 *
 * The server sends a Content-Security-Policy without `unsafe-inline`, so nothing may end up inside the page: scripts,
 * styles and small pictures stay files of their own. Names carry a hash of what is in the file, so that the server may
 * let browsers keep everything but `index.html` for ever.
 */
import { defineConfig } from "vite";

const SERVER = process.env["ROLLCALL_DEV_SERVER"] ?? "http://127.0.0.1:5000";

/** What the running server answers, not Vite: everything else is a page of ours. */
const SERVED_BY_ROLLCALL = [
  "/api",
  "/join",
  "/start",
  "/calendar",
  "/simulator",
  "/healthz",
  "/readyz",
  "/metrics",
  "/docs",
  "/openapi.json",
  "/asyncapi.json",
];

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    target: "baseline-widely-available",
    // The polyfill for older browsers is a script inside the page; those browsers are not served.
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      ...Object.fromEntries(SERVED_BY_ROLLCALL.map((path) => [path, SERVER])),
      "/socket.io": { target: SERVER, ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
