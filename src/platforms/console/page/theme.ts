/** Runs before the first paint, so that a chosen theme never flashes in the other one. */
const chosen = ((): string | null => {
  try {
    return localStorage.getItem("modstats.theme");
  } catch {
    return null;
  }
})();
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
