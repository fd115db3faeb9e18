// Conditions as the builder edits them: groups that say all, any or none, and leaves that may be unfinished.
// A leaf: {subject, op, value}. A group: {match, children}. `path` is where the node stands in what was last written.

const GROUPS = ["all", "any", "not"];

function group(match, children) {
  return { match, children };
}

// What the builder has no row for, such as a property that is gone, is kept as it was written: leaving it out would
// widen the definition.
function leafOf(json, subjects) {
  const raw = { subject: "", op: "", value: null, raw: json };
  const kind = ["property", "identity", "tag", "segment", "source"].find((name) => name in json);
  if (!kind) return raw;
  const whole = kind === "segment" || kind === "source";
  const subject = whole ? `${kind}:` : `${kind}:${json[kind]}`;
  if (!subjects.get(subject)?.operators.some((each) => each.code === json.op)) return raw;
  return { subject, op: json.op, value: whole ? json[kind] : (json.value ?? null) };
}

function nodeOf(json, subjects) {
  const known = json !== null && typeof json === "object";
  const key = known ? GROUPS.find((name) => name in json) : null;
  const below = key ? json[key] : null;
  const all = (list) => list.map((each) => nodeOf(each, subjects));
  if (key === "not" && Array.isArray(below?.any)) return group("none", all(below.any));
  if (key === "not") return group("none", [nodeOf(below, subjects)]);
  if (key && Array.isArray(below)) return group(key, all(below));
  return known && !key ? leafOf(json, subjects) : { subject: "", op: "", value: null, raw: json };
}

// The draft of a definition; a single condition becomes a group of one.
export function read(json, subjects) {
  const node = nodeOf(json, subjects);
  return "match" in node ? node : group("all", [node]);
}

function filled(value, shape) {
  if (shape === "none") return true;
  if (shape === "many") return Array.isArray(value) && value.length > 0;
  if (shape === "pair") return Array.isArray(value) && value.length === 2 && value.every((one) => one !== "" && one !== null);
  if (shape === "duration") return Number.isInteger(value?.n) && value.n > 0;
  if (shape === "anniversary") return Boolean(value?.next?.n > 0 || (value?.month && value?.day));
  return value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length);
}

export function isComplete(leaf, subject) {
  if ("raw" in leaf) return true;
  const operator = subject?.operators.find((one) => one.code === leaf.op);
  return Boolean(operator) && filled(leaf.value, operator.shape);
}

function leafJson(leaf, subject) {
  if ("raw" in leaf) return leaf.raw;
  const shape = subject.operators.find((one) => one.code === leaf.op).shape;
  if (shape === "choice") return { [subject.kind]: leaf.value, op: leaf.op };
  const named = { [subject.kind]: subject.name, op: leaf.op };
  return shape === "none" ? named : { ...named, value: leaf.value };
}

// The definition of a draft, unfinished leaves left out; every node learns its path in it.
export function write(draft, subjects, path = []) {
  draft.path = path;
  const key = draft.match === "none" ? "any" : draft.match;
  const inside = draft.match === "none" ? [...path, "not", "any"] : [...path, key];
  const written = [];
  for (const child of draft.children) {
    child.path = null;
    const place = [...inside, written.length];
    if ("match" in child) written.push(write(child, subjects, place));
    else if (isComplete(child, subjects.get(child.subject))) {
      child.path = place;
      written.push(leafJson(child, subjects.get(child.subject)));
    }
  }
  return draft.match === "none" ? { not: { any: written } } : { [key]: written };
}

// The leaves that say nothing yet. A single empty row is where everybody begins and is no fault.
export function unfinished(draft, subjects) {
  const leaves = (node) => ("match" in node ? node.children.flatMap(leaves) : [node]);
  const all = leaves(draft);
  if (all.length === 1 && !("raw" in all[0]) && !all[0].subject) return [];
  return all.filter((leaf) => !isComplete(leaf, subjects.get(leaf.subject)));
}

export function emptyLeaf() {
  return { subject: "", op: "", value: null };
}

export function emptyGroup() {
  return group("any", [emptyLeaf()]);
}

export function parentOf(draft, node) {
  for (const child of draft.children ?? []) {
    if (child === node) return draft;
    const found = "match" in child ? parentOf(child, node) : null;
    if (found) return found;
  }
  return null;
}

export function remove(draft, node) {
  const parent = parentOf(draft, node);
  parent?.children.splice(parent.children.indexOf(node), 1);
}

// One step up or down, into a group that is in the way and out of a group at its end.
export function step(draft, node, by) {
  const parent = parentOf(draft, node);
  if (!parent) return false;
  const place = parent.children.indexOf(node);
  const next = parent.children[place + by];
  if (next === undefined) {
    const above = parentOf(draft, parent);
    if (!above) return false;
    parent.children.splice(place, 1);
    above.children.splice(above.children.indexOf(parent) + (by > 0 ? 1 : 0), 0, node);
  } else {
    parent.children.splice(place, 1);
    if ("match" in next) next.children.splice(by > 0 ? 0 : next.children.length, 0, node);
    else parent.children.splice(place + by, 0, node);
  }
  return true;
}

// Drops a node before or after another; never a group into itself.
export function drop(draft, node, target, after) {
  if (node === target || ("match" in node && contains(node, target))) return false;
  const parent = parentOf(draft, target);
  if (!parent) return false;
  remove(draft, node);
  parent.children.splice(parent.children.indexOf(target) + (after ? 1 : 0), 0, node);
  return true;
}

function contains(group, node) {
  return group.children.some((child) => child === node || ("match" in child && contains(child, node)));
}
