// What to say when htmx gets no usable answer. 409 and 422 are answers: they carry the form with its errors.
import { toast } from "./toast.js";

const SENTENCES = {
  401: "You are signed out. Reload the page to sign in.",
  403: "You may not do this. Ask a workspace administrator for the permission.",
  404: "This is no longer here. Reload the page.",
  413: "This is too large to send.",
  429: "Too many requests. Wait a moment and try again.",
  503: "The service is busy. Try again in a moment.",
};
const BROKEN = "Something broke on our side. Try again in a moment.";

document.addEventListener("htmx:responseError", (event) => {
  toast("error", SENTENCES[event.detail.xhr.status] ?? BROKEN);
});

document.addEventListener("htmx:sendError", () => {
  toast("error", "No connection. What you see may be out of date.");
});

document.addEventListener("htmx:timeout", () => toast("error", "This took too long. Try again."));
