// A field edited in its place: leaving it or Enter saves, Escape cancels. The server answers with the value again.
const busy = new WeakSet();

document.addEventListener("htmx:load", (event) => {
  const form = event.detail.elt.matches?.("[data-inline-edit]") ? event.detail.elt : event.detail.elt.querySelector?.("[data-inline-edit]");
  const input = form?.querySelector("input:not([type='hidden']), select, textarea");
  input?.focus();
  input?.select?.();
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-inline-edit]");
  if (!form || event.key !== "Escape") return;
  event.preventDefault();
  busy.add(form);
  window.htmx.ajax("GET", form.dataset.cancel, { target: form, swap: "outerHTML" });
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-inline-edit]")) busy.add(event.target);
});

document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-inline-edit]");
  if (!form || busy.has(form) || form.contains(event.relatedTarget) || form.querySelector("[role='alert']")) return;
  const input = form.querySelector("input:not([type='hidden']), select, textarea");
  const before = input.tagName === "SELECT" ? [...input.options].find((one) => one.defaultSelected)?.value ?? input.options[0]?.value : input.defaultValue;
  if (input.value === before && !input.matches("[aria-invalid='true']")) {
    busy.add(form);
    window.htmx.ajax("GET", form.dataset.cancel, { target: form, swap: "outerHTML" });
  } else form.requestSubmit();
});

// Another field of the same page was saved: forms still open go on from the version that is there now.
document.addEventListener("profile:saved", (event) => {
  for (const input of document.querySelectorAll("[data-inline-edit] input[name='version']")) input.value = event.detail.version;
});

// A search box above a table hides the rows that do not hold its words.
document.addEventListener("input", (event) => {
  const selector = event.target.dataset?.filterRows;
  if (!selector) return;
  const sought = event.target.value.trim().toLowerCase();
  for (const row of document.querySelectorAll(`${selector} tbody tr`)) row.hidden = !row.textContent.toLowerCase().includes(sought);
});
