// Small parts of which the rule builder is drawn.

// An element; text attributes are set, the others are properties where there are such. null and false leave out.
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

export function select(label, pairs, chosen, change) {
  const made = element("select", { "aria-label": label }, ...pairs.map(([value, text]) => element("option", { value, selected: String(value) === String(chosen) }, text)));
  made.addEventListener("change", () => change(made.value));
  return made;
}

export function press(label, attributes, content, act) {
  const made = element("button", { type: "button", "aria-label": label, ...attributes }, ...content);
  made.addEventListener("click", act);
  return made;
}
