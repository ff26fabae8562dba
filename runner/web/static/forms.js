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
  const form = document.querySelector("form[data-submit]");
  if (!form) return;
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
