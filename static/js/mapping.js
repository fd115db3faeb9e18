// A column that becomes a new property shows its label and type; one that is left out hides what would not matter.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-mapping-target]")) return;
  const row = event.target.closest("[data-mapping-row]");
  row.querySelector("[data-mapping-create]").hidden = event.target.value !== "+";
  row.querySelector("[data-mapping-date]").hidden = event.target.value === "-";
});
