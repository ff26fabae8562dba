/* Single keys outside fields: J K move, Enter opens, C claims, / searches. Off with data-keys="off" on <html>. */
(() => {
  "use strict";
  const off = () => document.documentElement.dataset.keys === "off";
  const typing = (element) =>
    element.closest("input, textarea, select, [contenteditable]") !== null;
  const rows = () => Array.from(document.querySelectorAll("[data-row]"));
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const current = all.findIndex((row) => row.classList.contains("cur"));
    const next = Math.min(Math.max(current + step, 0), all.length - 1);
    all.forEach((row, index) => row.classList.toggle("cur", index === next));
    const link = all[next].querySelector("a");
    if (link) link.focus();
  };
  const here = document.querySelector(".top nav [aria-current]"); // on a phone the bar scrolls
  const bar = here && here.parentElement;
  if (bar && here.offsetLeft + here.offsetWidth > bar.offsetLeft + bar.clientWidth)
    bar.scrollLeft = here.offsetLeft - bar.offsetLeft - 16;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      const form = event.target.closest("form[data-submit]");
      const button = form && form.querySelector("button[data-main]");
      if (button) {
        event.preventDefault();
        form.requestSubmit(button);
      }
      return;
    }
    if (off() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j" || event.key === "J") move(1);
    else if (event.key === "k" || event.key === "K") move(-1);
    else if (event.key === "c" || event.key === "C") {
      const button = document.querySelector("[data-row].cur button[data-claim], button[data-claim-page]");
      if (button) button.click();
    } else if (event.key === "/") {
      const field = document.querySelector('[data-key="/"]');
      if (field) {
        event.preventDefault();
        field.focus();
      }
    }
  });
})();
