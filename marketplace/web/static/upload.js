/* Sends files in parts straight to the store: with progress, pause, and a way on after any break.
   While some parts are being sent, the next ones are hashed and their addresses asked for. */
(() => {
  "use strict";
  const current = document.querySelector("#current");
  if (!current) return;
  const api = "/api/v1/organization";
  const words = current.dataset;
  const list = current.querySelector("[data-new]");
  const known = current.querySelector("[data-known]");
  const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
  const AT_ONCE = 2;
  /* parts of one file on their way at once: with those of two files, as many connections as browsers open to one place */
  const LANES = 3;
  /* parts whose addresses are asked for in one request; the first is asked for alone, so that sending begins at once */
  const BATCH = 4;
  /* an address that was asked for longer ago is asked for anew; it is good for 15 minutes */
  const FRESH_MS = 600000;
  const waiting = [];
  let running = 0;
  let unsent = 0;

  const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

  async function ask(path, body) {
    const options = { headers: { "x-csrf-token": words.csrf } };
    if (body !== undefined) {
      options.method = "POST";
      options.headers["content-type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    const answer = await fetch(api + path, options);
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const error = new Error(content[document.documentElement.lang] || content.detail || String(answer.status));
      error.final = answer.status < 500 && answer.status !== 429;
      throw error;
    }
    return content;
  }

  async function sha256(blob) {
    if (!crypto.subtle) return null;
    const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
  }

  function put(part, blob, row) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      row.requests.add(request);
      request.onloadend = () => row.requests.delete(request);
      request.open(part.method, part.url);
      Object.entries(part.headers).forEach(([name, value]) => {
        if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
      });
      request.upload.onprogress = (e) => row.note(part.number, e.loaded);
      request.onload = () => (request.status < 300 ? done() : failed(new Error(String(request.status))));
      request.onerror = () => failed(new Error("network"));
      request.onabort = () => failed(new Error("paused"));
      request.send(blob);
    });
  }

  /* one file: its row and how far it is */
  class Row {
    constructor(file, path) {
      this.file = file;
      this.path = path;
      this.bytes = new Map();
      this.requests = new Set();
      this.going = [];
      this.paused = false;
      this.over = false;
      this.item = document.createElement("li");
      const name = document.createElement("span");
      name.className = "name";
      name.textContent = path;
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = "btn small";
      this.button.textContent = words.pause;
      this.button.addEventListener("click", () => this.turn());
      this.bar = document.createElement("progress");
      this.bar.max = file.size || 1;
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", path);
      this.detail = document.createElement("span");
      this.detail.className = "small muted num";
      const right = document.createElement("span");
      right.className = "row";
      right.append(this.button);
      this.item.append(name, right, this.bar, this.detail);
      list.append(this.item);
    }

    /* how much of a part has left */
    note(number, bytes) {
      this.bytes.set(number, bytes);
      const sent = [...this.bytes.values()].reduce((sum, one) => sum + one, 0);
      this.bar.value = sent;
      const percent = Math.floor((100 * sent) / (this.file.size || 1));
      if (!this.paused) this.detail.textContent = `${words.sending} ${percent} %`;
    }

    turn() {
      this.paused = !this.paused;
      this.button.textContent = this.paused ? words.resume : words.pause;
      if (this.paused) {
        this.detail.textContent = words.paused;
        this.stop();
      } else {
        this.going.splice(0).forEach((go) => go());
      }
    }

    stop() {
      [...this.requests].forEach((request) => request.abort());
    }

    async unpaused() {
      while (this.paused) await new Promise((go) => { this.going.push(go); });
    }

    fail(text) {
      this.over = true;
      this.stop();
      this.detail.className = "error";
      this.detail.setAttribute("role", "alert");
      this.detail.textContent = text;
      this.bar.className = "bad";
      this.button.remove();
    }
  }

  async function open(row) {
    const half = [...known.querySelectorAll('[data-state="uploading"]')].find(
      (e) => e.dataset.path === row.path.normalize("NFC") && Number(e.dataset.size) === row.file.size);
    if (half) {
      const file = await ask(`/files/${half.dataset.file}`);
      half.remove();
      return file;
    }
    return ask(`/versions/${words.version}/files`, { path: row.path, size_bytes: row.file.size });
  }

  /* until it succeeds: a pause is waited for, a break is tried again, a refusal is the end */
  async function insist(row, act) {
    for (let attempt = 0; ; attempt += 1) {
      await row.unpaused();
      if (row.over) throw new Error("over");
      try {
        return await act();
      } catch (error) {
        if (error.final || row.over) throw error;
        if (error.message === "paused") { attempt = -1; continue; }
        row.detail.textContent = words.lost;
        await sleep(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
      }
    }
  }

  function piece(row, file, number) {
    const first = (number - 1) * file.part_bytes;
    return row.file.slice(first, Math.min(first + file.part_bytes, row.file.size));
  }

  /* one part after the other is read and hashed, so that no more than one lies in memory */
  async function address(row, file, numbers) {
    const wanted = [];
    for (const number of numbers) {
      const hash = await sha256(piece(row, file, number));
      wanted.push(hash ? { number, sha256: hash } : { number });
    }
    const asked = Date.now();
    const { parts } = await ask(`/files/${file.id}/parts`, { parts: wanted });
    return parts.map((part) => ({ ...part, asked }));
  }

  /* the parts of one file that are to be sent, addressed ahead of the lanes that send them */
  class Line {
    constructor(row, file, numbers) {
      this.row = row;
      this.file = file;
      this.left = numbers;
      this.addressed = [];
      this.count = 1;
      this.coming = null;
      this.refused = null;
    }

    async next() {
      while (!this.addressed.length && (this.coming || this.left.length)) await this.prepare();
      if (this.refused) throw this.refused;
      const part = this.addressed.shift();
      if (this.addressed.length < LANES && this.left.length) this.prepare();
      return part;
    }

    prepare() {
      this.coming ??= this.more()
        .catch((error) => { this.refused = error; this.left = []; })
        .finally(() => { this.coming = null; });
      return this.coming;
    }

    async more() {
      const numbers = this.left.splice(0, this.count);
      this.count = BATCH;
      this.addressed.push(...await insist(this.row, () => address(this.row, this.file, numbers)));
    }
  }

  async function sendPart(row, file, part) {
    let known = part;
    await insist(row, async () => {
      const fresh = known && Date.now() - known.asked < FRESH_MS;
      const [used] = fresh ? [known] : await address(row, file, [part.number]);
      known = null;
      if (row.paused) throw new Error("paused");
      await put(used, piece(row, file, part.number), row);
    });
    row.note(part.number, part.size_bytes);
  }

  async function lane(row, file, line) {
    for (let part = await line.next(); part; part = await line.next()) await sendPart(row, file, part);
  }

  async function send(row) {
    try {
      const file = await open(row);
      const there = new Set(file.received_parts);
      const left = [];
      for (let number = 1; number <= file.part_count; number += 1) {
        if (there.has(number)) row.note(number, piece(row, file, number).size);
        else left.push(number);
      }
      const line = new Line(row, file, left);
      await Promise.all(Array.from({ length: LANES }, () => lane(row, file, line)));
      await insist(row, () => ask(`/files/${file.id}/finish`, {}));
      row.bar.className = "done";
      row.button.remove();
      row.detail.textContent = words.sent;
    } catch (error) {
      row.fail(error.message);
    }
  }

  async function next() {
    if (running >= AT_ONCE || !waiting.length) return;
    running += 1;
    const row = waiting.shift();
    await send(row);
    running -= 1;
    unsent -= 1;
    if (unsent === 0) refresh();
    next();
  }

  function take(file, path) {
    const empty = current.querySelector("[data-empty]");
    if (empty) empty.remove();
    waiting.push(new Row(file, path));
    unsent += 1;
    next();
  }

  /* the server's own list of files, read again while something is examined */
  async function refresh() {
    let page = null;
    try {
      const answer = await fetch(location.pathname);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { return; }
    const fresh = page.querySelector("#current");
    if (!fresh || fresh.dataset.state !== words.state) { if (!unsent) location.reload(); return; }
    const rows = fresh.querySelector("[data-known]");
    known.replaceChildren(...rows.children);
    if (!unsent) list.querySelectorAll("li").forEach((item) => { if (!item.querySelector(".error")) item.remove(); });
  }
  const busy = () => words.state === "processing"
    || [...known.children].some((e) => ["uploaded", "processing"].includes(e.dataset.state));
  setInterval(() => { if (busy() && !document.hidden) refresh(); }, 2000);

  const input = current.querySelector("#files");
  const folder = current.querySelector("[data-folder]");
  const drop = current.querySelector("[data-drop]");
  if (!input) return;
  input.addEventListener("change", () => {
    [...input.files].forEach((file) => take(file, file.name));
    input.value = "";
  });
  folder.addEventListener("change", () => {
    [...folder.files].forEach((file) => take(file, file.webkitRelativePath || file.name));
    folder.value = "";
  });
  /* chosen before this script was there */
  if (input.files.length) input.dispatchEvent(new Event("change"));
  ["dragenter", "dragover"].forEach((kind) => drop.addEventListener(kind, (e) => {
    e.preventDefault();
    drop.classList.add("over");
  }));
  ["dragleave", "drop"].forEach((kind) => drop.addEventListener(kind, () => drop.classList.remove("over")));
  drop.addEventListener("drop", (e) => {
    e.preventDefault();
    [...e.dataTransfer.files].forEach((file) => take(file, file.name));
  });
  addEventListener("beforeunload", (e) => { if (unsent) e.preventDefault(); });
})();
