// Below the columns of an import: which of them are not imported, and whether one of them is the user ID.
const LEFT_OUT = "-";
const USER_ID = "userId";

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-mapping-target]")) return;
  const form = event.target.closest("[data-mapping]");
  const targets = [...form.querySelectorAll("[data-mapping-target]")];
  const out = targets.filter((target) => target.value === LEFT_OUT);
  const said = form.querySelector("[data-mapping-out]");
  said.hidden = out.length === 0;
  said.querySelector("span").textContent = out
    .map((target) => target.closest("[data-mapping-row]").querySelector("th").textContent)
    .join(", ");
  form.querySelector("[data-mapping-unidentified]").hidden = targets.some((target) => target.value === USER_ID);
});
