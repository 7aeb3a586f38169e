/* Tells the server that somebody has looked at this product: after three seconds in sight, once. */
(() => {
  "use strict";
  const SECONDS = 3;
  const place = document.querySelector("[data-view]");
  if (!place) return;
  let seen = 0;
  const timer = setInterval(() => {
    if (document.visibilityState !== "visible") return;
    seen += 1;
    if (seen < SECONDS) return;
    clearInterval(timer);
    const csrf = document.querySelector("meta[name=csrf-token]").content;
    fetch(place.dataset.view, { method: "POST", headers: { "x-csrf-token": csrf }, keepalive: true }).catch(() => {});
  }, 1000);
})();
