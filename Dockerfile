# One image for the three roles of production: web, worker, scheduler. docker-compose.yml says which is which.
FROM python:3.13-slim-trixie

ENV PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    USER360_VAR=/var/lib/user360 \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never

RUN pip install --no-cache-dir uv \
    && useradd --system --home-dir /var/lib/user360 --create-home user360

WORKDIR /app
COPY pyproject.toml .python-version ./
# Its own layer: the packages change less often than the code.
RUN uv sync --no-dev
ENV PATH=/app/.venv/bin:$PATH

COPY . .
# The real values come when a container starts; collecting files looks at none of them.
RUN USER360_VAR=/tmp/build SECRET_KEY=build DATABASE_URL=postgresql://build REDIS_URL=redis://build ALLOWED_HOSTS=build \
    python manage.py collectstatic --no-input

USER user360
VOLUME /var/lib/user360
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "30", "config.wsgi:application"]
