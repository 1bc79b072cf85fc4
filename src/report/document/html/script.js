// Searches and filters the list of cases, and moves the focus by keys. The page is complete without it.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("filter");
  const query = byId("query");
  const changed = byId("changed");
  const shown = byId("shown");
  const keys = byId("keys");
  const choices = [...form.querySelectorAll("select")];
  const number = new Intl.NumberFormat("en");
  // Cases are printed open only up to this number.
  const PRINTED = 200;

  // The index is built when it is first needed, since ten thousand cases take a moment.
  let index;
  const cases = () => {
    index ??= [...document.querySelectorAll(".case")].map((node) => ({
      node,
      // Only the children of the head: a selector would search the whole case.
      words: [...node.firstElementChild.children]
        .filter((part) => part.matches(".id, .text"))
        .map((part) => part.textContent.toLowerCase())
        .join(" "),
      of: Object.fromEntries(Object.entries(node.dataset).map(([name, value]) => [name, value.split(" ")])),
    }));
    return index;
  };

  const filter = () => {
    const wanted = query.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const chosen = choices.filter((choice) => choice.value !== "").map((choice) => [choice.dataset.facet, choice.value]);
    let count = 0;
    for (const { node, words, of } of cases()) {
      const matches =
        wanted.every((word) => words.includes(word)) &&
        chosen.every(([facet, value]) => of[facet]?.includes(value)) &&
        (!changed.checked || of.group !== undefined);
      node.hidden = !matches;
      count += matches ? 1 : 0;
    }
    const all = cases().length;
    shown.textContent =
      count === all ? `Showing all ${number.format(all)}` : `Showing ${number.format(count)} of ${number.format(all)}`;
  };

  let timer;
  const filterSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(filter, 80);
  };

  query.addEventListener("input", filterSoon);
  form.addEventListener("change", (event) => event.target !== query && filter());
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are reset only after the event.
  form.addEventListener("reset", () => setTimeout(filter));

  for (const button of document.querySelectorAll(".pick")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      form.reset();
      choices.find((choice) => choice.dataset.facet === "group").value = button.dataset.pick;
      filter();
      byId("cases").scrollIntoView();
      document.querySelector(".case:not([hidden]) > summary")?.focus({ preventScroll: true });
    });
  }

  // A link to a group opens it.
  const follow = () => {
    const target = /^#group-\d+$/.test(location.hash) && byId(location.hash.slice(1));
    if (target) {
      target.open = true;
      target.querySelector("summary").focus();
    }
  };
  // Not `hashchange`, which does not fire when the same link is followed twice.
  addEventListener("click", (event) => event.target.closest('a[href^="#group-"]') && setTimeout(follow));
  follow();

  const items = () => [...document.querySelectorAll(".group > summary, .case:not([hidden]) > summary")];
  const move = (step) => {
    const all = items();
    const at = all.indexOf(document.activeElement?.closest?.("details")?.querySelector("summary"));
    const next = at < 0 ? all.find((item) => item.getBoundingClientRect().top >= 0) : all[at + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (event.target === query && event.key === "Escape") {
      query.blur();
      return;
    }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const isOnItem = event.target.matches(".group > summary, .case > summary");
    if (event.key === "/") {
      query.focus();
      query.select();
    } else if (event.key === "j" || (event.key === "ArrowDown" && isOnItem)) {
      move(1);
    } else if (event.key === "k" || (event.key === "ArrowUp" && isOnItem)) {
      move(-1);
    } else if (event.key === "?") {
      keys.showModal();
    } else {
      return;
    }
    event.preventDefault();
  });

  const showKeys = byId("show-keys");
  showKeys.hidden = false;
  showKeys.addEventListener("click", () => keys.showModal());

  // Groups are printed open, and so are the listed cases unless there are too many.
  let opened = [];
  addEventListener("beforeprint", () => {
    const listed = [...document.querySelectorAll(".case:not([hidden])")];
    const closed = [...document.querySelectorAll(".group"), ...(listed.length > PRINTED ? [] : listed)];
    opened = closed.filter((item) => !item.open);
    opened.forEach((item) => (item.open = true));
  });
  addEventListener("afterprint", () => {
    opened.forEach((item) => (item.open = false));
    opened = [];
  });

  form.hidden = false;
})();
