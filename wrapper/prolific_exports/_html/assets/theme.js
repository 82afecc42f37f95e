"use strict";
(() => {
  const root = document.documentElement;

  // Controls need this script, so they are hidden without it.
  for (const control of document.querySelectorAll("[data-control]")) control.hidden = false;

  const theme = document.getElementById("theme");
  const dark = () => root.dataset.theme === "dark" ||
    (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const label = () => { theme.textContent = dark() ? "Light theme" : "Dark theme"; };
  // Browsers may refuse storage to local files.
  try { root.dataset.theme = localStorage.getItem("theme") || ""; } catch { /* not remembered */ }
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not remembered */ }
    label();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
  label();
})();
