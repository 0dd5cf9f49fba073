# syntax=docker/dockerfile:1
# One image for both planes: `visavis serve` (default), `visavis control`, `visavis sfu`.

FROM node:22-slim AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.11-slim AS wheel
WORKDIR /src
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY sfu/ sfu/
COPY control/ control/
COPY --from=pages /src/control/static control/static
# The pages are built already, and this stage has no Node.
ENV VISAVIS_SKIP_WEB=1
RUN python -m venv /opt/visavis && /opt/visavis/bin/pip install --no-cache-dir .

FROM python:3.11-slim
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
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/api/health', timeout=2)"]
ENTRYPOINT ["visavis"]
CMD ["serve"]
