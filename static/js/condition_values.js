// The inputs of a value, by the shape its operator asks for. Each calls `changed(value)` as somebody types.
import { element, select } from "./condition_parts.js";
import { picker } from "./condition_options.js";
import { tokens } from "./condition_tokens.js";

const DAY = /^\d{4}-\d\d-\d\d$/;
const MONTHS = Array.from({ length: 12 }, (_, month) => [month + 1, new Date(2000, month, 1).toLocaleString(document.documentElement.lang, { month: "long" })]);

function number(text) {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
}

function input({ type }, value, label, changed) {
  // A moment is no day; it stays as it was written.
  const shown = type === "date" && value && !DAY.test(value) ? "text" : type;
  const made = element("input", { type: shown, value: String(value ?? ""), "aria-label": label, autocomplete: "off", step: shown === "number" ? "any" : null });
  made.addEventListener("input", () => changed(shown === "number" ? number(made.value) : made.value));
  return made;
}

function whole(value, label, bounds, changed) {
  const made = element("input", { type: "number", value: String(value ?? ""), "aria-label": label, step: "1", inputmode: "numeric", ...bounds });
  made.addEventListener("input", () => changed(number(made.value)));
  return made;
}

function one(context, value, changed) {
  return [input(context, Array.isArray(value) ? value[0] : value, "Value", changed)];
}

function choice(context, value, changed) {
  const label = context.subject.choices.find((each) => each.value === value)?.label;
  return picker({
    label: `${context.subject.label}: ${label ?? "choose"}`,
    content: [label ?? element("span", { class: "muted" }, "Choose …")],
    groups: [{ label: "", options: context.subject.choices }],
    chosen: value,
    choose: (chosen) => changed(chosen, { redraw: true }),
    icon: context.icon,
  });
}

function pair(context, value, changed) {
  const values = Array.isArray(value) ? [...value] : [null, null];
  const part = (place, label) =>
    input(context, values[place], label, (text) => {
      values[place] = text;
      changed([...values]);
    });
  return [part(0, "From"), element("span", { class: "muted" }, "and"), part(1, "To")];
}

function duration(context, value, changed) {
  const now = { n: value?.n ?? null, unit: value?.unit ?? "days" };
  const tell = (part) => changed({ ...Object.assign(now, part) });
  return [whole(now.n, "How many", { min: "0" }, (n) => tell({ n })), select("Unit", context.units.map((unit) => [unit, unit]), now.unit, (unit) => tell({ unit }))];
}

function anniversary(_context, value, changed) {
  const soon = !value?.month;
  const mode = select("When", [["next", "in the next"], ["day", "on"]], soon ? "next" : "day", (chosen) => changed(chosen === "next" ? { next: { n: null, unit: "days" } } : { month: 1, day: null }, { redraw: true }));
  if (soon) return [mode, whole(value?.next?.n, "How many days", { min: "0", max: "366" }, (n) => changed({ next: { n, unit: "days" } })), element("span", { class: "muted" }, "days")];
  const now = { ...value };
  const tell = (part) => changed({ ...Object.assign(now, part) });
  return [mode, whole(now.day, "Day of the month", { min: "1", max: "31" }, (day) => tell({ day })), select("Month", MONTHS, now.month, (month) => tell({ month: Number(month) }))];
}

const SHAPES = { none: () => [], one, several: tokens, many: tokens, pair, duration, anniversary, choice };

// `context` is {shape, subject, type, units, icon, suggest, say}.
export function valueInputs(context, value, changed) {
  return SHAPES[context.shape](context, value, changed);
}

const LISTS = new Set(["several", "many"]);

// What is left of a value when its operator becomes one of another shape.
export function carried(value, from, to) {
  return from === to || (LISTS.has(from) && LISTS.has(to)) ? value : null;
}
