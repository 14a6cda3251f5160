# Two images from one source: `web` serves pages and holds no PDF library; `worker` makes the PDF files.
FROM python:3.13-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 LEXHELLER_PROFILE=production HOME=/tmp
RUN useradd --uid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin lexheller
WORKDIR /app

FROM base AS web
COPY requirements-web.txt ./
RUN pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements-web.txt
COPY . .
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "webapp:create_app()"]

FROM base AS worker
# Debian's security updates shall come along with every build, so no version is named. pg_dump must be as new as the
# server, and Debian's is older, so it comes from PostgreSQL's own archive, which Debian's postgresql-common knows.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-18 \
    && install -d -o 10001 -g 10001 -m 700 /backups \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt ./
RUN pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.txt
COPY . .
USER 10001:10001
CMD ["celery", "--quiet", "-A", "worker.app", "worker", "-Q", "fast,slow", "--without-gossip", "--without-mingle"]
