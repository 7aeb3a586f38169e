/* A form that saves itself a few seconds after the last change and on leaving. What could not be saved stays
   in the form and, for a reload, in this window's own memory; what somebody else saved is never overwritten unseen. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const QUIET_MS = 3000;
  const LIMIT_MS = 15000;
  const RETRY_MS = [5000, 15000, 30000, 60000];
  const KEEPALIVE_BYTES = 60000;
  const OURS = new Set(["_csrf", "_key", "revision", "take_over"]);
  const words = form.dataset;
  const memory = `autosave ${words.autosave}`;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const state = part("state");
  const trouble = part("trouble");
  const revision = form.elements.namedItem("revision");
  let saved = words.unsaved === undefined ? written() : null;
  let timer = 0;
  let running = null;
  let tries = 0;
  let between = null;  // the save of somebody else that came in between
  let leaving = false;

  /* The values as they are compared: the server trims them and knows one kind of line end. */
  function values() {
    return [...new FormData(form)].filter(([name]) => !OURS.has(name)).map(([name, text]) => [name, String(text)]);
  }
  function written(pairs = values()) {
    return JSON.stringify(pairs.map(([name, text]) => [name, text.replaceAll("\r\n", "\n").trim()]));
  }
  const dirty = () => written() !== saved;

  function show(text) { if (state.textContent !== text) state.textContent = text; }
  function offer(...names) {
    for (const name of ["retry", "take-over", "reload", "restore", "forget"]) part(name).hidden = !names.includes(name);
  }
  function warn(text, fields, ...names) {
    part("trouble-text").textContent = text;
    const list = part("trouble-fields");
    list.replaceChildren(...fields.map((one) => { const li = document.createElement("li"); li.textContent = one; return li; }));
    list.hidden = !fields.length;
    offer(...names);
    trouble.hidden = false;
    show(words.typed);
  }

  function remember() {
    try { sessionStorage.setItem(memory, JSON.stringify({ revision: revision.value, values: values() })); } catch { /* full or switched off: the form itself still holds it */ }
  }
  function forget() { try { sessionStorage.removeItem(memory); } catch { /* nothing was kept */ } }

  function later(ms) { clearTimeout(timer); timer = setTimeout(() => save(), ms); }
  function again() {
    later(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
    tries += 1;
  }

  async function send(body, keepalive) {
    const answer = await fetch(words.autosave, {
      method: "POST", body, keepalive, redirect: "manual", headers: { Accept: "application/json" },
      ...(keepalive ? {} : { signal: AbortSignal.timeout(LIMIT_MS) }),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401) return { status: 401, said: null };
    const json = (answer.headers.get("content-type") || "").startsWith("application/json");
    return { status: answer.status, said: json ? await answer.json() : null };
  }

  function took(said, sent) {
    // Every form of the page counts from the newest save.
    document.querySelectorAll("input[name=revision]").forEach((one) => { one.value = said.revision; });
    saved = sent;
    tries = 0;
    trouble.hidden = true;
    if (dirty()) { remember(); later(QUIET_MS); } else forget();
    show(words.saved.replace("{at}", said.at));
  }

  function refused({ status, said }) {
    if (status === 401) warn(words.signedOut, [], "retry");
    else if (said && said.code === "draft_changed") {
      between = said.revision;
      warn(said.text, [], "take-over", "reload");
    } else if (said && status === 422) warn(words.wrong, said.fields, "retry");
    else if (said && status < 500) warn(said.text, said.fields, "reload");
    else { warn(words.failed, [], "retry"); again(); }
  }

  async function save({ keepalive = false, over = false } = {}) {
    clearTimeout(timer);
    if (running) { await running; if (!keepalive) later(QUIET_MS); return; }
    if (!dirty() || (between !== null && !over)) return;
    const sent = written();
    const body = new URLSearchParams(new FormData(form));
    if (over) body.set("take_over", between);
    if (keepalive && body.toString().length > KEEPALIVE_BYTES) return;
    if (trouble.hidden) show(words.saving);
    running = send(body, keepalive);
    try {
      const answer = await running;
      if (answer.status === 200 && answer.said) { between = null; took(answer.said, sent); } else refused(answer);
    } catch {
      warn(words.offline, [], "retry");
      again();
    } finally {
      running = null;
    }
  }

  form.addEventListener("input", () => {
    if (!dirty()) return;
    remember();
    if (trouble.hidden) show(words.typed);
    if (between === null) later(QUIET_MS);
  });
  addEventListener("online", () => { if (dirty() && between === null) { tries = 0; save(); } });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && !leaving) save({ keepalive: true }); });
  addEventListener("beforeunload", (e) => {
    const large = () => new URLSearchParams(new FormData(form)).toString().length > KEEPALIVE_BYTES;
    if (!leaving && dirty() && (!trouble.hidden || large())) e.preventDefault();
  });
  addEventListener("pageshow", (e) => { if (e.persisted) { leaving = false; if (dirty()) save(); } });

  /* The button "save" waits for the save that is on its way, or it would meet it as somebody else's. */
  form.addEventListener("submit", (e) => {
    clearTimeout(timer);
    if (!running) { leaving = true; remember(); return; }
    e.preventDefault();
    const button = e.submitter;
    running.catch(() => null).finally(() => setTimeout(() => { delete form.dataset.sent; form.requestSubmit(button); }));
  });

  part("retry").addEventListener("click", () => { tries = 0; save(); });
  part("take-over").addEventListener("click", () => save({ over: true }));
  part("reload").addEventListener("click", () => { leaving = true; forget(); });
  part("forget").addEventListener("click", () => { forget(); trouble.hidden = true; });

  /* What was typed here and never saved, before a reload or a crash. */
  let kept = null;
  try { kept = JSON.parse(sessionStorage.getItem(memory)); } catch { /* nothing usable */ }
  if (kept && saved !== null && written(kept.values) !== saved) {
    warn(words.found, [], "restore", "forget");
    show(state.textContent);
  } else if (kept && saved !== null) forget();
  part("restore").addEventListener("click", () => {
    const given = new Map();
    for (const [name, text] of kept.values) given.set(name, [...(given.get(name) || []), text]);
    for (const field of form.elements) {
      if (!field.name || OURS.has(field.name) || field.type === "hidden") continue;
      const texts = given.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = texts.includes(field.value);
      else if (field.matches("input, select, textarea")) field.value = texts[0] ?? "";
    }
    // Counted from the save it was typed over: a newer one is asked about, not overwritten.
    revision.value = kept.revision;
    trouble.hidden = true;
    save();
  });
})();
