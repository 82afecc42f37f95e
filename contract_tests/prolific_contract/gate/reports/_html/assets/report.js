"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;

  // Controls do nothing without this script, so they are only shown by it.
  for (const control of all("[data-control]")) control.hidden = false;

  const theme = document.getElementById("theme");
  const dark = () => root.dataset.theme === "dark" ||
    (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const named = () => { theme.textContent = dark() ? "Light colours" : "Dark colours"; };
  // Browsers may refuse to remember things for pages that are files.
  try { root.dataset.theme = localStorage.getItem("theme") || ""; } catch { /* not remembered */ }
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not remembered */ }
    named();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", named);
  named();

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    // A filter must not hide what a link leads to.
    target.hidden = false;
    const inner = target.matches("details") ? target : target.querySelector(":scope > details");
    if (inner) inner.open = true;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  const told = (id, text) => { document.getElementById(id).textContent = text; };

  const rows = all("#matrix tbody tr");
  const wanted = document.getElementById("law-filter");
  let state = "";
  const sift = () => {
    const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.firstElementChild.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word)) &&
        (!state || row.dataset.states.split(" ").includes(state));
      row.hidden = !fits;
      shown += fits;
    }
    told("matrix-shown", `${shown} of ${rows.length} laws shown`);
  };
  wanted?.addEventListener("input", sift);
  const buttons = all("[data-state-filter]");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      state = button.dataset.stateFilter;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      sift();
    });
  }

  const entries = all(".exchanges > li");
  const chosen = document.getElementById("exchange-filter");
  chosen?.addEventListener("change", () => {
    let shown = 0;
    for (const entry of entries) {
      const fits = !chosen.value || entry.dataset.tags.split(" ").includes(chosen.value);
      entry.hidden = !fits;
      shown += fits;
    }
    told("exchanges-shown", `${shown} of ${entries.length} exchanges shown`);
  });

  for (const button of all("[data-copy]")) {
    const text = button.parentElement.querySelector("code");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(text);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // What is folded would be missing on paper.
  addEventListener("beforeprint", () => { for (const fold of all(".violation details")) fold.open = true; });
})();
