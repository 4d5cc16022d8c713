// Hands the server's question to a device with a passkey, and its answer back with the form.
// Without this file, or where a browser has no passkeys, the codes of the page do the same.
(() => {
  "use strict";
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const question = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.allowCredentials && { allowCredentials: named(options.allowCredentials) }),
    ...(options.excludeCredentials && { excludeCredentials: named(options.excludeCredentials) }),
  });

  const answer = ({ id, rawId, type, response }) => {
    const parts = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach((name) => {
      if (response[name]) parts[name] = text(response[name]);
    });
    if (response.getTransports) parts.transports = response.getTransports();
    return JSON.stringify({ id, rawId: text(rawId), type, response: parts });
  };

  document.querySelectorAll("button[data-passkey]").forEach((button) => {
    const { form } = button;
    const says = form.querySelector("[data-says]");
    const say = (words) => {
      says.textContent = words;
      says.hidden = false;
    };
    // What the passkey stands for need not be filled in.
    const isFilled = () => [...form.elements].every((field) => "instead" in field.dataset || field.reportValidity());

    const ask = async () => {
      says.hidden = true;
      const token = form.elements.csrfmiddlewaretoken.value;
      const response = await fetch(button.dataset.options, { method: "POST", headers: { "X-CSRFToken": token } });
      const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
      // A sign-in or a step-up is over: the page itself leads to the way in.
      if (!isJson) return window.location.reload();
      const options = await response.json();
      if (!response.ok) return say(options.detail);
      const how = button.dataset.passkey;
      form.elements.passkey.value = answer(await navigator.credentials[how]({ publicKey: question(options) }));
      return form.submit();
    };

    if (!window.PublicKeyCredential) {
      if ("alone" in button.dataset) say(says.dataset.unable);
      return;
    }
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (!isFilled()) return;
      button.disabled = true;
      try {
        await ask();
      } catch (error) {
        const words = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
        say(says.dataset[words[error.name] || "unable"]);
      } finally {
        button.disabled = false;
      }
    });
    if ("alone" in button.dataset) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        button.click();
      });
    }
  });
})();
