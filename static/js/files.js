// Sends files from the page itself: several, dropped or chosen, each with its progress.
// Without this file the form goes on to a page for one file.
(() => {
  "use strict";
  const form = document.querySelector("form[data-uploads]");
  if (!form) return;
  const list = form.querySelector("[data-list]");
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector("[data-files]");
  const says = list.dataset;
  const accepted = input.accept.split(",");

  form.querySelector("[data-plain]").remove();
  drop.hidden = false;

  const headers = () => ({ Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value });

  const ask = async (url, options) => {
    let answer;
    try {
      answer = await fetch(url, { headers: headers(), credentials: "same-origin", ...options });
    } catch {
      throw new Error(says.saysLost);
    }
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(body.error || says.saysLost);
    return body;
  };

  const refresh = () => {
    const target = `#${form.dataset.refresh}`;
    window.htmx.ajax("GET", window.location.pathname, { target, swap: "outerHTML" });
  };

  // To the storage. XMLHttpRequest, because fetch does not say how far an upload is.
  const send = (file, made, bar) => new Promise((resolve, reject) => {
    const data = new FormData();
    Object.entries(made.fields).forEach(([name, value]) => data.append(name, value));
    data.append("file", file);
    const request = new XMLHttpRequest();
    let isSent = false;
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
    });
    request.upload.addEventListener("load", () => { isSent = true; });
    request.addEventListener("load", () => {
      if (request.status < 400) resolve();
      else reject(new Error(says.saysLost));
    });
    // A storage that hides its answer from scripts may have the file all the same: the page looks.
    request.addEventListener("error", () => { if (isSent) resolve(); else reject(new Error(says.saysLost)); });
    request.open("POST", made.url);
    request.send(data);
  });

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  const button = (text, name, act) => {
    const made = element("button", "btn quiet small", text);
    made.type = "button";
    made.setAttribute("aria-label", `${text}: ${name}`);
    made.addEventListener("click", act);
    return made;
  };

  class Row {
    constructor(file) {
      this.file = file;
      const kind = form.querySelector("[name=kind]:checked");
      this.kind = kind ? kind.value : "";
      this.item = element("li");
      this.bar = element("progress");
      this.bar.max = 100;
      this.bar.setAttribute("aria-label", `${says.saysSending}: ${file.name}`);
      this.note = element("p", "note small");
      this.tools = element("div", "row");
      const about = kind ? kind.closest("label").textContent.trim() : "";
      this.item.append(element("span", "name", file.name), element("span", "badge plain", about), this.bar, this.note, this.tools);
      if (!about) this.item.querySelector(".badge").remove();
      list.append(this.item);
    }

    say(text, isBad) {
      this.note.textContent = text;
      this.note.classList.toggle("bad", Boolean(isBad));
    }

    fail(text, canRetry) {
      this.bar.hidden = true;
      this.say(text, true);
      const away = button(says.saysAway, this.file.name, () => this.item.remove());
      const again = button(says.saysAgain, this.file.name, () => this.start());
      this.tools.replaceChildren(...(canRetry ? [again, away] : [away]));
    }

    async start() {
      this.tools.replaceChildren();
      if (!accepted.includes(this.file.type)) return this.fail(says.saysType, false);
      if (this.file.size > Number(says.max)) return this.fail(says.saysLarge, false);
      this.bar.hidden = false;
      this.bar.value = 0;
      this.say(says.saysSending);
      let made;
      try {
        const data = new FormData();
        if (this.kind) data.append("kind", this.kind);
        data.append("content_type", this.file.type);
        data.append("size", this.file.size);
        made = await ask(window.location.pathname, { method: "POST", body: data });
        await send(this.file, made, this.bar);
        await ask(made.done);
        this.say(says.saysOpening);
        this.item.remove();
        refresh();
      } catch (error) {
        if (made) ask(made.withdraw, { method: "POST" }).catch(() => {});
        this.fail(error.message, true);
      }
    }
  }

  // One after the other: a slow connection has one file sooner than three halves.
  let queue = Promise.resolve();
  const take = (files) => {
    [...files].forEach((file) => {
      const row = new Row(file);
      queue = queue.then(() => row.start());
    });
  };

  input.addEventListener("change", () => { take(input.files); input.value = ""; });
  ["dragenter", "dragover"].forEach((name) => form.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  }));
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
})();
