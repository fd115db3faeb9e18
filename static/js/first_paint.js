// A classic script on purpose: it runs before the first paint, so that a chosen scheme does not flash.
{
  const choice = localStorage.getItem("theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
}
