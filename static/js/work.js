// The work that a new device does before a try while codes are being tried out (docs/signin.md):
// it looks for the counter whose derived key begins as the challenge says. The browser derives
// outside this thread, so the page stays quick. Without this file the page says to wait.
(() => {
  "use strict";
  const said = document.getElementById("work");
  if (!said || !window.crypto || !window.crypto.subtle) return;
  const form = said.closest("form");
  const challenge = JSON.parse(said.dataset.challenge);
  const { parameters } = challenge;
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (buffer) =>
    Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(parameters.salt), iterations: parameters.cost };
  const password = new DataView(new ArrayBuffer(20));
  bytes(parameters.nonce).forEach((byte, place) => password.setUint8(place, byte));

  const derive = async (counter) => {
    password.setUint32(16, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return hex(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
  };

  const solve = async () => {
    for (let counter = 0; counter < parameters.data.tries; counter += 1) {
      const derivedKey = await derive(counter);
      if (derivedKey.startsWith(parameters.keyPrefix)) return { counter, derivedKey };
    }
    throw new Error("no counter fits the challenge");
  };

  let goesOn = "goesOn" in said.dataset;
  const hold = (event) => {
    event.preventDefault();
    event.stopPropagation();
    goesOn = true;
  };

  const work = async () => {
    const solution = await solve();
    form.elements.work.value = btoa(JSON.stringify({ challenge, solution }));
    form.removeEventListener("submit", hold);
    said.textContent = said.dataset.checked;
    if (goesOn) form.requestSubmit();
  };

  // A browser that cannot do it says what one without this file says.
  const unable = said.textContent;
  form.addEventListener("submit", hold);
  said.textContent = said.dataset.checking;
  work().catch(() => {
    form.removeEventListener("submit", hold);
    said.textContent = unable;
  });
})();
