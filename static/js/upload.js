// Shows how far an upload is. Without this file the form goes to the storage by itself.
(() => {
  "use strict";
  document.querySelectorAll("form[data-upload]").forEach((form) => {
    const bar = form.querySelector("progress");
    const error = form.querySelector("[data-error]");
    form.addEventListener("submit", (event) => {
      const file = form.elements.file.files[0];
      error.hidden = true;
      if (!file) return;
      if (file.size > Number(form.dataset.max)) {
        event.preventDefault();
        form.removeAttribute("aria-busy");
        error.textContent = form.dataset.tooLarge;
        error.hidden = false;
        return;
      }
      event.preventDefault();
      bar.hidden = false;
      const request = new XMLHttpRequest();
      let isSent = false;
      request.upload.addEventListener("progress", (step) => {
        if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
      });
      request.upload.addEventListener("load", () => { isSent = true; });
      // The page that follows looks at what arrived and says what is wrong with it.
      request.addEventListener("load", () => { window.location = form.dataset.done; });
      // A storage that does not answer scripts still takes the form itself.
      request.addEventListener("error", () => {
        if (isSent) window.location = form.dataset.done;
        else form.submit();
      });
      request.open("POST", form.action);
      request.send(new FormData(form));
    });
  });
})();
