// A value edited in its place: leaving the input or Enter saves, Escape cancels. The server answers with the value.
const finished = new WeakSet();

const formOf = (element) => element.closest?.("[data-inline-edit]");
const inputOf = (form) => form.querySelector("input:not([type='hidden']), select, textarea");
const seenBy = (input) =>
  input instanceof HTMLSelectElement ? ([...input.options].find((one) => one.defaultSelected) ?? input.options[0]).value : input.defaultValue;

function leave(form) {
  if (finished.has(form)) return;
  finished.add(form);
  const place = form.closest("[data-fact]");
  window.htmx.ajax("GET", place.dataset.shown, { source: place, target: place, swap: "outerHTML" });
}

function save(form) {
  if (finished.has(form)) return;
  finished.add(form);
  form.requestSubmit();
}

// The input takes the focus when it opens, but does not call back somebody who has moved on.
document.addEventListener("htmx:load", (event) => {
  const element = event.detail.elt;
  const form = element.matches?.("[data-inline-edit]") ? element : element.querySelector?.("[data-inline-edit]");
  const free = document.activeElement === document.body || document.activeElement === null;
  if (form && free) {
    const input = inputOf(form);
    input.focus();
    input.select?.();
  } else if (!form && free && element.matches?.("[data-fact]")) {
    element.querySelector(".fact-edit")?.focus();
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-inline-edit]")) finished.add(event.target);
}, true);

document.addEventListener("keydown", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  if (event.key === "Escape") {
    event.preventDefault();
    leave(form);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    save(form);
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-inline-cancel]")) leave(formOf(event.target));
});

document.addEventListener("focusout", (event) => {
  const form = formOf(event.target);
  // With two values side by side somebody has to choose.
  if (!form?.isConnected || form.contains(event.relatedTarget) || form.querySelector("[data-conflict]")) return;
  const input = inputOf(form);
  if (input.value !== seenBy(input)) save(form);
  else if (input.getAttribute("aria-invalid") !== "true") leave(form);
});

// Saved in one place, the value changes in the others too, except where it is being edited.
document.addEventListener("profile:saved", (event) => {
  const origin = event.target.closest?.("[data-fact]");
  for (const place of document.querySelectorAll("[data-fact][data-shown]")) {
    if (!event.detail.keys.includes(place.dataset.fact) || place === origin || place.querySelector("[data-inline-edit]")) continue;
    window.htmx.ajax("GET", place.dataset.shown, { source: place, target: place, swap: "outerHTML" });
  }
});
