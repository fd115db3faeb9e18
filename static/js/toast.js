// Messages at the corner. Good news fades, errors stay until dismissed.
const LIFETIME = 6000;
const LEVELS = new Set(["success", "info", "warning", "error"]);

const region = () => document.getElementById("toasts");

// The region is a popover so that it stays above a modal dialog; showing it again puts it on top.
function raise() {
  const toasts = region();
  if (!toasts?.childElementCount) return;
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
}

function dismiss(toast) {
  toast.classList.add("is-leaving");
  setTimeout(() => {
    toast.remove();
    const toasts = region();
    if (toasts && !toasts.childElementCount && toasts.matches(":popover-open")) toasts.hidePopover();
  }, 200);
}

function fade(toast) {
  if (toast.dataset.toast === "error") return;
  const later = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(later, 1000);
    else dismiss(toast);
  };
  setTimeout(later, LIFETIME);
}

/** Shows `message`; `level` is success, info, warning or error. */
export function toast(level, message) {
  const known = LEVELS.has(level) ? level : "info";
  const shape = document.getElementById(`toast-${known}`);
  if (!shape || !region()) return;
  const element = shape.content.firstElementChild.cloneNode(true);
  element.querySelector("p").textContent = message;
  region().append(element);
  raise();
  fade(element);
}

// From the server: HX-Trigger: {"toast": {"level": "success", "message": "Saved"}}
document.addEventListener("toast", (event) => toast(event.detail.level, event.detail.message));

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-toast-close]");
  if (close) dismiss(close.closest("[data-toast]"));
});

for (const element of document.querySelectorAll("#toasts > [data-toast]")) fade(element);
raise();
