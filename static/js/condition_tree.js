// Conditions as the builder edits them: groups that say all, any or none, and leaves that may be unfinished.
// A leaf is {subject, op, value}, or {raw} where the builder has no words for it and leaves it as it is.
// A group is {match, children}. `path` is where a node stands in what was last written, null where it was left out.

export const MAX_DEPTH = 6;
export const MAX_LEAVES = 100;
const LEAF_KINDS = ["property", "identity", "tag", "segment", "source"];
const LEAF_KEYS = new Set([...LEAF_KINDS, "op", "value"]);
const CHOSEN = new Set(["segment", "source"]);

export const isGroup = (node) => "match" in node;
export const emptyLeaf = () => ({ subject: "", op: "", value: null });
export const emptyGroup = () => ({ match: "any", children: [emptyLeaf()] });

export function operatorOf(leaf, subjects) {
  return subjects.get(leaf.subject)?.operators.find((one) => one.code === leaf.op);
}

// A kind, subject or operator that is not on offer stays as it was written, so that nothing is lost.
function leafOf(json, subjects) {
  const kind = LEAF_KINDS.find((name) => name in json);
  const leaf = { subject: `${kind}:${CHOSEN.has(kind) ? "" : json[kind]}`, op: json.op, value: (CHOSEN.has(kind) ? json[kind] : json.value) ?? null };
  const plain = operatorOf(leaf, subjects) && Object.keys(json).every((key) => LEAF_KEYS.has(key));
  return plain ? leaf : { raw: json };
}

function nodeOf(json, subjects) {
  const key = ["all", "any", "not"].find((name) => name in json);
  if (!key) return leafOf(json, subjects);
  if (Object.keys(json).length > 1) throw new TypeError("A group has one key");
  if (key !== "not") return { match: key, children: json[key].map((child) => nodeOf(child, subjects)) };
  const below = Array.isArray(json.not.any) ? json.not.any : [json.not];
  return { match: "none", children: below.map((child) => nodeOf(child, subjects)) };
}

// The draft of a definition; a single condition becomes a group of one. Throws where the JSON is no definition.
export function read(json, subjects) {
  const node = nodeOf(json, subjects);
  const draft = isGroup(node) ? node : { match: "all", children: [node] };
  if (depthOf(draft) > MAX_DEPTH + 1) throw new RangeError("Too deep");
  return draft;
}

const given = (value) => value !== null && value !== undefined && value !== "";
const FILLED = {
  none: () => true,
  one: given,
  choice: given,
  several: (value) => (Array.isArray(value) ? value.length > 0 : given(value)),
  many: (value) => (Array.isArray(value) ? value.length > 0 : given(value)),
  pair: (value) => Array.isArray(value) && value.length === 2 && value.every(given),
  duration: (value) => given(value?.n),
  anniversary: (value) => given(value?.next?.n) || (given(value?.month) && given(value?.day)),
};

export function isComplete(leaf, subjects) {
  if (leaf.raw) return true;
  const operator = operatorOf(leaf, subjects);
  return Boolean(operator) && FILLED[operator.shape](leaf.value);
}

function leafJson(leaf, subjects) {
  if (leaf.raw) return leaf.raw;
  const { kind, name } = subjects.get(leaf.subject);
  const { shape } = operatorOf(leaf, subjects);
  if (shape === "choice") return { [kind]: leaf.value, op: leaf.op };
  if (shape === "none") return { [kind]: name, op: leaf.op };
  const several = Array.isArray(leaf.value) && leaf.value.length === 1 && shape === "several";
  return { [kind]: name, op: leaf.op, value: several ? leaf.value[0] : leaf.value };
}

function leaveOut(node) {
  node.path = null;
  for (const child of node.children ?? []) leaveOut(child);
}

// The definition of a draft. Unfinished leaves, and groups in which nothing is finished, are left out.
export function write(node, subjects, path = []) {
  node.path = path;
  const json = isGroup(node) ? groupJson(node, subjects, path) : leafJson(node, subjects);
  node.text = JSON.stringify(json);
  return json;
}

