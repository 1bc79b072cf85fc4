// Opens the pages of the HTML report in Chromium: nothing may run or load that is not the page's own, filters and keys
// have to do what they say, and nobody may be shut out by size of window, scheme of colours, or a screen reader.
//
// tests/browser/run makes the pages and says where: in CORRIDOR_PAGES. Pictures are saved in SCREENSHOTS, where it is set.
// CHROMIUM names the browser, if it is not called chromium.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { misdeeds, launch, openPage } from "./browser.mjs";

const FOLDER = process.env.CORRIDOR_PAGES;
assert.ok(FOLDER, "CORRIDOR_PAGES names the folder of the pages");
const SCREENSHOTS = process.env.SCREENSHOTS;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CORPORA = path.resolve(import.meta.dirname, "../../corpora");
// Of documents that hold one of everything.
const SMALL = ["plain", "hostile", "redacted"];
// Of the program itself: the shipped corpora under another budget, so that there are changes.
const SHIPPED = ["shipped", "shipped-redacted"];
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };
// Milliseconds for ten thousand cases: generous, because machines differ and have neighbours. What it took is printed.
const LOADED = 15000;
const FILTERED = 5000;

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

const address = (name) => pathToFileURL(path.resolve(FOLDER, `${name}.html`)).href;

// Opens a page, hands it over, and closes it; whatever it is opened for, it must not complain or load anything.
async function withPage(name, options, use) {
  const opened = await openPage(browser, address(name), options);
  try {
    await use(opened.page, opened);
    assert.deepEqual(misdeeds(opened, address(name)), []);
  } finally {
    await opened.page.close();
  }
}

const openAll = (page) => page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
const count = (page) => page.$$eval(".case:not([hidden])", (all) => all.length);
const shown = (page) => page.$eval("#shown", (status) => status.textContent);
const focused = (page) => page.evaluate(() => document.activeElement.closest("details")?.querySelector("summary")?.textContent);

// How many cases say `word` in the place where a reader sees it: what the filters are compared with.
const saying = (page, selector, word) =>
  page.$$eval(
    `.case > ${selector}`,
    (places, wanted) =>
      new Set(places.filter((place) => place.textContent.includes(wanted)).map((place) => place.closest(".case"))).size,
    word,
  );

async function choose(page, facet, label) {
  const value = await page.$$eval(
    `select[data-facet="${facet}"] option`,
    (options, wanted) => options.find((option) => option.textContent.startsWith(wanted))?.value,
    label,
  );
  assert.notEqual(value, undefined, `${facet} can be ${label}`);
  await page.select(`select[data-facet="${facet}"]`, value);
}

async function typed(page, text) {
  await page.type("#query", text);
  await page.waitForFunction(() => document.querySelector(".case[hidden]"));
}

async function clear(page) {
  await page.click('#filter button[type="reset"]');
  await page.waitForFunction(() => !document.querySelector(".case[hidden]"));
}

for (const name of [...SMALL, ...SHIPPED, "large"]) {
  test(`${name}: opens without an error, runs its own script alone and loads nothing`, async () => {
    await withPage(name, WIDE, async (page, opened) => {
      await openAll(page);
      assert.equal(await page.evaluate(() => window.canary), 0);
      assert.equal(opened.dialogs, 0);
      assert.equal(await page.$$eval("script", (all) => all.length), 1);
      assert.equal(await page.$eval("#filter", (form) => form.hidden), false, "the script ran");
    });
  });
}

test("what the tests above look for would be found", async () => {
  const planted = "<script>alert(1)</script><img src=planted.png onerror=alert(2)><p style=\"color:red\">";
  const hostile = readFileSync(path.join(FOLDER, "hostile.html"), "utf8").replace("<main>", `<main>${planted}`);
  const file = path.resolve(FOLDER, "planted.html");
  const look = async (html) => {
    writeFileSync(file, html);
    const opened = await openPage(browser, pathToFileURL(file).href, WIDE);
    const canary = await opened.page.evaluate(() => window.canary);
    await opened.page.close();
    return { canary, found: misdeeds(opened, pathToFileURL(file).href) };
  };
  const guarded = await look(hostile);
  assert.equal(guarded.canary, 0, "the policy of the page stops what escaping let through");
  for (const directive of ["script-src", "img-src", "style-src"]) {
    assert.ok(guarded.found.some((line) => line.includes(directive)), `${directive}: ${guarded.found.join("\n")}`);
  }
  const bare = await look(hostile.replace(/<meta http-equiv[^>]*>/, ""));
  assert.ok(bare.canary >= 1, "without it, scripts run");
  assert.ok(bare.found.some((line) => line.includes("planted.png")), bare.found.join("\n"));
});

