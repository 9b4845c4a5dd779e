# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS console
WORKDIR /build/maps/web
COPY maps/web/package.json maps/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY maps/web ./
RUN npm run build
# The national lists, from which the home county takes its outline; the copy of the lock says that they are complete.
WORKDIR /build/packs
COPY layers/packs/package.json layers/packs/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund \
 && cp package-lock.json node_modules/.anlan

FROM python:3.13-slim-bookworm AS packages
COPY requirements-server.lock /requirements.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /requirements.lock

FROM python:3.13-slim-bookworm
# rasterio's wheel expects the system's expat, which the slim image leaves out.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libexpat1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/anlan --create-home anlan
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 ANLAN_VAR=/var/lib/anlan ANLAN_IMAGE=1
WORKDIR /anlan
COPY --from=packages /venv /venv
COPY anlan pyproject.toml ./
COPY gis gis
COPY layers layers
COPY scenarios scenarios
COPY maps/*.py maps/
COPY api api
COPY --from=console /build/maps/web/dist maps/web/dist
COPY --from=console /build/packs/node_modules layers/packs/node_modules
RUN python -m compileall -q gis layers scenarios maps api
USER 10001
VOLUME /var/lib/anlan
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=180s --retries=4 \
 CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/api/health', timeout=4)"]
# Waits for the database, migrates, loads the county on the first start, then becomes the API.
CMD ["./anlan", "up", "--foreground", "--host", "0.0.0.0"]
