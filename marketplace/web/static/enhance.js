/* Improves pages that already work without it. No inline handlers, no eval, no requests to other hosts. */
(() => {
  "use strict";
  const $ = (s, r = document) => r.querySelector(s);
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];

  $$("[data-needs-js]").forEach((e) => { e.hidden = false; });

  /* messages that need no reply */
  function say(text) {
    const box = $(".toasts");
    if (!box) return;
    const p = document.createElement("p");
    p.className = "toast";
    p.textContent = text;
    box.append(p);
    setTimeout(() => p.remove(), 6000);
  }
  $$("[data-toast]").forEach((e) => say(e.dataset.toast));

  /* a summary of errors takes the focus */
  const wrong = $(".wrong");
  if (wrong) { wrong.tabIndex = -1; if (!location.hash) wrong.focus(); }

  /* a second click while the first is on its way sends nothing */
  $$("form[method=post]").forEach((form) => form.addEventListener("submit", (e) => {
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  }));
  addEventListener("pageshow", () => $$("form[data-sent]").forEach((f) => { delete f.dataset.sent; }));

  /* copy a text that is shown once */
  $$("[data-copy]").forEach((b) => b.addEventListener("click", async () => {
    const source = document.getElementById(b.dataset.copy);
    try { await navigator.clipboard.writeText(source.textContent.trim()); say(b.dataset.done); } catch { getSelection().selectAllChildren(source); }
  }));

  /* a password can be looked at while it is typed */
  $$("[data-reveal]").forEach((b) => {
    const input = document.getElementById(b.dataset.reveal);
    const show = b.textContent;
    b.addEventListener("click", () => {
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      b.textContent = hidden ? b.dataset.hide : show;
      b.setAttribute("aria-pressed", String(hidden));
    });
    input.form.addEventListener("submit", () => { input.type = "password"; });
  });

  /* codes that are shown once: kept as a file or on paper */
  $$("[data-save]").forEach((b) => b.addEventListener("click", () => {
    const lines = document.getElementById(b.dataset.save).innerText;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines], { type: "text/plain" }));
    link.download = b.dataset.file;
    link.click();
    URL.revokeObjectURL(link.href);
  }));
  $$("[data-print]").forEach((b) => b.addEventListener("click", () => print()));

  /* a business number gets its hyphens while it is typed */
  $$("input[data-business-number]").forEach((input) => input.addEventListener("blur", () => {
    const digits = input.value.normalize("NFKC").replace(/\D/g, "");
    if (digits.length === 10) input.value = `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`;
  }));

  document.addEventListener("htmx:configRequest", (e) => {
    const token = $("meta[name=csrf-token]");
    if (token) e.detail.headers["X-CSRF-Token"] = token.content;
  });
})();
