// The rule builder: holds the draft, draws it, and keeps the textarea of its form in step.
import { attempt, emptyLeaf, isComplete, isGroup, nodesOf, parentOf, read, remove, write } from "./condition_tree.js";
import { Counts } from "./condition_counts.js";
import { draggable } from "./condition_drag.js";
import { groupBox, markUnfinished, moves, replaceRow } from "./condition_rows.js";

class Builder {
  constructor(root, catalog) {
    this.root = root;
    this.tree = root.querySelector("[data-condition-tree]");
    this.text = root.querySelector("textarea");
    this.units = catalog.units;
    this.subjects = new Map(catalog.subjects.map((each) => [each.id, each]));
    this.places = new Map();
    this.counts = new Counts(this);
    this.text.addEventListener("change", (event) => event.isTrusted && this.load());
    draggable(this);
    this.load();
  }

  icon(name) {
    return this.root.querySelector(`template[data-icon="${name}"]`).content.cloneNode(true);
  }

  load() {
    try {
      this.draft = read(JSON.parse(this.text.value || '{"all":[]}'), this.subjects);
    } catch {
      this.draft = null;
      this.tree.replaceChildren();
      this.counts.stop();
      this.root.querySelector("details").open = true;
      this.say("This definition cannot be shown as rules. Correct it below.", { shown: true });
      return;
    }
    this.say("");
    if (!this.draft.children.length && this.draft.match === "all") this.draft.children.push(emptyLeaf());
    this.draw();
    this.changed({ quiet: true });
  }

  // What happened, for screen readers; `shown` also for everybody else.
  say(text, { shown = false } = {}) {
    this.root.querySelector("[data-condition-status]").textContent = shown ? "" : text;
    const note = this.root.querySelector("[data-condition-note]");
    note.hidden = !shown;
    note.querySelector("[data-condition-note-text]").textContent = shown ? text : "";
  }

  // Draws the groups anew and keeps the rows there are; the focus goes to the part of the node that the selector names.
  draw(node = null, part = "") {
    this.kept = this.places;
    this.places = new Map();
    this.tree.replaceChildren(groupBox(this, this.draft, 1));
    if (node) this.focus(node, part);
  }

  focus(node, part) {
    const place = this.places.get(node) ?? this.places.get(this.draft);
    ((part && place.querySelector(part)) || place.querySelector("button, input")).focus();
  }

  redrawRow(node) {
    replaceRow(this, node);
    const value = ".rule-values :is(input, select, button)";
    this.focus(node, this.places.get(node).querySelector(value) ? value : ".rule-operator");
  }

  // Changes the tree by `act`, unless it would be too deep or too large; says `done`. True when it was changed.
  reshape(act, node, part, done = "") {
    const refusal = attempt(this.draft, act);
    // What could not be added is not there to be drawn; the focus stays on the button.
    if (!refusal || this.places.has(node)) this.draw(node, part);
    this.say(refusal || done, { shown: Boolean(refusal) });
    if (!refusal) this.changed();
    return !refusal;
  }

  add(group, node) {
    this.reshape(() => group.children.push(node), isGroup(node) ? node.children[0] : node, ".rule-pick");
  }

  move(node, name) {
    const { act, done } = moves[name];
    const [parent, place] = this.placeOf(node);
    if (!this.reshape(() => act(this.draft, node), node, ".rule-grip")) return;
    const [above, now] = this.placeOf(node);
    this.say(parent === above && place === now ? "It cannot go further" : `${done}, now ${now + 1} of ${above.children.length}`);
  }

  placeOf(node) {
    const parent = parentOf(this.draft, node);
    return [parent, parent.children.indexOf(node)];
  }

  remove(node) {
    const [parent, place] = this.placeOf(node);
    const next = parent.children[place + 1] ?? parent.children[place - 1] ?? parent;
    this.reshape(() => remove(this.draft, node), next, ".rule-grip", "Removed");
  }

  changed({ quiet = false } = {}) {
    const text = JSON.stringify(write(this.draft, this.subjects), null, 1);
    const news = text !== this.text.value;
    this.text.value = text;
    if (news && !quiet) {
      // What was built is not thrown away by a press beside the dialog.
      this.root.closest("dialog")?.setAttribute("data-keep", "");
      this.root.dispatchEvent(new CustomEvent("conditions:changed", { bubbles: true }));
    }
    markUnfinished(this);
    this.counts.soon(text);
  }

  // The first condition that was begun and not finished; those nobody has begun are simply left out.
  unfinished() {
    const begun = [...nodesOf(this.draft)].filter((node) => !isGroup(node) && node.subject && !isComplete(node, this.subjects));
    for (const node of begun) this.counts.fault(node, "Give a value, or remove this condition.", ["value"]);
    return begun[0];
  }
}

const catalogs = new Map();
const builders = new WeakMap();

async function catalogAt(url) {
  if (!catalogs.has(url)) catalogs.set(url, fetch(url, { headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : null), () => null));
  const catalog = await catalogs.get(url);
  if (!catalog) catalogs.delete(url);
  return catalog;
}

async function start(root) {
  root.dataset.started = "";
  const catalog = await catalogAt(root.dataset.catalog);
  root.querySelector("[data-condition-waiting]")?.remove();
  if (!catalog) {
    root.querySelector("details").open = true;
    return;
  }
  const builder = new Builder(root, catalog);
  builders.set(root, builder);
  const dialog = root.closest("dialog");
  if (dialog && !root.contains(document.activeElement)) root.querySelector(".rule-pick, .rule-add button")?.focus();
}

function startAll() {
  for (const root of document.querySelectorAll("[data-condition-editor]:not([data-started])")) start(root);
}

document.addEventListener("htmx:afterSettle", startAll);
startAll();

function buildersIn(form) {
  return [...form.querySelectorAll("[data-condition-editor]")].map((root) => builders.get(root)).filter((builder) => builder?.draft);
}

document.addEventListener(
  "submit",
  (event) => {
    for (const builder of buildersIn(event.target)) {
      const first = builder.unfinished();
      if (!first) continue;
      event.preventDefault();
      event.stopImmediatePropagation();
      builder.say("A condition has no value yet.");
      builder.focus(first, ".rule-values :is(input, select, button)");
      return;
    }
  },
  true,
);

// What is sent is written in one line, and asking for everybody is asking nothing.
document.addEventListener("formdata", (event) => {
  for (const { text, draft, subjects } of buildersIn(event.target)) {
    const json = write(draft, subjects);
    if (event.target.method === "get" && json.all?.length === 0) event.formData.delete(text.name);
    else event.formData.set(text.name, JSON.stringify(json));
  }
});
