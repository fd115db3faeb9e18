// The column dialog: ticking moves a column between the lists; dragging, buttons and Alt+arrows order the shown ones.
const shownList = () => document.querySelector("[data-columns-shown]");
const labelOf = (item) => item.querySelector("[data-column-label]").textContent;

function announce(text) {
  const place = document.querySelector("[data-columns-announce]");
  if (place) place.textContent = text;
}

function movable() {
  return [...shownList().querySelectorAll("[data-column]")];
}

function move(item, step) {
  const items = movable();
  const other = items[items.indexOf(item) + step];
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  announce(`${labelOf(item)}: ${movable().indexOf(item) + 1} of ${items.length}`);
}

document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-column-dialog] [data-column] input[name='column']");
  if (!box) return;
  const item = box.closest("[data-column]");
  if (box.checked) {
    shownList().append(item);
    announce(`${labelOf(item)} is shown last`);
  } else {
    document.querySelector(`[data-columns-group="${CSS.escape(item.dataset.group)}"] .column-list`)?.append(item);
    announce(`${labelOf(item)} is not shown`);
  }
  box.focus();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-column-move]");
  if (!button) return;
  move(button.closest("[data-column]"), button.dataset.columnMove === "up" ? -1 : 1);
  button.focus();
});

document.addEventListener("keydown", (event) => {
  const item = event.target.closest("[data-columns-shown] [data-column]");
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!item || !step || !event.altKey) return;
  event.preventDefault();
  const focused = document.activeElement;
  move(item, step);
  focused.focus();
});

let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-columns-shown] [data-column]") ?? null;
});
document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("[data-columns-shown] [data-column]");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});
document.addEventListener("dragend", () => {
  if (dragged) announce(`${labelOf(dragged)}: ${movable().indexOf(dragged) + 1} of ${movable().length}`);
  dragged = null;
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-columns-search]")) return;
  const sought = event.target.value.trim().toLowerCase();
  for (const item of document.querySelectorAll("[data-columns-available] [data-column]")) {
    item.hidden = !labelOf(item).toLowerCase().includes(sought);
  }
});
