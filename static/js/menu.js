// Arrow keys inside popover menus, and their place where the browser cannot anchor them itself.
const ITEMS = "a[href], button:not(:disabled), input:not(:disabled)";
const anchored = CSS.supports("position-area", "block-end");

function items(menu) {
  return [...menu.querySelectorAll(ITEMS)].filter((item) => item.checkVisibility());
}

function goal(key, place, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === "ArrowDown") return (place + 1) % count;
  if (key === "ArrowUp") return (place - 1 + count) % count;
  return -1;
}

document.addEventListener("keydown", (event) => {
  const opener = event.target.closest?.("[popovertarget]");
  const owned = opener && document.getElementById(opener.getAttribute("popovertarget"));
  if (owned?.matches(".menu") && event.key === "ArrowDown") {
    event.preventDefault();
    owned.showPopover({ source: opener });
    items(owned)[0]?.focus();
    return;
  }
  const menu = event.target.closest?.(".menu:popover-open");
  if (!menu || event.target.matches("input, select, textarea")) return;
  const all = items(menu);
  const next = goal(event.key, all.indexOf(document.activeElement), all.length);
  if (next < 0) return;
  event.preventDefault();
  all[next]?.focus();
});

// Choosing closes, except for switches that stay to be seen.
document.addEventListener("click", (event) => {
  const item = event.target.closest?.(".menu > a, .menu > button");
  if (item) item.closest(".menu").hidePopover();
});

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (anchored || event.newState !== "open" || !menu.matches?.(".menu")) return;
    const opener = document.querySelector(`[popovertarget="${menu.id}"]`)?.getBoundingClientRect();
    if (!opener) return;
    const room = window.innerHeight - opener.bottom > menu.offsetHeight + 8;
    menu.style.top = `${room ? opener.bottom : Math.max(8, opener.top - menu.offsetHeight - 8)}px`;
    menu.style.left = `${Math.max(8, Math.min(opener.left, window.innerWidth - menu.offsetWidth - 8))}px`;
  },
  true,
);