test("cases are selected by class, reason, tag, group and text, and clearing brings all of them back", async () => {
  await withPage("large", WIDE, async (page) => {
    const all = await count(page);
    assert.equal(all, 10000);
    assert.match(await shown(page), /^Showing all 10,000/);
    const expect = async (number, what) => {
      assert.ok(number > 0 && number < all, `${what}: ${number}`);
      assert.equal(await count(page), number, what);
      assert.equal(await shown(page), `Showing ${number.toLocaleString("en")} of 10,000`);
    };

    await choose(page, "class", "regressed");
    const regressed = await saying(page, "summary > .badge:first-child", "regressed");
    await expect(regressed, "class");
    await choose(page, "tag", "tag-07");
    const both = await page.$$eval(".case > summary", (all) =>
      all.filter(({ textContent }) => textContent.startsWith("regressed") && textContent.includes("tag-07")).length);
    await expect(both, "class and tag");
    await clear(page);
    assert.equal(await count(page), all);
    assert.match(await shown(page), /^Showing all/);

    await choose(page, "tag", "tag-07");
    await expect(await saying(page, "summary > .labels", "tag-07"), "tag");
    await clear(page);

    await typed(page, "КЕФИРА");
    await expect(await saying(page, "summary > .text", "кефира"), "text, whatever its case");
    await clear(page);
    await typed(page, "multi-1234");
    await expect(await saying(page, "summary > .id", "multi-1234"), "id");
    await clear(page);

    await page.click("#changed");
    await expect(await saying(page, "summary > .labels", "changed"), "changed only");
    await clear(page);
    await choose(page, "group", "accepted → refused");
    await expect(await saying(page, "summary > .labels", "changed"), "group");
  });
  await withPage("plain", WIDE, async (page) => {
    for (const facet of ["class", "reason", "snapshot"]) {
      const labels = await page.$$eval(`select[data-facet="${facet}"] option`, (all) => all.slice(1).map((o) => o.textContent));
      for (const label of labels) {
        const word = label.replace(/ \(\d+\)$/, "");
        await choose(page, facet, word);
        const where = { class: "summary > .badge:first-child", reason: "summary > .labels", snapshot: "summary > .labels" }[facet];
        assert.equal(await count(page), await saying(page, where, word), label);
        assert.ok(label.endsWith(`(${await count(page)})`), label);
        if ((await count(page)) < (await page.$$eval(".case", (every) => every.length))) await clear(page);
      }
    }
    await page.type("#query", "nobody said this");
    await page.waitForFunction(() => document.querySelector("#shown").textContent.startsWith("Showing 0 of"));
    assert.equal(await count(page), 0);
  });
});

test("the page of a run has all that it says, and the redacted one has no text of a command", async () => {
  const lines = readdirSync(CORPORA).filter((name) => name.endsWith(".jsonl")).flatMap((name) =>
    readFileSync(path.join(CORPORA, name), "utf8").split("\n").filter((line) => line !== ""));
  // Short ones may well be a word of ours.
  const texts = [...new Set(lines.map((line) => JSON.parse(line).command.text))].filter((text) => text.length >= 12);
  const told = (page) => page.$eval("body", (body, wanted) => wanted.filter((text) => body.textContent.includes(text)), texts);
  await withPage("shipped", WIDE, async (page) => {
    assert.ok((await told(page)).length > 50, "texts are found where they are");
    const { said, groups } = await page.$eval("#changes", (section) => ({
      said: Number(section.querySelector("p strong").textContent.replace(/\D/g, "")),
      groups: [...section.querySelectorAll(".group > summary .rest")].map(({ textContent }) => parseInt(textContent.replace(",", ""), 10)),
    }));
    assert.ok(groups.length > 1);
    assert.equal(groups.reduce((sum, one) => sum + one, 0), said);
    await page.click("#changed");
    assert.equal(await count(page), said, "all that changed is listed");
    await clear(page);
    for (const pick of await page.$$(".pick")) {
      await page.evaluate((button) => button.click(), pick);
      const number = await page.evaluate((button) => Number(/[\d,]+/.exec(button.textContent)[0].replace(",", "")), pick);
      assert.equal(await count(page), number);
    }
  });
  await withPage("shipped-redacted", WIDE, async (page) => {
    assert.deepEqual(await told(page), []);
    assert.ok((await count(page)) > 50);
  });
});

test("a group leads to its cases, and a case to its group", async () => {
  await withPage("plain", WIDE, async (page) => {
    const [group] = await page.$$(".group");
    await (await group.$("summary")).click();
    await (await group.$(".pick")).click();
    assert.equal(await count(page), 1);
    assert.match(await focused(page), /hh-ru-multi-009/);
    await page.keyboard.press("Enter");
    await page.click(".case[open] a");
    await page.waitForFunction(() => location.hash === "#group-0" && document.activeElement.parentElement.id === "group-0");
    assert.equal(await page.$eval("#group-0", (details) => details.open), true);
  });
});

