// Small comforts. Every page works without this file.
(() => {
  "use strict";

  // A form goes out once, however often a slow phone is tapped.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-hx-post") || form.hasAttribute("hx-post")) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
  });

  // What is wrong takes the focus, so that it is read out and seen.
  const wrong = document.getElementById("form-errors") || document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();

  // An open menu closes with Escape or a tap elsewhere.
  const openMenus = () => document.querySelectorAll("details.account[open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // <button data-dialog="id"> opens a <dialog>; inside it <form method="dialog"> closes it.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
  });

  // <select data-submit> sends its form when something else is chosen.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
})();
