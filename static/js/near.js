// "Near me": the browser tells where it is, rounded to about a kilometre. Without this file, or
// without leave to ask, the PIN code does the same.
(() => {
  "use strict";

  const button = document.getElementById("near-me");
  if (!button || !navigator.geolocation) return;
  const form = button.form;
  const said = document.getElementById("near-me-said");
  button.hidden = false;

  const put = (name, value) => {
    let input = form.querySelector(`input[name=${name}]`);
    if (!input) {
      input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      form.append(input);
    }
    input.value = value;
  };

  const found = (position) => {
    put("lat", position.coords.latitude.toFixed(2));
    put("lon", position.coords.longitude.toFixed(2));
    put("pin_code", "");
    put("city", "");
    form.requestSubmit();
  };

  const failed = () => {
    button.disabled = false;
    said.textContent = button.dataset.failed;
  };

  button.addEventListener("click", () => {
    button.disabled = true;
    said.textContent = button.dataset.asking;
    navigator.geolocation.getCurrentPosition(found, failed, { maximumAge: 600000, timeout: 15000 });
  });
  window.addEventListener("pageshow", () => { button.disabled = false; said.textContent = ""; });
})();
