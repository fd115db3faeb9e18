// The rule builder: draws the draft, changes it, keeps the textarea in step and asks the server for the counts.
import { drop, emptyGroup, emptyLeaf, isComplete, parentOf, read, remove, step, unfinished, write } from "./condition_tree.js";
import { element, valueInputs } from "./condition_values.js";

const MATCHES = [["all", "All"], ["any", "Any"], ["none", "None"]];
const WAIT = 250;
const icon = (name) => document.querySelector(`template[data-icon="${name}"]`)?.content.cloneNode(true) ?? name;

function csrf() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

class Builder {
  constructor(root, catalog) {
    this.root = root;
    this.tree = root.querySelector("[data-condition-tree]");
    this.text = root.querySelector("textarea");
    this.units = catalog.units;
    this.subjects = new Map(catalog.subjects.map((each) => [each.id, each]));
    this.load();
    this.text.addEventListener("change", (event) => event.isTrusted && this.load());
    this.text.form?.addEventListener("submit", (event) => this.refuseUnfinished(event), true);
  }

  load() {
    try {
      this.draft = read(JSON.parse(this.text.value || '{"all":[]}'), this.subjects);
    } catch {
      this.say("The definition is not JSON.");
      return;
    }
    if (!this.draft.children.length) this.draft.children.push(emptyLeaf());
    this.draw();
    this.changed();
  }

  // Rows left out of the definition would widen it, so nothing is saved while there are any.
  refuseUnfinished(event) {
    const open = unfinished(this.draft, this.subjects);
    if (!open.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const node of open) {
      const sentence = this.places.get(node).querySelector(".rule-error");
      sentence.hidden = false;
      sentence.textContent = "Finish this condition or remove it.";
    }
    this.places.get(open[0]).querySelector("select, input")?.focus();
    this.say("Some conditions are not finished.");
  }

  say(text) {
    this.root.querySelector("[data-condition-status]").textContent = text;
  }

  draw(focus = null) {
    this.places = new Map();
    this.tree.replaceChildren(this.group(this.draft, 1));
    if (focus) this.places.get(focus)?.querySelector("select, input, button")?.focus();
  }

  group(node, level) {
    const name = `match-${Math.random().toString(36).slice(2)}`;
    const matches = element("div", { class: "segmented", role: "group", "aria-label": "Match" }, ...MATCHES.map(([value, label]) => {
      const radio = element("input", { type: "radio", name, value, checked: node.match === value });
      radio.addEventListener("change", () => {
        node.match = value;
        this.changed();
      });
      return element("label", {}, radio, element("span", {}, label));
    }));
    const header = element("div", { class: "rule-group-header" }, matches, "of these are true", element("span", { class: "count" }));
    if (level > 1) header.append(this.moves(node, "group"));
    const box = element("div", { class: "rule-group", role: "group", "aria-label": `Group at level ${level}` }, header, ...node.children.map((child) => ("match" in child ? this.group(child, level + 1) : this.rule(child))));
    const condition = element("button", { type: "button", class: "button button-quiet button-small" }, icon("plus"), "Condition");
    condition.addEventListener("click", () => this.insert(node, emptyLeaf()));
    const nested = element("button", { type: "button", class: "button button-quiet button-small" }, icon("plus"), "Group");
    nested.addEventListener("click", () => this.insert(node, emptyGroup()));
    box.append(element("div", { class: "rule-add" }, condition, nested));
    this.places.set(node, header);
    return box;
  }

  insert(parent, node) {
    parent.children.push(node);
    this.draw("match" in node ? node.children[0] : node);
    this.changed();
  }

  rule(node) {
    const grip = element("span", { class: "rule-grip", draggable: "true", "aria-hidden": "true" }, icon("grip"));
    const row = element("div", { class: "rule", role: "group", "aria-label": "Condition" }, grip);
    if ("raw" in node) row.append(element("code", {}, JSON.stringify(node.raw)));
    else row.append(this.subjectPicker(node), ...this.comparison(node));
    row.append(element("span", { class: "count" }), this.moves(node, "condition"), element("p", { class: "rule-error", hidden: true }));
    this.drag(grip, row, node);
    this.places.set(node, row);
    return row;
  }

  subjectPicker(node) {
    const grouped = Map.groupBy(this.subjects.values(), (each) => each.group);
    const select = element("select", { "aria-label": "About" }, element("option", { value: "" }, "Choose what it is about …"), ...[...grouped].map(([label, subjects]) => element("optgroup", { label }, ...subjects.map((each) => element("option", { value: each.id, selected: each.id === node.subject }, each.label)))));
    select.addEventListener("change", () => {
      node.subject = select.value;
      node.op = this.subjects.get(node.subject)?.operators[0].code ?? "";
      node.value = null;
      this.draw(node);
      this.changed();
    });
    return select;
  }

