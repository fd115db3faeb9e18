// Several values as tokens: typed one by one, chosen from what occurs, or pasted as lines.
import { element, press } from "./condition_parts.js";
import { Options } from "./condition_options.js";

const MAX_VALUES = 2000;
const SHOWN = 12;

export function tokens(context, value, changed) {
  const values = Array.isArray(value) ? [...value] : value === null || value === "" ? [] : [value];
  const list = element("ul", { class: "tokens-list", role: "list" });
  const input = element("input", { type: "text", "aria-label": "Add a value", enterkeyhint: "enter", spellcheck: "false" });
  const popup = element("div", { class: "menu options", popover: "manual", "aria-label": "Values that occur" });
  const box = element("div", { class: "tokens" }, list, input, popup);
  let whole = false;

  const draw = () => {
    const shown = whole ? values : values.slice(0, SHOWN);
    const rest = values.length - shown.length;
    list.replaceChildren(...shown.map((each, place) => element("li", {}, press(`Remove ${each}`, { class: "token" }, [String(each), context.icon("x")], () => drop(place)))));
    if (rest) list.append(element("li", {}, press(`Show ${rest} more values`, { class: "link small" }, [`${rest.toLocaleString("en")} more`], () => {
      whole = true;
      draw();
    })));
    list.hidden = !values.length;
    input.placeholder = values.length ? "" : "Type or paste values";
  };
  const drop = (place) => {
    const [gone] = values.splice(place, 1);
    draw();
    (list.querySelectorAll(".token")[Math.min(place, values.length - 1)] ?? input).focus();
    context.say(`Removed ${gone}`);
    changed([...values]);
  };
  const add = (texts) => {
    const known = new Set(values.map((each) => String(each).toLowerCase()));
    const fresh = texts.map((text) => text.trim()).filter((text) => text && !known.has(text.toLowerCase()) && known.add(text.toLowerCase()));
    const room = MAX_VALUES - values.length;
    values.push(...fresh.slice(0, room));
    input.value = "";
    draw();
    if (fresh.length > room) context.say(`At most ${MAX_VALUES.toLocaleString("en")} values; ${(fresh.length - room).toLocaleString("en")} were left out`, { shown: true });
    else if (fresh.length) context.say(fresh.length > 1 ? `${fresh.length} values added` : `Added ${fresh[0]}`);
    if (fresh.length) changed([...values]);
  };

  new Options(input, popup, {
    load: async (text) => {
      const taken = new Set(values.map((each) => String(each).toLowerCase()));
      const found = (await context.suggest(text)).filter((each) => !taken.has(each.toLowerCase()));
      return found.length ? [{ label: "", options: found.map((each) => ({ value: each, label: each })) }] : [];
    },
    choose: (text) => {
      add([text]);
      input.focus();
    },
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      add([input.value]);
    } else if (event.key === "Backspace" && !input.value && values.length) {
      drop(values.length - 1);
      input.focus();
    }
  });
  input.addEventListener("change", () => add([input.value]));
  input.addEventListener("paste", (event) => {
    const lines = event.clipboardData.getData("text").split(/[\r\n\t]+/);
    if (lines.filter((line) => line.trim()).length < 2) return;
    event.preventDefault();
    add(lines);
  });
  box.addEventListener("click", (event) => event.target === box && input.focus());
  draw();
  return [box];
}
