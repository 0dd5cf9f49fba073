# syntax=docker/dockerfile:1.26.0@sha256:ecfaec9ed6d810b56388c508f4121597bfbba70d41a6dfeee4d8cad5f295fc32
# One image for both planes: `visavis serve` (default), `visavis control`, `visavis sfu`, `visavis canary`.
#
# Base images are named by tag, for people, and by digest, which decides. Both are multi-platform indexes: Python 3.11.17 on
# Debian trixie of 2026-10-01, Node 22.23.3 on Debian bookworm of 2026-10-07. CONTRIBUTING.md, "Releasing", says how to renew them.

FROM node:22.23.3-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392 AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY LICENSES/ ../LICENSES/
COPY docs/ ../docs/
COPY web/ ./
RUN npm run build

FROM python:3.11.17-slim@sha256:45037981b62b34b44602584fccbc4d884d5f7dc92c7ee86bb38a698a79fe1e51 AS wheel
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN python -m venv /opt/visavis \
 && /opt/visavis/bin/pip install --require-hashes --requirement requirements/runtime.txt \
 && pip install --require-hashes --requirement requirements/build.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY LICENSES/ LICENSES/
COPY sfu/ sfu/
COPY control/ control/
COPY canary/ canary/
COPY --from=pages /src/control/static control/static
# The pages are built already, and this stage has no Node.
ENV VISAVIS_SKIP_WEB=1
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/visavis/bin/pip install --no-deps dist/visavis-*.whl

FROM python:3.11.17-slim@sha256:45037981b62b34b44602584fccbc4d884d5f7dc92c7ee86bb38a698a79fe1e51
RUN useradd --system --uid 10001 --home-dir /var/lib/visavis --create-home visavis
COPY --from=wheel /opt/visavis /opt/visavis
ENV PATH=/opt/visavis/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VISAVIS_DATA=/var/lib/visavis \
    VISAVIS_HTTP_BIND=0.0.0.0:8080
USER 10001
WORKDIR /var/lib/visavis
VOLUME /var/lib/visavis
# 8080: pages and API, behind a TLS proxy. 50000: media, UDP and TCP.
EXPOSE 8080/tcp 50000/udp 50000/tcp
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["visavis"]
CMD ["serve"]
