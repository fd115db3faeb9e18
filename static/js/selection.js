// Ticking users: one by one, a range with shift, the page, or all that match minus a few. It lives as long as the list
// shows the same query and is sent as mode, address, ids and the number seen, never as thousands of ids.
const picked = { mode: "some", address: null, ids: new Set() };

const form = () => document.querySelector("[data-selection]");
const boxes = () => [...document.querySelectorAll("tr[data-row] input[name='id']")];
const total = () => Number(form()?.dataset.total ?? 0);

// Sorting and paging keep the selection; another query is another list.
function query() {
  const parts = new URLSearchParams(form()?.dataset.address ?? "");
  for (const name of ["after", "before", "sort", "size"]) parts.delete(name);
  return parts.toString();
}

function count() {
  return picked.mode === "all" ? total() - picked.ids.size : picked.ids.size;
}

// The number of an estimated total is an estimate.
function isAbout() {
  return picked.mode === "all" && "about" in form().dataset;
}

function isOn(id) {
  return (picked.mode === "all") !== picked.ids.has(id);
}

function set(id, on) {
  if (on === (picked.mode === "all")) picked.ids.delete(id);
  else picked.ids.add(id);
}

function clear() {
  picked.mode = "some";
  picked.ids.clear();
}

function draw() {
  if (!form()) return;
  if (picked.address !== query()) {
    clear();
    picked.address = query();
  }
  for (const box of boxes()) {
    box.checked = isOn(box.value);
    box.closest("tr").setAttribute("aria-selected", String(box.checked));
  }
  const on = boxes().filter((box) => box.checked).length;
  const page = document.querySelector("[data-select-page]");
  page.checked = on > 0 && on === boxes().length;
  page.indeterminate = on > 0 && on < boxes().length;
  const about = isAbout() ? "about " : "";
  document.querySelector("[data-selection-count]").textContent = `${about}${count().toLocaleString("en")} selected`;
  document.querySelector("[data-bulk-bar]").hidden = count() === 0;
  const strip = document.querySelector("[data-selection-strip]");
  strip.hidden = picked.mode === "all" || on < boxes().length || total() <= on;
  document.querySelector("[data-selection-page]").textContent = `${on} on this page selected.`;
}

let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest("tr[data-row] input[name='id']");
  if (box) {
    const all = boxes();
    const range = event.shiftKey && last && all.includes(last) ? [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b) : null;
    for (const one of range ? all.slice(range[0], range[1] + 1) : [box]) set(one.value, box.checked);
    last = box;
  } else if (event.target.closest("[data-select-page]")) {
    const on = event.target.checked;
    for (const one of boxes()) set(one.value, on);
  } else if (event.target.closest("[data-select-all]")) {
    picked.mode = "all";
    picked.ids.clear();
  } else if (event.target.closest("[data-select-none]")) clear();
  else return;
  draw();
});

function fields() {
  const body = new FormData();
  body.set("mode", picked.mode);
  body.set("address", form().dataset.address);
  body.set("seen", String(count()));
  if (isAbout()) body.set("about", "1");
  for (const id of picked.ids) body.append("id", id);
  return body;
}

// A button of the bar opens its dialog with the selection.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-selection-post]");
  if (!button) return;
  const values = {};
  for (const [name, value] of fields()) {
    if (name in values) values[name] = [].concat(values[name], value);
    else values[name] = value;
  }
  window.htmx.ajax("POST", button.dataset.selectionPost, { target: "#dialog", values, source: button });
});

document.addEventListener("htmx:afterSettle", draw);
window.addEventListener("pageshow", draw);
draw();
