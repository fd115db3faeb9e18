// A button whose work is under way says so and cannot be pressed twice.
function start(button) {
  if (!button || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
}

function stop(button) {
  button.removeAttribute("aria-busy");
  button.disabled = false;
}

function pressed(event) {
  const { elt, requestConfig } = event.detail;
  const button = requestConfig?.triggeringEvent?.submitter ?? elt;
  return button instanceof HTMLButtonElement ? button : null;
}

const running = new WeakMap();

document.addEventListener("htmx:beforeSend", (event) => {
  const button = pressed(event);
  if (!button) return;
  const focused = button === document.activeElement;
  start(button);
  running.set(event.detail.xhr, { button, focused });
});

document.addEventListener("htmx:afterRequest", (event) => {
  const work = running.get(event.detail.xhr);
  if (!work) return;
  stop(work.button);
  // Disabling took the focus away; give it back unless the answer moved it on.
  if (work.focused && work.button.isConnected && document.activeElement === document.body) work.button.focus();
});

// Plain forms: the button stays busy until the next page is there. Its name and value must still be sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.matches("[data-no-busy], [hx-post], [hx-get]")) return;
  const button = event.submitter ?? form.querySelector("button:not([type]), button[type='submit']");
  setTimeout(() => {
    if (!event.defaultPrevented) start(button);
  });
});

// Back from the browser's cache.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll("button[aria-busy='true']")) stop(button);
});
