// The navigation is a popover on small windows; it must not stay in the top layer when the window grows.
const wide = matchMedia("(min-width: 900px)");

wide.addEventListener("change", () => {
  const nav = document.getElementById("nav");
  if (wide.matches && nav?.matches(":popover-open")) nav.hidePopover();
});
