// How groups and conditions of the rule builder are drawn.
import { carried, valueInputs } from "./condition_values.js";
import { duplicate, emptyGroup, emptyLeaf, indent, isComplete, isGroup, nodesOf, operatorOf, outdent, parentOf, step } from "./condition_tree.js";
import { element, press, select } from "./condition_parts.js";
import { picker } from "./condition_options.js";

const MATCHES = [["all", "All"], ["any", "Any"], ["none", "None"]];
let made = 0;

export const moves = {
  up: { label: "Move up", image: "up", key: "ArrowUp", sign: "↑", act: (draft, node) => step(draft, node, -1), done: "Moved up" },
  down: { label: "Move down", image: "down", key: "ArrowDown", sign: "↓", act: (draft, node) => step(draft, node, 1), done: "Moved down" },
  in: { label: "Into a group", image: "in", key: "ArrowRight", sign: "→", act: indent, done: "Moved into a group" },
  out: { label: "Out of its group", image: "out", key: "ArrowLeft", sign: "←", act: outdent, done: "Moved out of the group" },
};

function nameOf(builder, node) {
  if (isGroup(node)) return "group";
  const subject = builder.subjects.get(node.subject);
  return subject ? `condition on ${subject.label}` : "condition";
}

// A handle that drags by pointer, moves by Alt and arrows, and opens a menu with all moves.
function grip(builder, node) {
  const menu = element("div", { id: `moves-${++made}`, class: "menu", popover: "auto" });
  const button = element("button", { type: "button", class: "rule-grip", popovertarget: menu.id, "aria-label": `Move ${nameOf(builder, node)}` }, builder.icon("grip"));
  menu.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    const inside = parentOf(builder.draft, node) !== builder.draft;
    const all = Object.entries(moves).map(([name, { label, image, sign }]) => element("button", { type: "button", "data-move-node": name, disabled: name === "out" && !inside }, builder.icon(image), label, element("kbd", { class: "push-end" }, `Alt ${sign}`)));
    menu.replaceChildren(...all, element("hr"), element("button", { type: "button", "data-move-node": "copy" }, builder.icon("copy"), "Duplicate"));
  });
  menu.addEventListener("click", (event) => {
    const name = event.target.closest("[data-move-node]")?.dataset.moveNode;
    if (name === "copy") {
      let copy;
      builder.reshape(() => (copy = duplicate(builder.draft, node)), node, ".rule-grip", "Duplicated");
      builder.focus(copy, ".rule-grip");
    } else if (name) builder.move(node, name);
  });
  button.addEventListener("keydown", (event) => {
    const name = event.altKey && Object.keys(moves).find((each) => moves[each].key === event.key);
    if (!name) return;
    event.preventDefault();
    builder.move(node, name);
  });
  return [button, menu];
}

function remover(builder, node) {
  return press(`Remove ${nameOf(builder, node)}`, { class: "button button-quiet button-icon button-small rule-remove" }, [builder.icon("x")], () => builder.remove(node));
}

function fault(id) {
  return element("p", { class: "rule-error", id, hidden: true });
}

export function groupBox(builder, node, level) {
  const top = level === 1;
  const name = `match-${++made}`;
  // Its radios are for the builder alone, no part of what the form sends.
  const matching = element("div", { class: "segmented", role: "radiogroup", "aria-label": "Match" }, ...MATCHES.map(([value, label]) => {
    const radio = element("input", { type: "radio", name, value, form: "no-form", checked: node.match === value });
    radio.addEventListener("change", () => builder.reshape(() => (node.match = value), node, "input:checked"));
    return element("label", {}, radio, element("span", {}, label));
  }));
  const header = element("div", { class: "rule-group-header" }, ...(top ? [] : grip(builder, node)), matching, element("span", {}, "of these are true"), element("span", { class: "count" }), top ? null : remover(builder, node), fault(`fault-${++made}`));
  const add = (label, fresh) => {
    const button = element("button", { type: "button", class: "button button-quiet" }, builder.icon("plus"), label);
    button.addEventListener("click", () => builder.add(node, fresh()));
    return button;
  };
  const rows = node.children.map((child) => (isGroup(child) ? groupBox(builder, child, level + 1) : keptRow(builder, child)));
  const empty = node.children.length ? null : element("p", { class: "rule-none muted" }, node.match === "any" ? "No conditions: this is nobody." : "No conditions: this is everybody.");
  const adding = element("div", { class: "rule-add" }, add("Condition", emptyLeaf), add("Group", emptyGroup));
  builder.places.set(node, header);
  builder.counts.show(node);
  return element("div", { class: "rule-group", role: "group", "aria-label": top ? "Conditions" : `Group, level ${level}` }, header, ...rows, empty, adding);
}