function groupJson(group, subjects, path) {
  const kept = group.children.filter((child) => holds(child, subjects));
  for (const child of group.children) if (!kept.includes(child)) leaveOut(child);
  if (group.match !== "none") return { [group.match]: kept.map((child, place) => write(child, subjects, [...path, group.match, place])) };
  if (kept.length === 1 && isGroup(kept[0])) return { not: write(kept[0], subjects, [...path, "not"]) };
  return { not: { any: kept.map((child, place) => write(child, subjects, [...path, "not", "any", place])) } };
}

function holds(node, subjects) {
  if (!isGroup(node)) return isComplete(node, subjects);
  return !node.children.length || node.children.some((child) => holds(child, subjects));
}

export function* nodesOf(node) {
  yield node;
  for (const child of node.children ?? []) yield* nodesOf(child);
}

export function depthOf(node) {
  if (!isGroup(node)) return 0;
  const below = Math.max(0, ...node.children.map(depthOf));
  if (node.match !== "none") return below + 1;
  return node.children.length === 1 && isGroup(node.children[0]) ? below + 1 : below + 2;
}

export function parentOf(draft, node) {
  return [...nodesOf(draft)].find((each) => each.children?.includes(node)) ?? null;
}

function contains(node, other) {
  return [...nodesOf(node)].includes(other);
}

function takeOut(draft, node) {
  const parent = parentOf(draft, node);
  parent.children.splice(parent.children.indexOf(node), 1);
}

// Does `act` and gives "", or takes it back and gives why it may not be. Groups that became empty go.
export function attempt(draft, act) {
  const before = new Map([...nodesOf(draft)].filter(isGroup).map((group) => [group, { match: group.match, children: [...group.children] }]));
  act();
  for (const group of before.keys()) {
    if (group !== draft && before.get(group).children.length && !group.children.length && parentOf(draft, group)) takeOut(draft, group);
  }
  const leaves = [...nodesOf(draft)].filter((node) => !isGroup(node)).length;
  const refusal = depthOf(draft) > MAX_DEPTH ? `Groups go at most ${MAX_DEPTH} deep. A group that says None counts twice.` : leaves > MAX_LEAVES ? `At most ${MAX_LEAVES} conditions.` : "";
  if (refusal) for (const [group, was] of before) Object.assign(group, was);
  return refusal;
}

export function remove(draft, node) {
  takeOut(draft, node);
}

export function duplicate(draft, node) {
  const copy = JSON.parse(JSON.stringify(node, (key, value) => (key === "path" || key === "text" ? undefined : value)));
  const parent = parentOf(draft, node);
  parent.children.splice(parent.children.indexOf(node) + 1, 0, copy);
  return copy;
}

// One step up or down: into a group that is in the way, and out of a group at its end.
export function step(draft, node, by) {
  const parent = parentOf(draft, node);
  const place = parent.children.indexOf(node);
  const next = parent.children[place + by];
  if (next === undefined) {
    if (parent === draft) return;
    parent.children.splice(place, 1);
    const above = parentOf(draft, parent);
    above.children.splice(above.children.indexOf(parent) + (by > 0 ? 1 : 0), 0, node);
  } else {
    parent.children.splice(place, 1);
    if (isGroup(next)) next.children.splice(by > 0 ? 0 : next.children.length, 0, node);
    else parent.children.splice(place + by, 0, node);
  }
}

// Into the group before it, or into a new group of its own.
export function indent(draft, node) {
  const parent = parentOf(draft, node);
  const place = parent.children.indexOf(node);
  const before = parent.children[place - 1];
  parent.children.splice(place, 1);
  if (before && isGroup(before)) before.children.push(node);
  else parent.children.splice(place, 0, { match: "any", children: [node] });
}

export function outdent(draft, node) {
  const parent = parentOf(draft, node);
  const above = parentOf(draft, parent);
  if (!above) return;
  takeOut(draft, node);
  above.children.splice(above.children.indexOf(parent) + 1, 0, node);
}

// Puts a node "before" or "after" another, or "first" or "last" into a group; never into itself.
export function put(draft, node, target, where) {
  if (node === target || contains(node, target)) return;
  takeOut(draft, node);
  if (where === "first" || where === "last") {
    target.children.splice(where === "first" ? 0 : target.children.length, 0, node);
    return;
  }
  const parent = parentOf(draft, target);
  parent.children.splice(parent.children.indexOf(target) + (where === "after" ? 1 : 0), 0, node);
}
