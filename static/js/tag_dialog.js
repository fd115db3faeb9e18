// The tag dialog: a picked or typed value goes on the list of what is chosen, which OK sends.
const closest = (event, selector) => event.target.closest?.(selector);

function choose(dialog, value) {
  const name = dialog.querySelector("[data-tag-name]");
  const tag = name?.selectedOptions[0];
  if (!tag || !value) return;
  const pair = `${tag.value}=${value}`;
  const list = dialog.querySelector("[data-tag-chosen]");
  if (![...list.querySelectorAll("input[name='add']")].some((one) => one.value === pair)) {
    const label = tag.hasAttribute("data-labels") ? value : `${tag.textContent}: ${value}`;
    const chosen = dialog.querySelector("[data-tag-template]").content.firstElementChild.cloneNode(true);
    chosen.prepend(label);
    chosen.querySelector("button").setAttribute("aria-label", `Do not add ${label}`);
    chosen.querySelector("input").value = pair;
    list.append(chosen);
  }
  tell(dialog);
}

function tell(dialog) {
  const none = dialog.querySelector("[data-tag-none]");
  if (none) none.hidden = dialog.querySelector("input[name='add']") !== null;
}

function typed(dialog) {
  const input = dialog.querySelector("[data-tag-value]");
  const value = input?.value.trim();
  if (!value) return;
  const known = [...dialog.querySelectorAll("[data-tag-pick]")].map((one) => one.dataset.tagPick);
  const same = known.find((one) => one.toLowerCase() === value.toLowerCase());
  if (input.hasAttribute("data-closed") && !same) return;
  choose(dialog, same ?? value);
  input.value = "";
  narrow(input);
  input.focus();
}

function narrow(input) {
  const words = input.value.trim().toLowerCase();
  for (const one of input.closest("[data-tag-dialog]").querySelectorAll("[data-tag-pick]")) {
    one.hidden = !one.dataset.tagPick.toLowerCase().includes(words);
  }
}

document.addEventListener("click", (event) => {
  const dialog = closest(event, "[data-tag-dialog]");
  if (!dialog) return;
  const pick = closest(event, "[data-tag-pick]");
  if (pick) choose(dialog, pick.dataset.tagPick);
  if (closest(event, "[data-tag-add]")) typed(dialog);
  if (closest(event, "[data-tag-drop]")) {
    closest(event, "[data-tag-drop]").parentElement.remove();
    tell(dialog);
    dialog.querySelector("[data-tag-value]")?.focus();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-tag-value]")) narrow(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-tag-value]") || !event.target.value.trim()) return;
  event.preventDefault();
  typed(event.target.closest("[data-tag-dialog]"));
});

document.addEventListener("htmx:load", (event) => {
  const dialog = event.detail.elt.querySelector?.("[data-tag-dialog]");
  if (dialog) tell(dialog);
});
