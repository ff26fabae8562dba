/* What a form gains with scripts: focus on the error summary, copying, a warning before leaving. */
(() => {
  "use strict";
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(field.value).then(() => {
      button.textContent = button.dataset.done;
    });
  });
  document.querySelectorAll("[data-copy][hidden]").forEach((button) => {
    button.hidden = false;
  });
  document.querySelectorAll("select[data-go]").forEach((select) => {
    select.addEventListener("change", () => select.form.requestSubmit());
  });
  document.querySelectorAll("[data-center]").forEach((box) => {
    const here = box.querySelector(".nd.now:not(.sub)");
    if (!here) return;
    const inner = here.getBoundingClientRect();
    const outer = box.getBoundingClientRect();
    box.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  });
  const form = document.querySelector("form[data-submit]");
  if (!form) return;
  /* Fields that appear or change with others come from the server; what stands in the page stays. */
  const box = form.querySelector("[data-live]");
  let kept = null;
  const chosen = (field) => ["radio", "checkbox"].includes(field.type);
  const keyOf = (field) => `${field.name}\n${chosen(field) ? field.value : ""}`;
  const typed = () => Array.from(form.elements).filter(
    (field) => field.name && !field.name.startsWith("_") && !["file", "hidden"].includes(field.type)
  );
  /* Values, not the fields themselves: a new radio that is checked unchecks the old one. */
  const remember = () => new Map(
    typed().map((field) => [keyOf(field), chosen(field) ? field.checked : field.value])
  );
  if (box && window.htmx) {
    form.addEventListener("change", (event) => {
      if (event.target.closest("[data-drives]")) window.htmx.trigger(box, "refresh");
    });
    document.body.addEventListener("htmx:beforeSwap", () => {
      kept = remember();
    });
    document.body.addEventListener("htmx:afterSwap", () => {
      typed().forEach((field) => {
        const before = kept ? kept.get(keyOf(field)) : undefined;
        if (before === undefined) return;
        if (chosen(field)) field.checked = before;
        else if (field.value !== before) field.value = before;
      });
      kept = null;
    });
  }
  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