  comparison(node) {
    const subject = this.subjects.get(node.subject);
    if (!subject) return [];
    const select = element("select", { "aria-label": "Operator" }, ...subject.operators.map((each) => element("option", { value: each.code, selected: each.code === node.op }, each.label)));
    select.addEventListener("change", () => {
      const shape = (code) => subject.operators.find((each) => each.code === code)?.shape;
      if (shape(node.op) !== shape(select.value)) node.value = null;
      node.op = select.value;
      this.draw(node);
      this.changed();
    });
    const shape = subject.operators.find((each) => each.code === node.op)?.shape ?? "none";
    const context = { subject, shape, type: subject.input, units: this.units, valuesUrl: this.root.dataset.values };
    return [select, ...valueInputs(context, node.value, (value) => {
      node.value = value;
      this.changed();
    })];
  }

  moves(node, word) {
    const button = (label, image, act) => {
      const made = element("button", { type: "button", class: "button button-quiet button-icon button-small", "aria-label": `${label} ${word}` }, icon(image));
      made.addEventListener("click", act);
      return made;
    };
    const move = (by) => () => {
      if (!step(this.draft, node, by)) return;
      this.draw(node);
      this.changed();
      this.say(`Moved ${by < 0 ? "up" : "down"}`);
    };
    const drop = () => {
      const parent = parentOf(this.draft, node);
      remove(this.draft, node);
      this.draw(parent);
      this.changed();
      this.say("Removed");
    };
    return element("span", { class: "rule-moves" }, button("Move up the", "up", move(-1)), button("Move down the", "down", move(1)), button("Remove the", "x", drop));
  }

  drag(grip, row, node) {
    grip.addEventListener("dragstart", () => (this.dragged = node));
    row.addEventListener("dragover", (event) => this.dragged && event.preventDefault());
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      const box = row.getBoundingClientRect();
      if (this.dragged && drop(this.draft, this.dragged, node, event.clientY > box.top + box.height / 2)) {
        this.draw(this.dragged);
        this.changed();
      }
      this.dragged = null;
    });
  }

  changed() {
    const text = JSON.stringify(write(this.draft, this.subjects), null, 1);
    const news = text !== this.text.value;
    this.text.value = text;
    if (news) this.root.dispatchEvent(new CustomEvent("conditions:changed", { bubbles: true }));
    for (const [node, place] of this.places) {
      if (!("match" in node)) place.classList.toggle("rule-unfinished", !isComplete(node, this.subjects.get(node.subject)));
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.count(text), WAIT);
  }

  async count(text) {
    this.asking?.abort();
    this.asking = new AbortController();
    const body = new URLSearchParams({ conditions: text });
    const answer = await fetch(this.root.dataset.counts, { method: "POST", body, headers: { "X-CSRFToken": csrf() }, signal: this.asking.signal }).catch(() => null);
    if (!answer || !this.root.isConnected || ![200, 422].includes(answer.status)) return;
    const { words = "", counts = {}, errors = [] } = await answer.json();
    this.root.querySelector("[data-condition-words]").textContent = words;
    for (const [node, place] of this.places) this.mark(node, place, counts, errors);
  }

  mark(node, place, counts, errors) {
    const key = node.path && JSON.stringify(node.path).replaceAll(",", ", ");
    const number = key ? counts[key] : undefined;
    place.querySelector(".count").textContent = number === null ? "takes long" : number === undefined ? "" : `${number.toLocaleString("en")}${"match" in node ? " users" : ""}`;
    const error = errors.find((each) => node.path && !("match" in node) && node.path.every((part, index) => each.path[index] === part));
    const sentence = place.querySelector(".rule-error");
    if (!sentence) return;
    sentence.hidden = !error;
    sentence.textContent = error?.message ?? "";
    place.classList.toggle("rule-invalid", Boolean(error));
  }
}

const catalogs = new Map();
async function catalogAt(url) {
  if (!catalogs.has(url)) catalogs.set(url, fetch(url, { headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : null)));
  return catalogs.get(url);
}

async function start(root) {
  root.dataset.started = "";
  const catalog = await catalogAt(root.dataset.catalog);
  if (catalog) new Builder(root, catalog);
  else root.querySelector("details").open = true;
}

function startAll() {
  for (const root of document.querySelectorAll("[data-condition-editor]:not([data-started])")) start(root);
}

document.addEventListener("htmx:afterSettle", startAll);
startAll();
