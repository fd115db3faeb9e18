// A <dialog> that htmx puts into #dialog opens at once and leaves the page when it closes.
const FIRST = ["[aria-invalid='true']", "[autofocus]", "form :is(input:not([type='hidden']), select, textarea)"];
const slot = () => document.getElementById("dialog");

// What had the focus before the first dialog; a form that comes back with errors is a new dialog in the same place.
let opener = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === slot() && event.detail.shouldSwap && !slot().querySelector("dialog")) opener = document.activeElement;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== slot()) return;
  const dialog = slot().querySelector("dialog");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  FIRST.map((selector) => dialog.querySelector(selector)).find(Boolean)?.focus();
});

function close() {
  slot()?.querySelector("dialog[open]")?.close();
}

// From the server: HX-Trigger: dialog:close
document.addEventListener("dialog:close", close);

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest?.("[data-close]")) {
    event.preventDefault();
    target.closest("dialog")?.close();
  }
});

// A press that starts on the backdrop closes; dragging a selection out of the dialog does not.
document.addEventListener("pointerdown", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || dialog.hasAttribute("data-keep")) return;
  const box = dialog.getBoundingClientRect();
  const outside =
    event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  if (outside) dialog.close();
});

// The close event does not bubble, so it is caught on its way down.
document.addEventListener(
  "close",
  (event) => {
    if (event.target.parentElement !== slot()) return;
    slot().replaceChildren();
    if (opener?.isConnected) opener.focus();
  },
  true,
);
