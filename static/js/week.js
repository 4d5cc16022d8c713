// Ticks many hours of a week at once. Without this file each hour is ticked by itself.
(() => {
  "use strict";
  const table = document.querySelector("[data-week]");
  const parts = document.querySelector("[data-week-parts]");
  if (!table || !parts) return;
  const boxes = (body, isWeekday) =>
    [...body.querySelectorAll("input")].filter((box) => !isWeekday || Math.floor(box.value / 24) < 5);
  const flip = (chosen) => {
    const isOn = !chosen.every((box) => box.checked);
    chosen.forEach((box) => { box.checked = isOn; });
  };
  table.before(parts);
  parts.hidden = false;
  parts.addEventListener("click", (event) => {
    const button = event.target.closest("[data-part]");
    if (!button) return;
    if (button.dataset.part === "none") boxes(table).forEach((box) => { box.checked = false; });
    else flip(boxes(table.tBodies[Number(button.dataset.part)], true));
  });
  // The name of a day ticks that whole day.
  table.querySelectorAll("[data-day]").forEach((head) => {
    const name = head.firstElementChild;
    const button = document.createElement("button");
    button.type = "button";
    button.title = name.title;
    button.setAttribute("aria-label", name.title);
    button.textContent = name.textContent;
    name.replaceWith(button);
    button.addEventListener("click", () => {
      flip(boxes(table).filter((box) => String(Math.floor(box.value / 24)) === head.dataset.day));
    });
  });
})();
