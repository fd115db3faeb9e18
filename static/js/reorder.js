// Rows of a [data-reorder] body move with their arrow buttons; the order is what the form of the page then sends.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reorder] [data-move]");
  if (!button) return;
  const row = button.closest("tr");
  const other = button.dataset.move === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (button.dataset.move === "up") other.before(row);
  else other.after(row);
  button.focus();
  const place = [...row.parentElement.children].indexOf(row) + 1;
  const said = document.querySelector("[data-reorder-announce]");
  if (said) said.textContent = `Now ${place} of ${row.parentElement.children.length}. Not saved yet.`;
});
