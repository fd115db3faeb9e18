// The tag dialog: a tag and a value become a chosen tag, listed until OK.
function offer() {
  const choice = document.querySelector("[data-tag-choice]");
  document.querySelector("[data-tag-value]")?.setAttribute("list", choice?.selectedOptions[0]?.dataset.values ?? "");
}

function add() {
  const choice = document.querySelector("[data-tag-choice]");
  const input = document.querySelector("[data-tag-value]");
  const value = input.value.trim();
  if (!value) return;
  const tag = document.createElement("button");
  tag.type = "button";
  tag.className = "tag";
  tag.dataset.tagDrop = "";
  tag.setAttribute("aria-label", `Do not add ${value}`);
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "add", value: `${choice.value}=${value}` });
  tag.append(`${choice.selectedOptions[0].textContent}: ${value} ×`, field);
  document.querySelector("[data-tag-chosen]").append(tag);
  input.value = "";
  input.focus();
}

document.addEventListener("change", (event) => event.target.matches("[data-tag-choice]") && offer());
document.addEventListener("focusin", (event) => event.target.matches("[data-tag-value]") && offer());
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-tag-add]")) add();
  event.target.closest("[data-tag-drop]")?.remove();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-tag-value]") || !event.target.value.trim()) return;
  event.preventDefault();
  add();
});
// A value typed but not added is meant as well.
document.addEventListener("submit", (event) => event.target.matches("[data-tag-dialog]") && add(), true);
