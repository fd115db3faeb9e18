// How many boxes of a menu are ticked, on the button that opens it: data-choice-count="menu id".
document.addEventListener("change", (event) => {
  const menu = event.target.closest?.(".menu[id]");
  const count = menu && document.querySelector(`[data-choice-count="${menu.id}"]`);
  if (count) count.textContent = menu.querySelectorAll(":checked").length || "";
});
