"""One file becomes a product: written, uploaded, examined, requested, approved, found."""

import re
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from marketplace.rehearsal.acting import Person, failed, put_part
from marketplace.rehearsal.company import ORGANIZATION, Company

EXAMINED_WITHIN_S: Final = 600.0
PRICE_WON: Final = 1_000_000
_WORD: Final = re.compile(r"[0-9A-Za-z가-힣]{2,}")


class Listing:
    """The way of one file to the market.

    ``outcome`` is ``listed``, or ``blocked`` where findings keep the file from being sold, which is
    the state that such a file deserves.
    """

    def __init__(self, company: Company, path: Path) -> None:
        self.company, self.path = company, path
        self.owner: Person = company.owner
        words = _WORD.findall(path.stem)[:6]
        self.title = " ".join(("예행", *words, company.name.split()[-1]))
        self.id = ""
        self.version: dict[str, Any] = {}
        self.outcome = ""

    def begin(self) -> str:
        """Begin a product and open a version of its data."""
        self.id = self.owner.send("POST", f"{ORGANIZATION}/products", {"title_ko": self.title})[
            "id"
        ]
        path = f"{ORGANIZATION}/products/{self.id}/versions"
        self.version = self.owner.send("POST", path, {"note": "예행연습"})
        return self.title

    def upload(self) -> str:
        """Send the file in parts straight to the store, and close the version."""
        size_bytes = self.path.stat().st_size
        told = {"path": self.path.name, "size_bytes": size_bytes}
        file = self.owner.send("POST", f"{ORGANIZATION}/versions/{self.version['id']}/files", told)
        with self.path.open("rb") as content:
            for number in range(1, file["part_count"] + 1):
                wanted = {"parts": [{"number": number}]}
                part = self.owner.send("POST", f"{ORGANIZATION}/files/{file['id']}/parts", wanted)
                address = part["parts"][0]
                content.seek(address["first_byte"])
                put_part(
                    address["url"], content.read(address["size_bytes"]), address["headers"] or {}
                )
        self.owner.send("POST", f"{ORGANIZATION}/files/{file['id']}/finish")
        self.owner.send("POST", f"{ORGANIZATION}/versions/{self.version['id']}/close")
        return f"{size_bytes:,} bytes"

    def examine(self) -> str:
        """Wait for the report; tell grade and findings."""
        path = f"{ORGANIZATION}/versions/{self.version['id']}"
        end = time.monotonic() + EXAMINED_WITHIN_S
        while True:
            version = self.owner.send("GET", path)
            if version["state"] in ("ready", "blocked"):
                break
            if time.monotonic() > end:
                raise failed(f"{self.path.name} is still {version['state']}")
            time.sleep(0.5)
        self.outcome = "listed" if version["state"] == "ready" else "blocked"
        codes = [one["code"] for file in version["files"] for one in file["findings"]]
        counted = ", ".join(f"{code}×{codes.count(code)}" for code in dict.fromkeys(codes))
        return f"{version['state']} {version.get('grade') or '-'} {counted}".strip()

    def describe(self) -> str:
        """Write everything that a request needs."""
        path = f"{ORGANIZATION}/products/{self.id}"
        draft = self.owner.send("GET", path)["draft"]
        today = self.owner.send("GET", path)["created_at"][:10]
        self.owner.send(
            "PATCH", f"{path}/draft",
            {
                "revision": draft["revision"], "summary_ko": f"{self.path.name} 파일로 만든 예행 상품입니다.",
                "description_ko": f"예행연습이 {self.path.name} 파일을 올려 만든 상품입니다. 사고팔 수 없습니다.",
                "industry_division": "29", "process": "예행", "equipment": "예행 설비",
                "purpose": "other", "data_kind": "tabular", "collected_from": today,
                "collected_to": today, "collection_method": "예행연습에서 준 파일입니다.",
                "declarations": {
                    "no_personal_data": True, "no_trade_secrets": True, "right_to_sell": True,
                    "provenance": "예행연습에서 준 파일", "augmented": False,
                },
            },
        )  # fmt: skip
        self.owner.send("PUT", f"{path}/price", {"price_won": PRICE_WON})
        return f"₩{PRICE_WON:,}"

    def submit(self) -> str:
        """Request the registration."""
        self.owner.send("POST", f"{ORGANIZATION}/products/{self.id}/registration")
        return "submitted"

    def approve(self) -> str:
        """Let a reviewer of the exchange approve it on the operator's page."""
        reviews = self.owner.send("GET", f"{ORGANIZATION}/products/{self.id}/registration")[
            "reviews"
        ]
        page = f"/operator/reviews/{reviews[0]['id']}"
        decision = {"decision": "approve", "reason": ""}
        self.company.reviewer().submit(page, f"{page}/decision", decision)
        return "approved"

    def find(self) -> str:
        """Find it by three words of its title, as anybody, and open its page."""
        anybody = Person(self.company.settings.public_url, "", "")
        words = " ".join([*_WORD.findall(self.path.stem)[:2], self.company.name.split()[-1]])
        found = anybody.send("GET", f"/api/v1/products?{urlencode({'q': words})}")
        if self.id not in [hit["id"] for hit in found["items"]]:
            raise failed(f"‘{words}’ does not find {self.title}")
        anybody.page(f"/products/{self.id}")
        anybody.close()
        return f"‘{words}’"
