# One image for web, worker and every command: docker run IMAGE web | worker | migrate | doctor ...
# Packages come from whatever index the builder's pip is configured with.
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY marketplace marketplace
COPY quality quality
COPY billing billing
COPY storage storage
COPY migrations migrations
RUN python -m venv /opt/marketplace \
 && /opt/marketplace/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.12-slim
RUN groupadd --system --gid 10001 marketplace \
 && useradd --system --uid 10001 --gid 10001 --no-create-home marketplace \
 && install -d -m 700 -o marketplace -g marketplace /var/lib/marketplace
COPY --from=build /opt/marketplace /opt/marketplace
ENV PATH=/opt/marketplace/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MARKETPLACE_DATA_DIR=/var/lib/marketplace \
    MARKETPLACE_HOST=0.0.0.0
USER 10001:10001
WORKDIR /var/lib/marketplace
EXPOSE 8000
ENTRYPOINT ["marketplace"]
CMD ["web"]
