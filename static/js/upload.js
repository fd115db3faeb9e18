// Choosing a file by dropping it, and the progress of a long upload. Without this the form works as any other.
const size = (bytes) => (bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`);
const OVER = "drop-zone-over";

function show(zone) {
  const file = zone.querySelector("input").files[0];
  if (file) zone.querySelector("[data-drop-name]").textContent = `${file.name} · ${size(file.size)}`;
}

document.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (zone) show(zone);
});
document.addEventListener("dragover", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.add(OVER);
});
document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove(OVER));
document.addEventListener("drop", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove(OVER);
  zone.querySelector("input").files = event.dataTransfer.files;
  show(zone);
});

function stop(form, answer) {
  form.querySelector("[data-upload-progress]").hidden = true;
  const button = form.querySelector("button");
  button.removeAttribute("aria-busy");
  button.disabled = false;
  form.querySelector("[data-upload-broken]").hidden = Boolean(answer);
}

// The same page with the reason: only its words are taken over, so that the file stays chosen.
function refuse(form, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const answer = page.querySelector("[data-upload]");
  for (const old of form.querySelectorAll("[role='alert']:not([data-upload-broken])")) old.remove();
  stop(form, answer);
  const reasons = answer?.querySelectorAll("[role='alert']:not([data-upload-broken])") ?? [];
  form.querySelector("[data-drop]").after(...reasons);
  form.querySelector("input[type='file']").focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]") || !form.querySelector("input[type='file']").files.length) return;
  event.preventDefault();
  const shown = form.querySelector("[data-upload-progress]");
  const bar = shown.querySelector("progress");
  const button = form.querySelector("button");
  const body = new FormData(form);
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  shown.hidden = false;
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (step) => {
    bar.value = (step.loaded / step.total) * 100;
  });
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("HX-Redirect");
    if (next) location.assign(next);
    else refuse(form, request.responseText);
  });
  request.addEventListener("error", () => stop(form, null));
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.send(body);
});
