// Dragging conditions and groups by their handle, with a mouse or a finger. Escape lets go without moving.
import { isGroup, put } from "./condition_tree.js";

const FAR = 5;

// Where a point of the page would put what is dragged: [node, "before" | "after" | "first" | "last", element].
function goal(builder, x, y) {
  const below = document.elementFromPoint(x, y)?.closest(".rule, .rule-group-header, .rule-add");
  if (!below || !builder.tree.contains(below)) return null;
  const box = below.getBoundingClientRect();
  const lower = y > box.top + box.height / 2;
  if (below.matches(".rule-add")) {
    const header = below.parentElement.querySelector(":scope > .rule-group-header");
    return [nodeAt(builder, header), "last", below];
  }
  const node = nodeAt(builder, below);
  if (!isGroup(node)) return [node, lower ? "after" : "before", below];
  return node === builder.draft || lower ? [node, "first", below] : [node, "before", below];
}

function nodeAt(builder, place) {
  return [...builder.places].find(([, each]) => each === place)?.[0];
}

function clear(builder) {
  for (const each of builder.tree.querySelectorAll("[data-drop]")) delete each.dataset.drop;
}

function follow(builder, node, grip, start) {
  let moving = false;
  let found = null;
  const move = (event) => {
    if (!moving && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < FAR) return;
    moving = true;
    builder.tree.classList.add("is-dragging");
    grip.closest(".rule, .rule-group").classList.add("is-dragged");
    clear(builder);
    found = goal(builder, event.clientX, event.clientY);
    if (found) found[2].dataset.drop = found[1];
    document.scrollingElement.scrollBy(0, event.clientY < 40 ? -12 : event.clientY > window.innerHeight - 40 ? 12 : 0);
  };
  const end = (event) => {
    for (const [name, listener] of listeners) document.removeEventListener(name, listener, true);
    builder.tree.classList.remove("is-dragging");
    grip.closest(".rule, .rule-group")?.classList.remove("is-dragged");
    clear(builder);
    if (!moving) return;
    // The press of a handle opens its menu; letting go after a move does not.
    document.addEventListener("click", (click) => grip.contains(click.target) && click.preventDefault(), { capture: true, once: true });
    if (event.type === "pointerup" && found) builder.reshape(() => put(builder.draft, node, found[0], found[1]), node, ".rule-grip", "Moved");
  };
  const key = (event) => {
    if (event.key !== "Escape" || !moving) return;
    event.preventDefault();
    event.stopPropagation();
    end(event);
  };
  const listeners = [["pointermove", move], ["pointerup", end], ["pointercancel", end], ["keydown", key]];
  for (const [name, listener] of listeners) document.addEventListener(name, listener, true);
}

export function draggable(builder) {
  builder.tree.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".rule-grip");
    if (!grip || event.button !== 0) return;
    follow(builder, nodeAt(builder, grip.closest(".rule, .rule-group-header")), grip, event);
  });
}
