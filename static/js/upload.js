// Choosing a file by dropping it, and the progress of a long upload. Without this the form works as any other.
const size = (bytes) => (bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`);

function show(zone) {
  const file = zone.querySelector("input").files[0];
  if (file) zone.querySelector("[data-drop-name]").textContent = `${file.name} · ${size(file.size)}`;
}

document.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (zone) show(zone);
});
document.addEventListener("dragover", (event) => event.target.closest("[data-drop]") && event.preventDefault());
document.addEventListener("drop", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.querySelector("input").files = event.dataTransfer.files;
  show(zone);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]") || !form.querySelector("input[type='file']").files.length) return;
  event.preventDefault();
  const shown = form.querySelector("[data-upload-progress]");
  const bar = shown.querySelector("progress");
  shown.hidden = false;
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (step) => {
    bar.value = (step.loaded / step.total) * 100;
  });
  // The answer is the next page, or this one with the reason; either way the browser goes where it came from.
  request.addEventListener("load", () => {
    if (request.responseURL !== location.href) location.assign(request.responseURL);
    else {
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      form.replaceWith(answer.querySelector("[data-upload]") ?? form);
    }
  });
  request.addEventListener("error", () => {
    shown.hidden = true;
    form.querySelector("button").removeAttribute("aria-busy");
  });
  request.open("POST", location.href);
  request.send(new FormData(form));
});