test("everything can be done by keys", async () => {
  await withPage("plain", WIDE, async (page) => {
    await page.keyboard.press("j");
    const first = await focused(page);
    assert.match(first, /newly regressed/);
    await page.keyboard.press("j");
    assert.match(await focused(page), /items/);
    await page.keyboard.press("k");
    assert.equal(await focused(page), first);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(page), first);

    await page.keyboard.press("Enter");
    const sides = await page.$eval(".group[open] .sides", (table) => ({
      heads: [...table.querySelectorAll("thead th")].map((head) => head.textContent),
      before: table.querySelector("del").textContent,
      after: table.querySelector("ins").textContent,
      seen: table.checkVisibility({ contentVisibilityAuto: false }) && table.getBoundingClientRect().height > 0,
    }));
    assert.deepEqual(sides, { heads: ["field", "golden", "now"], before: "regressed", after: "fell_back", seen: true });
    await page.keyboard.press("Enter");
    assert.equal(await page.$(".group[open]"), null);

    await page.keyboard.press("/");
    await page.keyboard.type("jk?/");
    assert.equal(await page.$eval("#query", (query) => query.value), "jk?/", "in the search, letters are letters");
    await page.$eval("#query", (query) => (query.value = ""));
    await page.keyboard.type("свежего");
    await page.waitForFunction(() => document.querySelector("#shown").textContent === "Showing 1 of 6");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.id), "");

    await page.keyboard.press("?");
    assert.equal(await page.$eval("#keys", (keys) => keys.open), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.$eval("#keys", (keys) => keys.open), false);
  });
});

test("without scripts everything can be read, and what would not work is not there", async () => {
  await withPage("plain", { ...WIDE, scripts: false }, async (page) => {
    const seen = (selector) => page.$eval(selector, (node) => node.getBoundingClientRect().height > 0);
    assert.equal(await seen("#filter"), false);
    assert.equal(await seen("#show-keys"), false);
    const open = async (selector) => {
      await page.focus(selector);
      await page.keyboard.press("Enter");
    };
    await open(".group > summary");
    assert.equal(await seen(".group[open] .sides"), true);
    assert.equal(await seen(".group[open] .pick"), false);
    await open(".case > summary");
    assert.equal(await seen(".case[open] .sides"), true);
  });
});

test("pages of the program are readable in a narrow window, and axe finds nothing in them", async () => {
  for (const name of SHIPPED) {
    await withPage(name, NARROW, async (page) => {
      await noViolations(page, name);
      await picture(page, `${name}-narrow`, false);
      await openAll(page);
      await fits(page, name);
    });
  }
});

for (const scheme of ["light", "dark"]) {
  for (const size of [WIDE, NARROW]) {
    for (const name of SMALL) {
      test(`${name}, ${scheme}, ${size.width} px: axe finds nothing, and nothing is beside the window`, async () => {
        await withPage(name, { ...size, scheme }, async (page) => {
          // What is outside the window is not laid out until it is needed, and would not be looked at.
          await page.evaluate(() => document.styleSheets[0].insertRule(".case { content-visibility: visible !important; }"));
          const look = async (state) => {
            await fits(page, state);
            await noViolations(page, state);
            await picture(page, `${name}-${scheme}-${size.width}-${state}`);
          };
          await look("closed");
          await openAll(page);
          await look("open");
          if (name === "plain") {
            await page.keyboard.press("?");
            await look("keys");
          }
        });
      });
    }
  }
}

test("on paper there are no controls, and groups are open", async () => {
  await withPage("plain", { ...WIDE, scheme: "dark" }, async (page) => {
    await page.emulateMediaType("print");
    const seen = (selector) => page.$eval(selector, (node) => node.getBoundingClientRect().height > 0);
    for (const control of ["nav", "#filter", ".pick"]) assert.equal(await seen(control), false, control);
    assert.equal(await seen(".group .sides"), true);
    assert.equal(await page.$eval("body", (body) => getComputedStyle(body).backgroundColor), "rgb(255, 255, 255)");
    if (SCREENSHOTS) await page.pdf({ path: path.join(SCREENSHOTS, "plain.pdf"), format: "A4", margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" } });
  });
});

test("ten thousand cases are open and filtered within bounds", async (t) => {
  await withPage("large", WIDE, async (page, { loaded }) => {
    const filtered = await page.evaluate(async () => {
      const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const choice = document.querySelector('select[data-facet="class"]');
      const times = [];
      for (const { value } of [...choice.options].reverse()) {
        const begin = performance.now();
        choice.value = value;
        choice.dispatchEvent(new Event("change", { bubbles: true }));
        await painted();
        times.push(Math.round(performance.now() - begin));
      }
      return times;
    });
    t.diagnostic(`loaded in ${loaded} ms; filtered and painted in ${filtered.join(", ")} ms`);
    assert.ok(loaded < LOADED, `loaded in ${loaded} ms`);
    assert.ok(Math.max(...filtered) < FILTERED, `filtered in ${filtered.join(", ")} ms`);
    assert.equal(await count(page), 10000);
    await picture(page, "large-light-1280", false);
  });
});

async function fits(page, state) {
  const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beside <= 0, `${state}: ${beside} px beside the window`);
}

async function noViolations(page, state) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() =>
    axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  const violations = found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))]);
  assert.deepEqual(violations, [], state);
  assert.ok(found.passes.some(({ id }) => id === "color-contrast"), "contrast was looked at");
}

async function picture(page, name, fullPage = true) {
  if (!SCREENSHOTS) return;
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage });
}
