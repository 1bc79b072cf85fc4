// Chromium, started so that it asks nobody for anything, and pages that are watched.

import { execFileSync } from "node:child_process";
import puppeteer from "puppeteer-core";

function executable() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"];
  for (const name of names) {
    try {
      return execFileSync("/bin/sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" }).trim();
    } catch {
      // The next name.
    }
  }
  throw new Error(`no browser: none of ${names.join(", ")} is on the PATH; install chromium, or name one in CHROMIUM`);
}

export function launch() {
  const isRoot = process.getuid?.() === 0;
  return puppeteer.launch({
    executablePath: executable(),
    args: [
      // Chromium refuses to sandbox what root runs.
      ...(isRoot ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
    ],
  });
}

// Opens `url` and notes what it asks for, complains about, and tries to run: hostile texts call `alert`, which counts.
export async function openPage(browser, url, { width, height, scheme = "light", scripts = true }) {
  const page = await browser.newPage();
  const opened = { page, requests: [], troubles: [], dialogs: 0, loaded: 0 };
  page.on("request", (request) => opened.requests.push(request.url()));
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) opened.troubles.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => opened.troubles.push(`error: ${error}`));
  page.on("dialog", async (dialog) => {
    opened.dialogs += 1;
    await dialog.dismiss();
  });
  await page.setViewport({ width, height });
  await page.setJavaScriptEnabled(scripts);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.evaluateOnNewDocument(() => {
    window.canary = 0;
    window.alert = () => {
      window.canary += 1;
    };
    addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`));
  });
  const begin = performance.now();
  await page.goto(url, { waitUntil: "load" });
  opened.loaded = Math.round(performance.now() - begin);
  return opened;
}

// What a page did that it must not, as lines; empty for a page that asked for itself and complained about nothing.
export function misdeeds({ requests, troubles }, url) {
  const asked = requests.filter((request) => request.split("#")[0] !== url).map((request) => `asked for ${request}`);
  return [...asked, ...troubles];
}
