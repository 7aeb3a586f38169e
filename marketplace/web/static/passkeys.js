/* Passkeys: the ceremony between our server and the browser's authenticator. Pages work without it. */
(() => {
  "use strict";
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const can = Boolean(window.PublicKeyCredential && navigator.credentials);
  $$("[data-needs-passkey]").forEach((e) => { e.hidden = !can; });
  $$("[data-without-passkey]").forEach((e) => { e.hidden = can; });
  if (!can) return;

  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = (list) => (list || []).map((c) => ({ ...c, id: toBytes(c.id) }));

  function readable(options) {
    const out = { ...options, challenge: toBytes(options.challenge) };
    if (options.user) out.user = { ...options.user, id: toBytes(options.user.id) };
    if (options.excludeCredentials) out.excludeCredentials = described(options.excludeCredentials);
    if (options.allowCredentials) out.allowCredentials = described(options.allowCredentials);
    return out;
  }

  function writable(credential) {
    const from = credential.response;
    const response = { clientDataJSON: toText(from.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (from[name]) response[name] = toText(from[name]);
    if (from.getTransports) response.transports = from.getTransports();
    return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: credential.getClientExtensionResults(), response };
  }

  async function send(path, body) {
    const token = document.querySelector("meta[name=csrf-token]");
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": token ? token.content : "" }, body: JSON.stringify(body) });
    const content = await answer.json();
    if (answer.ok) return content;
    throw Object.assign(new Error(content.code), { problem: content });
  }

  async function ceremony(button) {
    const register = button.dataset.passkey === "register";
    const path = register ? "/api/v1/me/passkeys" : "/api/v1/sign-in/passkey";
    const begun = await send(`${path}/challenge`, {});
    const publicKey = readable(begun.options);
    const credential = register ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    const body = { challenge_id: begun.challenge_id, answer: writable(credential) };
    if (register) body.label = `${button.dataset.name} ${new Date().toLocaleDateString(document.documentElement.lang)}`;
    await send(path, body);
    location.assign(button.dataset.next);
  }

  function explain(button, error) {
    const box = button.parentElement.querySelector("[data-passkey-error]");
    const { problem } = error;
    if (problem && problem.code === "reauthentication_required") { location.assign(`/reauthenticate?next=${encodeURIComponent(location.pathname)}`); return; }
    box.textContent = problem ? problem[document.documentElement.lang] || problem.detail : button.dataset.cancelled;
    box.hidden = false;
  }

  $$("button[data-passkey]").forEach((button) => button.addEventListener("click", async () => {
    button.disabled = true;
    try { await ceremony(button); } catch (error) { explain(button, error); } finally { button.disabled = false; }
  }));
})();
