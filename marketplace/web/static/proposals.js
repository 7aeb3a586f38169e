/* Proposes words of the market while somebody types; the form works without it. */
(() => {
  "use strict";
  const WAIT_MS = 120;
  document.querySelectorAll("input[data-proposals]").forEach((input) => {
    const list = document.getElementById(input.getAttribute("list"));
    let timer = 0;
    let asked = "";
    input.addEventListener("input", () => {
      clearTimeout(timer);
      const typed = input.value.trim();
      if (!typed || typed === asked) return;
      timer = setTimeout(async () => {
        asked = typed;
        try {
          const answer = await fetch(`${input.dataset.proposals}?q=${encodeURIComponent(typed)}`);
          if (!answer.ok || asked !== typed) return;
          const found = await answer.json();
          list.replaceChildren(...found.items.map((word) => {
            const option = document.createElement("option");
            option.value = word;
            return option;
          }));
        } catch { /* the form still works */ }
      }, WAIT_MS);
    });
  });
})();
