"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    // Show the target of a link even if a filter hides it.
    target.hidden = false;
    const inner = target.matches("details") ? target : target.querySelector(":scope > details");
    if (inner) inner.open = true;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  const setText = (id, text) => { document.getElementById(id).textContent = text; };

  const rows = all("#matrix tbody tr");
  const search = document.getElementById("law-filter");
  let state = "";
  const filterRows = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.firstElementChild.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word)) &&
        (!state || row.dataset.states.split(" ").includes(state));
      row.hidden = !fits;
      shown += fits;
    }
    setText("matrix-shown", `${shown} of ${rows.length} laws shown`);
  };
  search?.addEventListener("input", filterRows);
  const buttons = all("[data-state-filter]");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      state = button.dataset.stateFilter;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      filterRows();
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
    setText("exchanges-shown", `${shown} of ${entries.length} exchanges shown`);
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

  // Printed pages must show the collapsed parts, too.
  addEventListener("beforeprint", () => { for (const details of all(".violation details")) details.open = true; });
})();
