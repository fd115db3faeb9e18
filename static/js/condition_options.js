// A list of options under an input that filters it: arrow keys, Enter, Escape; read out as a combobox.
import { element } from "./condition_parts.js";

const anchored = CSS.supports("position-area", "block-end");
let made = 0;

// Groups of options that hold the text: [{label, options: [{value, label, prefix}]}].
export function filtered(groups, text) {
  const wanted = text.trim().toLocaleLowerCase();
  const holds = (group, option) => `${group.label} ${option.prefix ?? ""} ${option.label}`.toLocaleLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, options: group.options.filter((option) => holds(group, option)) })).filter((group) => group.options.length);
}

export class Options {
  // `load(text)` gives groups of options, or a promise of them; `choose(value)` takes one. An `open` list stays.
  constructor(input, list, { load, choose, open = false, empty = "" }) {
    Object.assign(this, { input, list, load, choose, open, empty, asked: 0 });
    list.id ||= `options-${++made}`;
    list.setAttribute("role", "listbox");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": String(open), autocomplete: "off" })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.refresh());
    input.addEventListener("keydown", (event) => this.key(event));
    if (!open) {
      input.addEventListener("focus", () => this.refresh());
      input.addEventListener("click", () => this.hidden && this.refresh());
      input.addEventListener("blur", () => this.hide());
    }
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role='option']");
      if (option) this.take(option);
    });
  }

  get hidden() {
    return !this.open && !this.list.matches(":popover-open");
  }

  get all() {
    return [...this.list.querySelectorAll("[role='option']")];
  }

  async refresh() {
    const turn = ++this.asked;
    const groups = await this.load(this.input.value);
    if (turn !== this.asked || !this.input.isConnected || (!this.open && document.activeElement !== this.input)) return;
    this.draw(groups);
  }

  draw(groups) {
    const options = (group) => group.options.map((option) => element("div", { role: "option", id: `${this.list.id}-${++made}`, "data-value": option.value, "aria-selected": String(Boolean(option.chosen)), class: "option" }, option.prefix ? element("span", { class: "muted" }, `${option.prefix} `) : null, option.label));
    this.list.replaceChildren(...groups.map((group) => (group.label ? element("div", { role: "group", "aria-label": group.label }, element("p", { class: "menu-label", "aria-hidden": "true" }, group.label), ...options(group)) : element("div", { role: "group" }, ...options(group)))));
    if (!groups.length && this.empty) this.list.append(element("p", { class: "menu-label" }, this.empty));
    this.mark(this.likeliest() ?? null);
    if (this.open) return;
    if (groups.length) this.show();
    else this.hide();
  }

  // What Enter takes: the first that begins with what was typed, or else the one chosen before.
  likeliest() {
    const wanted = this.input.value.trim().toLocaleLowerCase();
    if (!this.open || !wanted) return this.all.find((option) => option.getAttribute("aria-selected") === "true");
    return this.all.find((option) => option.lastChild.textContent.toLocaleLowerCase().startsWith(wanted)) ?? this.all[0];
  }

  show() {
    if (this.hidden) this.list.showPopover({ source: this.input });
    this.input.setAttribute("aria-expanded", "true");
    if (anchored) return;
    const box = this.input.getBoundingClientRect();
    this.list.style.top = `${box.bottom}px`;
    this.list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - this.list.offsetWidth - 8))}px`;
  }

  hide() {
    this.asked += 1;
    if (!this.hidden) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.mark(null);
  }

  mark(option) {
    this.marked?.classList.remove("option-marked");
    this.marked = option;
    option?.classList.add("option-marked");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  take(option) {
    if (!this.open) this.hide();
    this.choose(option.dataset.value);
  }

  key(event) {
    const all = this.all;
    const place = all.indexOf(this.marked);
    if (event.key === "ArrowDown" && this.hidden) this.refresh();
    else if (event.key === "ArrowDown" && all.length) this.mark(all[(place + 1) % all.length]);
    else if (event.key === "ArrowUp" && all.length && !this.hidden) this.mark(all[place > 0 ? place - 1 : all.length - 1]);
    else if (event.key === "Enter" && this.marked && !this.hidden) {
      event.stopImmediatePropagation();
      this.take(this.marked);
    } else if (event.key === "Enter" && this.open) this.mark(null);
    else if (event.key === "Escape" && !this.open && !this.hidden) {
      event.stopPropagation();
      this.hide();
    } else return;
    event.preventDefault();
  }
}

let panels = 0;

// A button that opens a searchable list: {label, text, chosen, groups, choose}.
export function picker({ label, content, groups, chosen, choose, icon }) {
  const panel = element("div", { id: `picker-${++panels}`, class: "menu picker", popover: "auto" });
  const button = element("button", { type: "button", class: "button rule-pick", popovertarget: panel.id, "aria-label": label, "aria-haspopup": "dialog" }, ...content, icon("chevron"));
  panel.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    const search = element("input", { type: "search", autofocus: true, "aria-label": "Search", placeholder: "Search …" });
    const list = element("div", { class: "options", "aria-label": label });
    panel.replaceChildren(search, list);
    const marked = groups.map((group) => ({ ...group, options: group.options.map((option) => ({ ...option, chosen: option.value === chosen })) }));
    const options = new Options(search, list, {
      open: true,
      empty: "Nothing is called that.",
      load: (text) => filtered(marked, text),
      choose: (value) => {
        panel.hidePopover();
        choose(value);
      },
    });
    options.draw(marked);
    setTimeout(() => options.marked?.scrollIntoView({ block: "nearest" }));
  });
  return [button, panel];
}
