// A search box above a table hides the rows that do not hold its words.
document.addEventListener("input", (event) => {
  const selector = event.target.dataset?.filterRows;
  if (!selector) return;
  const words = event.target.value.trim().toLowerCase().split(/\s+/);
  let shown = 0;
  for (const row of document.querySelectorAll(`${selector} tbody tr`)) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  const none = document.querySelector(`[data-filter-empty="${selector}"]`);
  if (none) none.hidden = shown > 0;
});
