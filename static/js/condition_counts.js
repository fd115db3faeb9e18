// The counts beside the nodes of the rule builder, its words, and the errors at their rows, as the server says them.
import { element } from "./condition_parts.js";
import { isComplete, isGroup, nodesOf } from "./condition_tree.js";

const WAIT = 250;
// Counts of what did not change are good for this long.
const FRESH = 30_000;
const format = new Intl.NumberFormat(document.documentElement.lang);
const keyOf = (path) => JSON.stringify(path);

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

export class Counts {
  constructor(builder) {
    this.builder = builder;
    this.known = new Map();
    this.faults = new Map();
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.builder.root.querySelector("[data-condition-words]").textContent = "";
  }

  soon(text) {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.faults.clear();
    this.builder.root.classList.add("is-counting");
    this.showAll();
    this.timer = setTimeout(() => this.ask(text), this.known.size ? WAIT : 0);
  }

  fresh(node) {
    const known = this.known.get(node.text);
    return known && performance.now() - known.at < FRESH ? known : null;
  }

  async ask(text) {
    this.asking = new AbortController();
    const { signal } = this.asking;
    const written = [...nodesOf(this.builder.draft)].filter((node) => node.path);
    const paths = written.filter((node) => !this.fresh(node)).map((node) => node.path);
    const body = new URLSearchParams({ conditions: text, paths: JSON.stringify(paths) });
    const answer = await fetch(this.builder.root.dataset.counts, { method: "POST", body, headers: { "X-CSRFToken": token() }, signal }).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => null) : null;
    if (signal.aborted || !this.builder.root.isConnected) return;
    this.builder.root.classList.remove("is-counting");
    if (found) this.take(found, written);
    else this.builder.say("The counts could not be asked for. They come with the next change.", { shown: true });
  }

  take({ words, nodes, errors }, written) {
    this.builder.root.querySelector("[data-condition-words]").textContent = words && `${words}.`;
    const byPath = new Map(written.map((node) => [keyOf(node.path), node]));
    for (const { path, count, words: said } of nodes) {
      const node = byPath.get(keyOf(path));
      if (!node) continue;
      if (count !== undefined) this.known.set(node.text, { count, at: performance.now() });
      if (node.raw && said && node.words !== said) {
        node.words = said;
        this.builder.places.get(node).querySelector(".rule-raw").textContent = said;
      }
    }
    for (const { path, message } of errors) {
      const depth = (node) => (node.path.every((part, place) => path[place] === part) ? node.path.length : -1);
      const node = written.toSorted((one, other) => depth(other) - depth(one))[0];
      this.fault(node, `${message}.`, path.slice(node.path.length));
    }
    this.showAll();
    const all = this.known.get(this.builder.draft.text);
    if (!errors.length && all && all.count !== null) this.announce(all.count);
  }

  announce(count) {
    const status = this.builder.root.querySelector("[data-condition-status]");
    status.textContent = `${status.textContent ? `${status.textContent.replace(/\. [\d,. ]+ match$/, "")}. ` : ""}${format.format(count)} users match`;
  }

  // Notes what is wrong with a node; `rest` is the path below it.
  fault(node, sentence, rest = []) {
    this.faults.set(node, { sentence, rest });
    this.show(node);
  }

  showAll() {
    for (const node of this.builder.places.keys()) this.show(node);
  }

  show(node) {
    const place = this.builder.places.get(node);
    const fault = this.faults.get(node);
    const sentence = place.querySelector(":scope > .rule-error");
    sentence.hidden = !fault;
    sentence.textContent = fault?.sentence ?? "";
    place.classList.toggle("rule-invalid", Boolean(fault));
    for (const control of place.querySelectorAll("[aria-invalid]")) {
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
    }
    if (fault) this.blame(place, fault.rest[0], sentence.id);
    this.write(node, place.querySelector(":scope > .count"), fault);
  }

  blame(place, part, id) {
    const where = part === "value" ? ".rule-values :is(input, select, .rule-pick)" : part === "op" ? ".rule-operator" : ".rule-pick, .segmented input:checked";
    for (const control of place.querySelectorAll(where)) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", id);
    }
  }

  write(node, place, fault) {
    const known = node.path && !fault ? this.known.get(node.text) : null;
    const number = known ? known.count : undefined;
    place.classList.toggle("count-slow", number === null);
    place.replaceChildren(...this.said(node, number, fault));
  }

  said(node, number, fault) {
    if (fault) return [];
    if (number === null) return ["taking long"];
    if (number !== undefined) return [format.format(number), element("span", { class: "count-unit" }, number === 1 ? " user" : " users")];
    if (!isGroup(node) && !isComplete(node, this.builder.subjects)) return node.subject ? ["unfinished"] : [];
    // Not asked yet; or part of it is in error, and there is no answer.
    return node.path ? [this.builder.root.classList.contains("is-counting") ? "…" : "–"] : [];
  }
}
