# 명령 하나에 목표 하나. Each target is one command; `make help` lists them.
# What needs a decision lies in tools/bootstrap.py, which any Python 3.11 can run before anything is installed.
PYTHON ?= python3
BOOTSTRAP := $(PYTHON) tools/bootstrap.py
RUN := .venv/bin/python -m

.DEFAULT_GOAL := help
.PHONY: help run web worker migrate doctor test check fix install install-dev chromium \
  format-check lint contracts types tests bench-checkout bench-http bench-quality bench-quality-engines bench-quality-exact bench-quality-kinds \
  bench-quality-large bench-quality-peers bench-quality-suite bench-search bench-small bench-upload proof-mutants proof-payments

help: ## 목표의 목록 · this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

run: ## 설치하고 거래소를 실행, 끝내기 Ctrl-C · install and run the exchange, Ctrl-C ends it
	@$(BOOTSTRAP) --exec run

web: install ## 웹 서버만 · the web server alone
	@$(RUN) marketplace web

worker: install ## 작업 처리기만 · the worker alone
	@$(RUN) marketplace worker

migrate: install ## 데이터베이스를 최신 구조로 · bring the database to the newest schema
	@$(RUN) marketplace migrate

doctor: install ## 설치 상태 점검 · examine the installation
	@$(RUN) marketplace doctor

test: chromium check ## 필요한 것을 설치하고 모든 검사 · install what tests need, then every check

check: install-dev format-check lint contracts types tests ## 모든 검사, CI와 같음 · every check, as in CI

fix: install-dev ## 서식과 안전한 고침 · format and safe repairs
	@$(RUN) ruff check --fix-only .
	@$(RUN) ruff format .

bench-checkout: install-dev ## 초당 60건의 주문을 60초(RATE=60 SECONDS=60) · 60 checkouts a second for a minute
	@$(RUN) benchmarks.checkout --rate $(or $(RATE),60) --seconds $(or $(SECONDS),60)

bench-http: install-dev ## 초당 요청 수와 p99 · requests a second and p99
	@$(RUN) benchmarks.http

bench-search: install-dev ## 검색의 질과 속도(PRODUCTS=100000) · quality and speed of the search
	@$(RUN) benchmarks.search --products $(or $(PRODUCTS),100000)

bench-upload: install-dev ## 올리기의 속도와 기억 장치(ROUNDS=5 MIB=256) · speed and memory of uploads
	@$(RUN) benchmarks.upload --rounds $(or $(ROUNDS),5) --mib $(or $(MIB),256)

bench-quality: install-dev ## 품질 검사의 속도와 기억 장치(ROWS=400000) · speed and memory of the quality profile
	@$(RUN) benchmarks.quality --rows $(or $(ROWS),400000) --rounds $(or $(ROUNDS),3)

bench-quality-peers: install-dev ## 다른 도구와 견줌(ROWS=5000000) · the profile against DuckDB and ydata-profiling
	@$(RUN) benchmarks.quality --peers --rows $(or $(ROWS),5000000) --rounds $(or $(ROUNDS),3)

bench-quality-kinds: install-dev ## CP949와 잘못된 행의 값(ROWS=400000) · what CP949 and bad rows cost
	@$(RUN) benchmarks.quality --kinds --rows $(or $(ROWS),400000) --rounds $(or $(ROUNDS),3)

bench-quality-suite: install-dev ## 규칙 39개가 더하는 시간(ROWS=5000000) · what 39 expectations add
	@$(RUN) benchmarks.quality --suite --rows $(or $(ROWS),5000000) --rounds $(or $(ROUNDS),3)

bench-quality-large: install-dev ## 5GB와 10GB(FOLDER=자리가 있는 곳) · 5 and 10 GB (FOLDER= where there is room)
	@$(RUN) benchmarks.quality --large 5 --large 10 --rounds $(or $(ROUNDS),1) $(if $(FOLDER),--folder $(FOLDER))

bench-quality-engines: install-dev ## 엔진의 시간(ROWS=5000000) · the time of each engine
	@$(RUN) benchmarks.quality.engines --rows $(or $(ROWS),5000000) --rounds $(or $(ROUNDS),3)

bench-quality-exact: install-dev ## 수치의 정확도(ROWS=5000000) · how exact the figures are
	@$(RUN) benchmarks.quality --exact --rows $(or $(ROWS),5000000)

bench-small: install-dev ## 1MB 파일의 검사 시간 · how long a file of 1 MB takes, from call to report
	@$(RUN) benchmarks.quality --small --rounds $(or $(ROUNDS),5)

proof-payments: install-dev ## 2,000건을 넷이 한꺼번에, 알림 10,000개 · 2,000 payments asked for by four at once, 10,000 notifications
	@MARKETPLACE_TEST_CROWD=2000 MARKETPLACE_TEST_STORM=10000 MARKETPLACE_TEST_ROUNDS=500 $(RUN) pytest -n 0 -q \
	  tests/marketplace/orders/test_crowd.py tests/marketplace/orders/test_storm.py tests/marketplace/orders/test_one_key.py

proof-mutants: install-dev ## 바꾼 파일 6,000개(MUTANTS=6000) · 6,000 changed files, and how they ended
	@$(RUN) benchmarks.quality.mutants --mutants $(or $(MUTANTS),6000)

install: ## .venv에 실행에 필요한 것 · what running needs, into .venv
	@$(BOOTSTRAP)

install-dev: ## .venv에 개발 도구까지 · and the tools of developers
	@$(BOOTSTRAP) --dev

chromium: install-dev ## 브라우저 시험용 Chromium · Chromium for the browser tests
	@$(PYTHON) tools/chromium.py

format-check: ## 서식 · formatting
	@$(RUN) ruff format --check .

lint: ## 정적 검사 · lint
	@$(RUN) ruff check .

contracts: ## 가져오기 방향 · direction of imports
	@.venv/bin/lint-imports

types: ## 형 검사 · types
	@$(RUN) mypy

tests: ## 시험 · tests
	@$(RUN) pytest -n 2
