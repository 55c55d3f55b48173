"""Superset's settings: one published DuckDB file, Chinese first, server-side sessions, nothing loaded from outside.

Secrets have no default: a missing one stops the start with a KeyError that names it.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

from cachelib.file import FileSystemCache

# Superset loads this file by path or as a top-level module; either way its neighbours are found.
HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

# Only importable after the line above, and found by no checker that starts at the root of the checkout.
import superset_look as look  # type: ignore[import-not-found]  # noqa: E402
from superset_event_log import EventLogger  # type: ignore[import-not-found]  # noqa: E402
from superset_repairs import repair  # type: ignore[import-not-found]  # noqa: E402
from superset_texts import server_texts  # type: ignore[import-not-found]  # noqa: E402

HOME = Path(os.environ["SUPERSET_HOME"])
PUBLISHED = Path(os.environ["LAKE_HOME"]) / "published" / "published.duckdb"

# --- secrets ---
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
GUEST_TOKEN_JWT_SECRET = os.environ["SUPERSET_GUEST_SECRET"]
# Not used while GLOBAL_ASYNC_QUERIES is off, but it ships with a published default.
GLOBAL_ASYNC_QUERIES_JWT_SECRET = os.environ["SUPERSET_ASYNC_SECRET"]

# --- Superset's own database and the sessions ---
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME}/superset.db?check_same_thread=false"
EVENT_LOGGER = EventLogger()
SESSION_SERVER_SIDE = True  # a copied cookie is worthless after logout
SESSION_TYPE = "cachelib"
SESSION_CACHELIB = FileSystemCache(str(HOME / "sessions"), threshold=5000)
SESSION_COOKIE_NAME = "lakewarden_bi"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = os.environ.get("SUPERSET_TLS") == "1"
PERMANENT_SESSION_LIFETIME = timedelta(hours=8)

# --- accounts are made by dashboards/deploy.py only ---
AUTH_USER_REGISTRATION = False
FAB_ADD_SECURITY_API = False
FAB_API_SWAGGER_UI = False
FAB_PASSWORD_COMPLEXITY_ENABLED = True  # web forms only; deploy checks its own
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"  # each worker process counts for itself; logins: see superset_repairs

# --- language ---
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "us", "name": "English"}}
D3_FORMAT = look.NUMBER_LOCALE
D3_TIME_FORMAT = look.TIME_LOCALE
BABEL_TRANSLATION_DIRECTORIES = server_texts(HOME / "texts")
FLASK_APP_MUTATOR = repair

# --- what is switched off ---
FEATURE_FLAGS = {
    "DASHBOARD_RBAC": True,
    "ENABLE_TEMPLATE_PROCESSING": False,
    "EMBEDDED_SUPERSET": False,
    "ALERT_REPORTS": False,
    "RLS_IN_SQLLAB": True,  # also where somebody is an analyst and a regional manager
    "DRILL_BY": False,
    "DRILL_TO_DETAIL": False,
}
ROW_LIMIT, SQL_MAX_ROW, SAMPLES_ROW_LIMIT = 5_000, 10_000, 100


# --- caches ---
def cache(name: str, cache_type: str = "FileSystemCache") -> dict[str, object]:
    """One cache folder below SUPERSET_HOME; entries live for five minutes."""
    return {
        "CACHE_TYPE": cache_type,
        "CACHE_DIR": str(HOME / f"cache_{name}"),
        "CACHE_DEFAULT_TIMEOUT": 300,
        "CACHE_KEY_PREFIX": f"{name}_",
    }


CACHE_CONFIG = cache("meta")
# Chart data: an answer from another published file is never served (see superset_published_cache).
DATA_CACHE_CONFIG = cache("data", "superset_published_cache.published_file_cache") | {"PUBLISHED_FILE": str(PUBLISHED)}
FILTER_STATE_CACHE_CONFIG = cache("filter") | {"CACHE_DEFAULT_TIMEOUT": 90 * 24 * 3600}  # a shared link lives longer
EXPLORE_FORM_DATA_CACHE_CONFIG = cache("explore")

# --- the browser loads nothing from elsewhere ---
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "frame-ancestors": ["'none'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    # Without this Talisman marks the cookie Secure even on plain HTTP, and nobody can log in.
    "session_cookie_secure": SESSION_COOKIE_SECURE,
}

# --- look ---
APP_NAME = look.APP_NAME
APP_ICON = look.LOGO
LOGO_TARGET_PATH = "/dashboard/list/"
THEME_DEFAULT = look.THEME
THEME_DARK = None
ENABLE_UI_THEME_ADMINISTRATION = False
EXTRA_CATEGORICAL_COLOR_SCHEMES = look.CATEGORICAL_SCHEMES
EXTRA_SEQUENTIAL_COLOR_SCHEMES = look.SEQUENTIAL_SCHEMES
