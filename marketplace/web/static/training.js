/* The player of the training: no further than watched, reports every few seconds, goes on after a break. */
(() => {
  "use strict";
  const video = document.querySelector("[data-film]");
  if (!video) return;
  const EVERY_MS = 4000;
  const FASTEST = 1.5;
  const SLACK_S = 0.8;
  const length = Number(video.dataset.length) / 1000;
  const state = document.querySelector("[data-state]");
  const bar = document.querySelector("[data-progress]");
  const next = document.querySelector("[data-next]");
  const rate = document.querySelector("[data-rate]");
  const korean = document.documentElement.lang === "ko";
  const csrf = document.querySelector("meta[name=csrf-token]").content;
  let credited = Number(video.dataset.watched) / 1000;
  let reached = credited;
  let completed = credited >= length - 0.5;
  let running = false;

  function show(text) { if (state.textContent !== text) state.textContent = text; }

  function shown(answer) {
    credited = answer.watched_ms / 1000;
    bar.value = answer.watched_ms;
    if (answer.completed) {
      if (!completed) { completed = true; next.classList.add("primary"); next.focus(); }
      show(video.dataset.done);
    } else {
      const seconds = Math.floor(credited);
      show(korean ? `${seconds}초 / ${Math.floor(length)}초까지 봤습니다.` : `Watched ${seconds} of ${Math.floor(length)} s.`);
    }
  }

  async function report() {
    if (running) return;
    running = true;
    try {
      const answer = await fetch(video.dataset.report, {
        method: "POST",
        headers: { "x-csrf-token": csrf, "content-type": "application/json" },
        body: JSON.stringify({ position_ms: Math.round(reached * 1000) }),
      });
      if (answer.ok) shown(await answer.json());
      else show(video.dataset.lost);
    } catch { show(video.dataset.lost); }
    running = false;
  }

  video.addEventListener("loadedmetadata", () => {
    if (!completed && credited > 1) video.currentTime = Math.min(credited, length - 1);
  }, { once: true });
  video.addEventListener("timeupdate", () => {
    if (!video.seeking && video.currentTime <= reached + SLACK_S) reached = Math.max(reached, video.currentTime);
  });
  video.addEventListener("seeking", () => {
    if (!completed && video.currentTime > reached + SLACK_S) video.currentTime = reached;
  });
  video.addEventListener("ratechange", () => {
    if (video.playbackRate > FASTEST) video.playbackRate = FASTEST;
  });
  if (rate) rate.addEventListener("change", () => { video.playbackRate = Number(rate.value); });
  video.addEventListener("play", report);
  video.addEventListener("pause", report);
  video.addEventListener("ended", () => { reached = length; report(); });
  setInterval(() => {
    if (!completed && (!video.paused || credited < reached - 0.5)) report();
  }, EVERY_MS);
})();
