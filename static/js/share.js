// Hands the address of a page on. Without this file, or where a browser cannot, it is copied by hand.
(() => {
  "use strict";
  document.querySelectorAll("[data-share]").forEach((box) => {
    const field = box.querySelector("input");
    const button = box.querySelector("button");
    const data = { title: box.dataset.share, url: field.value };
    field.addEventListener("focus", () => field.select());
    if (!navigator.share && !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        if (navigator.share) await navigator.share(data);
        else {
          await navigator.clipboard.writeText(data.url);
          button.textContent = button.dataset.copied;
        }
      } catch (error) {
        // The person closed the sheet, or the browser does not allow it: the field is still there.
        if (error.name !== "AbortError") box.querySelector("details").open = true;
      }
    });
  });
})();
