// A column that becomes a new property shows its label and type; how dates are written matters for dates alone.
const DATED = ["date", "datetime"];

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-mapping-target], [data-mapping-type]")) return;
  const row = event.target.closest("[data-mapping-row]");
  const target = row.querySelector("[data-mapping-target]");
  const create = target.value === "+";
  const dated = create ? DATED.includes(row.querySelector("[data-mapping-type]").value) : "dated" in target.selectedOptions[0].dataset;
  row.querySelector("[data-mapping-create]").hidden = !create;
  row.querySelector("[data-mapping-date]").hidden = !dated;
});
