// A text cut off by an ellipsis shows whole while its box is pointed at or has the focus.
function look(event) {
  const box = event.target.closest?.(".fact-edit, .fact-text");
  const text = box?.querySelector(".ellipsis");
  if (!text || (box.dataset.tooltip && !box.hasAttribute("data-overflow"))) return;
  const cut = text.scrollWidth > text.clientWidth;
  box.toggleAttribute("data-overflow", cut);
  if (cut) box.dataset.tooltip = text.textContent.trim();
  else delete box.dataset.tooltip;
}

// A text that nothing else makes reachable by the keyboard becomes so where it is cut off.
function reach(root) {
  for (const box of root.querySelectorAll?.(".fact-text:not([tabindex])") ?? []) {
    const text = box.querySelector(".ellipsis");
    if (text && text.scrollWidth > text.clientWidth) box.tabIndex = 0;
  }
}

document.addEventListener("pointerover", look);
document.addEventListener("focusin", look);
document.addEventListener("htmx:load", (event) => reach(event.detail.elt));
reach(document);
