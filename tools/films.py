"""Draws the films of the shipped training from its cues: a slide for each, captions come from the same text.

    python -m tools.films

Needs Chromium (for the slides) and ffmpeg (for VP9); both are asked of the machine, not of the project,
because the films lie in the repository and only their makers draw them again.
"""

import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from marketplace.training.content import FILMS, CourseContent, Film, shipped

WIDTH, HEIGHT, RATE = 1280, 720, 5
MOST_BYTES = 1_000_000
LEAST_S = 40
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: {width}px; height: {height}px; display: grid; grid-template-rows: auto 1fr auto;
  background: #f6f7f8; color: #1e2124; font-family: "Noto Sans CJK KR", "Noto Sans KR", sans-serif; word-break: keep-all; }}
header {{ padding: 44px 72px 0; font-size: 26px; color: #0b50d0; font-weight: 700; }}
main {{ display: grid; align-content: center; gap: 30px; padding: 0 72px; }}
h1 {{ margin: 0; font-size: 54px; line-height: 1.4; }}
p {{ margin: 0; font-size: 28px; line-height: 1.5; color: #464c53; }}
footer {{ display: flex; gap: 10px; padding: 0 72px 48px; }}
i {{ flex: 1; height: 10px; border-radius: 5px; background: #dfe3e7; }} i.on {{ background: #0b50d0; }}
</style><header>{title}</header><main><h1>{ko}</h1><p lang="en">{en}</p></main><footer>{dots}</footer>"""


def slide(film: Film, at: int) -> str:
    """Return the page of one cue."""
    cue = film.cues[at]
    dots = "".join(
        f'<i class="{"on" if place <= at else ""}"></i>' for place in range(len(film.cues))
    )
    words = {"title": film.title_ko, "ko": cue.ko, "en": cue.en}
    safe = {name: escape(text) for name, text in words.items()}
    return PAGE.format(width=WIDTH, height=HEIGHT, dots=dots, **safe)


def draw(film: Film, target: Path) -> None:
    """Draw a film: slides by Chromium, the film by ffmpeg."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a tool of developers

    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        folder = Path(name)
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        inputs: list[str] = []
        for at in range(len(film.cues)):
            page.set_content(slide(film, at))
            page.screenshot(path=folder / f"{at}.png")
            length = ["-loop", "1", "-framerate", str(RATE), "-t", str(film.length_s(at))]
            inputs += [*length, "-i", str(folder / f"{at}.png")]
        browser.close()
        joined = "".join(f"[{at}:v]" for at in range(len(film.cues)))
        command = [
            "ffmpeg", "-y", "-loglevel", "error", *inputs,
            "-filter_complex", f"{joined}concat=n={len(film.cues)}:v=1,format=yuv420p",
            "-c:v", "libvpx-vp9", "-crf", "36", "-b:v", "0", "-g", str(RATE * 3), str(target),
        ]  # fmt: skip
        subprocess.run(command, check=True)


def main() -> None:
    """Draw every film, and refuse one that is too large or too short."""
    course: CourseContent = shipped()
    for film in course.films:
        target = FILMS / film.file
        draw(film, target)
        size_bytes = target.stat().st_size
        if size_bytes > MOST_BYTES or film.duration_ms < LEAST_S * 1000:
            sys.exit(f"{film.file}: {size_bytes} bytes, {film.duration_ms} ms")
        print(f"{film.file}: {size_bytes:,} bytes, {film.duration_ms / 1000:g} s")


if __name__ == "__main__":
    main()