// A row does not depend on where it stands.
function keptRow(builder, node) {
  const row = builder.kept.get(node);
  if (!row) return ruleRow(builder, node);
  builder.places.set(node, row);
  return row;
}

function ruleRow(builder, node) {
  const row = element("div", { class: "rule", role: "group", "aria-label": nameOf(builder, node) }, ...grip(builder, node), element("div", { class: "rule-fields" }, ...fields(builder, node)), element("span", { class: "count" }), remover(builder, node), fault(`fault-${++made}`));
  builder.places.set(node, row);
  builder.counts.show(node);
  return row;
}

export function replaceRow(builder, node) {
  const old = builder.places.get(node);
  old.replaceWith(ruleRow(builder, node));
}

function fields(builder, node) {
  if (node.raw) return [element("span", { class: "rule-raw" }, node.words || JSON.stringify(node.raw)), element("span", { class: "muted small" }, "kept as it is")];
  const subject = builder.subjects.get(node.subject);
  const parts = subjectPicker(builder, node, subject);
  if (!subject) return parts;
  const operators = subject.operators.map((each) => [each.code, each.label]);
  const values = element("div", { class: "rule-values" });
  const choose = select("Operator", operators, node.op, (code) => {
    const from = operatorOf(node, builder.subjects).shape;
    node.op = code;
    node.value = carried(node.value, from, operatorOf(node, builder.subjects).shape);
    drawValues(builder, node, values);
    builder.changed();
  });
  choose.classList.add("rule-operator");
  drawValues(builder, node, values);
  return [...parts, choose, values];
}

function drawValues(builder, node, place) {
  const subject = builder.subjects.get(node.subject);
  const context = {
    shape: operatorOf(node, builder.subjects).shape,
    subject,
    type: subject.input,
    units: builder.units,
    icon: (name) => builder.icon(name),
    say: (text, options) => builder.say(text, options),
    suggest: (text) => suggested(builder, subject, text),
  };
  const changed = (value, { redraw = false } = {}) => {
    node.value = value;
    if (redraw) {
      drawValues(builder, node, place);
      place.querySelector("select, button, input")?.focus();
    }
    builder.changed();
  };
  place.replaceChildren(...valueInputs(context, node.value, changed));
  place.hidden = !place.children.length;
}

async function suggested(builder, subject, text) {
  if (!subject.suggest) return [];
  const query = new URLSearchParams({ kind: subject.kind, name: subject.name, q: text });
  const answer = await fetch(`${builder.root.dataset.values}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? (await answer.json()).values : [];
}

function subjectPicker(builder, node, subject) {
  const grouped = Map.groupBy(builder.subjects.values(), (each) => each.group);
  const prefix = subject?.prefix ? element("span", { class: "muted" }, subject.prefix) : null;
  return picker({
    label: subject ? `About: ${subject.prefix} ${subject.label}`.replace("  ", " ") : "Choose what it is about",
    content: subject ? [prefix, subject.label] : [element("span", { class: "muted" }, "Choose what it is about …")],
    groups: [...grouped].map(([label, subjects]) => ({ label, options: subjects.map((each) => ({ value: each.id, label: each.label, prefix: each.prefix })) })),
    chosen: node.subject,
    choose: (id) => {
      if (id !== node.subject) Object.assign(node, { subject: id, op: builder.subjects.get(id).operators[0].code, value: null });
      builder.redrawRow(node);
      builder.changed();
    },
    icon: (name) => builder.icon(name),
  });
}

export function markUnfinished(builder) {
  for (const node of nodesOf(builder.draft)) {
    if (!isGroup(node)) builder.places.get(node)?.classList.toggle("rule-unfinished", Boolean(node.subject) && !isComplete(node, builder.subjects));
  }
}
