// A value edited in its place: leaving the input or Enter saves, Escape cancels. The server answers with the value.
const finished = new WeakSet();
// The property whose input or value takes the focus when it comes, unless somebody has moved on by then.
let awaited = null;

const formOf = (element) => element.closest?.("[data-inline-edit]");
const placeOf = (element) => element.closest?.("[data-fact]");
const inputOf = (form) => form.querySelector("input:not([type='hidden']), select, textarea");
const seenBy = (input) =>
  input instanceof HTMLSelectElement ? ([...input.options].find((one) => one.defaultSelected) ?? input.options[0]).value : input.defaultValue;

function show(place) {
  window.htmx.ajax("GET", place.dataset.shown, { source: place, target: place, swap: "outerHTML" });
}

function leave(form) {
  if (finished.has(form)) return;
  finished.add(form);
  show(placeOf(form));
}

function save(form) {
  if (!finished.has(form)) form.requestSubmit();
}

document.addEventListener("htmx:load", (event) => {
  const place = event.detail.elt;
  if (!place.matches?.("[data-fact]") || place.dataset.fact !== awaited) return;
  awaited = null;
  if (document.activeElement && document.activeElement !== document.body) return;
  const form = place.querySelector("[data-inline-edit]");
  const control = form ? inputOf(form) : place.querySelector(".fact-edit");
  control?.focus();
  if (form) control.select?.();
});

document.addEventListener("submit", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  finished.add(form);
  if (form.contains(document.activeElement)) awaited = placeOf(form).dataset.fact;
}, true);

document.addEventListener("keydown", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  if (event.key === "Escape") {
    event.preventDefault();
    awaited = placeOf(form).dataset.fact;
    leave(form);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    save(form);
  }
});

document.addEventListener("click", (event) => {
  const opened = event.target.closest(".fact-edit");
  const cancelled = event.target.closest("[data-inline-cancel]");
  if (!opened && !cancelled) return;
  awaited = placeOf(event.target).dataset.fact;
  if (cancelled) leave(formOf(event.target));
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
  const origin = placeOf(event.target);
  for (const place of document.querySelectorAll("[data-fact][data-shown]")) {
    if (!event.detail.keys.includes(place.dataset.fact) || place === origin || place.querySelector("[data-inline-edit]")) continue;
    show(place);
  }
});
