/* Draws a signature into a canvas and writes its lines, in a box of 1000 by 300, into the form. */
(() => {
  "use strict";
  const form = document.querySelector("[data-signature]");
  if (!form) return;
  const canvas = form.querySelector("canvas");
  const field = form.querySelector("input[name=strokes]");
  const typed = form.querySelector("input[name=by_typing]");
  const WIDTH = 1000;
  const HEIGHT = 300;
  const MOST_POINTS = 5000;
  const strokes = [];
  let current = null;
  let points = 0;
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const brush = canvas.getContext("2d");
  brush.lineWidth = 6;
  brush.lineCap = "round";
  brush.lineJoin = "round";
  brush.strokeStyle = "#1e2124";

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const x = Math.round((event.clientX - box.left) * WIDTH / box.width);
    const y = Math.round((event.clientY - box.top) * HEIGHT / box.height);
    return [Math.min(Math.max(x, 0), WIDTH), Math.min(Math.max(y, 0), HEIGHT)];
  }
  function write() { field.value = strokes.length ? JSON.stringify(strokes) : ""; }

  canvas.addEventListener("pointerdown", (event) => {
    if (points >= MOST_POINTS) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    current = [place(event)];
    strokes.push(current);
    typed.checked = false;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || points >= MOST_POINTS) return;
    const [x, y] = place(event);
    const [a, b] = current[current.length - 1];
    if (a === x && b === y) return;
    brush.beginPath();
    brush.moveTo(a, b);
    brush.lineTo(x, y);
    brush.stroke();
    current.push([x, y]);
    points += 1;
  });
  const end = () => { current = null; write(); };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  form.querySelector("[data-clear]").addEventListener("click", () => {
    strokes.length = 0;
    points = 0;
    brush.clearRect(0, 0, WIDTH, HEIGHT);
    write();
  });
})();
