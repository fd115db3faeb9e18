// The inputs of a value, by the shape its operator asks for. Each calls `changed(value)` as somebody types.

export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...content.filter((one) => one !== null && one !== undefined));
  return made;
}

function options(pairs, chosen) {
  return pairs.map(([value, label]) => element("option", { value, selected: String(value) === String(chosen) }, label));
}

function typed(text, type) {
  if (type !== "number" || text.trim() === "") return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function input(context, value, onChange, label) {
  const list = context.subject.suggest && context.type === "text" ? suggestionList(context) : null;
  const made = element("input", { type: context.type, value: value ?? "", "aria-label": label, list: list?.id, autocomplete: "off", step: context.type === "number" ? "any" : null });
  made.addEventListener("input", () => {
    onChange(typed(made.value, context.type));
    if (list) offer(context, made.value, list);
  });
  if (list) made.addEventListener("focus", () => offer(context, made.value, list), { once: true });
  return list ? [made, list] : [made];
}

let lists = 0;
function suggestionList() {
  lists += 1;
  return element("datalist", { id: `condition-suggestions-${lists}` });
}

async function offer(context, text, list) {
  const query = new URLSearchParams({ kind: context.subject.kind, name: context.subject.name, q: text });
  const answer = await fetch(`${context.valuesUrl}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { values } = await answer.json();
  list.replaceChildren(...values.map((value) => element("option", { value })));
}

function one(context, value, changed) {
  return input(context, Array.isArray(value) ? value[0] : value, changed, "Value");
}

function choice(context, value, changed) {
  const select = element("select", { "aria-label": "Value" }, ...options([["", "Choose …"], ...context.subject.choices.map((each) => [each.value, each.label])], value ?? ""));
  select.addEventListener("change", () => changed(select.value));
  return [select];
}

function pair(context, value, changed) {
  const values = Array.isArray(value) ? [...value] : ["", ""];
  const set = (place) => (text) => {
    values[place] = text;
    changed([...values]);
  };
  return [...input(context, values[0], set(0), "From"), element("span", { class: "muted" }, "and"), ...input(context, values[1], set(1), "To")];
}

function duration(context, value, changed) {
  const now = { n: value?.n ?? null, unit: value?.unit ?? "days" };
  const number = element("input", { type: "number", min: "1", step: "1", value: now.n ?? "", "aria-label": "How many" });
  const unit = element("select", { "aria-label": "Unit" }, ...options(context.units.map((each) => [each, each]), now.unit));
  const tell = () => changed({ n: number.value === "" ? null : Number(number.value), unit: unit.value });
  number.addEventListener("input", tell);
  unit.addEventListener("change", tell);
  return [number, unit];
}

function anniversary(context, value, changed) {
  const soon = !value?.month;
  const mode = element("select", { "aria-label": "When" }, ...options([["next", "in the next days"], ["day", "on a day"]], soon ? "next" : "day"));
  const days = element("input", { type: "number", min: "1", step: "1", value: value?.next?.n ?? "", "aria-label": "Days", hidden: !soon });
  const month = element("input", { type: "number", min: "1", max: "12", value: value?.month ?? "", "aria-label": "Month", hidden: soon });
  const day = element("input", { type: "number", min: "1", max: "31", value: value?.day ?? "", "aria-label": "Day of the month", hidden: soon });
  const tell = () => {
    days.hidden = mode.value !== "next";
    month.hidden = day.hidden = mode.value === "next";
    changed(mode.value === "next" ? { next: { n: Number(days.value), unit: "days" } } : { month: Number(month.value), day: Number(day.value) });
  };
  for (const each of [mode, days, month, day]) each.addEventListener("input", tell);
  return [mode, days, month, day];
}

// Several values as tokens; pasted lines become several.
function many(context, value, changed) {
  const values = Array.isArray(value) ? [...value] : value === null || value === undefined || value === "" ? [] : [value];
  const tokens = element("span", { class: "cluster" });
  const draw = () => {
    tokens.replaceChildren(
      ...values.map((each) => {
        const token = element("button", { type: "button", class: "tag", "aria-label": `Remove ${each}` }, `${each} ×`);
        token.addEventListener("click", () => {
          values.splice(values.indexOf(each), 1);
          draw();
          changed([...values]);
        });
        return token;
      }),
    );
  };
  const add = (texts) => {
    for (const text of texts) {
      const each = typed(text.trim(), context.type);
      if (each !== "" && !values.includes(each)) values.push(each);
    }
    draw();
    changed([...values]);
  };
  const [box, list] = input(context, "", () => {}, "Add a value");
  box.placeholder = "Add a value";
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add([box.value]);
    box.value = "";
  });
  box.addEventListener("change", () => {
    add([box.value]);
    box.value = "";
  });
  box.addEventListener("paste", (event) => {
    const lines = event.clipboardData.getData("text").split(/\r?\n/);
    if (lines.length < 2) return;
    event.preventDefault();
    add(lines);
  });
  draw();
  return list ? [tokens, box, list] : [tokens, box];
}

const SHAPES = { none: () => [], one, many, pair, duration, anniversary, choice };

export function valueInputs(context, value, changed) {
  return SHAPES[context.shape](context, value, changed);
}
