// Single keys: data-shortcut="f" on a control, and j / k / x / Enter on the rows of a list.
const TYPING = "input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit']), select, textarea, [contenteditable]";

const visible = (element) => element.checkVisibility();

function rows() {
  return [...document.querySelectorAll("tr[data-row]")].filter(visible);
}

function current() {
  return document.activeElement?.closest?.("tr[data-row]") ?? null;
}

function openLink(row) {
  return row.querySelector("[data-row-open]") ?? row.querySelector("a[href], button");
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const place = all.indexOf(current());
  const next = place < 0 ? all[step > 0 ? 0 : all.length - 1] : all[place + step];
  if (!next) return;
  openLink(next)?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  current()?.querySelector("input[type='checkbox']")?.click();
}

function controls() {
  return [...document.querySelectorAll("[data-shortcut]")].filter(visible);
}

function labelled(control) {
  return control.dataset.shortcutLabel ?? control.getAttribute("aria-label") ?? control.closest("label")?.textContent.trim() ?? control.textContent.trim();
}

function showList() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog || dialog.open) return;
  const list = dialog.querySelector("[data-shortcut-list]");
  for (const old of list.querySelectorAll("[data-shortcut-of-page]")) old.remove();
  const known = new Set();
  for (const control of controls()) {
    const key = control.dataset.shortcut;
    if (known.has(key)) continue;
    known.add(key);
    const term = document.createElement("dt");
    const name = document.createElement("dd");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    name.textContent = labelled(control).replace(/\s*\/$/, "");
    for (const part of [term, name]) part.dataset.shortcutOfPage = "";
    list.prepend(term, name);
  }
  dialog.showModal();
}

const KEYS = { j: () => move(1), k: () => move(-1), x: tick, "?": showList };

function press(control) {
  if (control.matches(TYPING)) {
    control.focus();
    control.select?.();
  } else {
    control.focus();
    control.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  const control = controls().find((one) => one.dataset.shortcut === event.key);
  const run = control ? () => press(control) : KEYS[event.key];
  if (!run) return;
  event.preventDefault();
  run();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-open-shortcuts]")) showList();
});
