"""A data cache that belongs to one published file: after the file is replaced, nothing of the old one is answered."""

import threading
from pathlib import Path
from typing import Any

from flask import Flask
from flask_caching.backends.filesystemcache import FileSystemCache  # type: ignore[import-not-found]


class PublishedFileCache(FileSystemCache):  # type: ignore[misc]  # lives in Superset's environment only
    """Chart data by question *and* by published file.

    A chart that was computed on the old file while the new one was moved into place is stored under the old file's
    mark, because a thread keeps the mark it saw when it looked for the answer.
    """

    def __init__(self, cache_dir: str, published: str, **settings: Any) -> None:
        self._published = Path(published)
        self._seen = threading.local()
        super().__init__(cache_dir, **settings)

    def get(self, key: str) -> Any:
        if key != self._fs_count_file:
            self._seen.mark = self._mark()
        return super().get(key)

    def _mark(self) -> str:
        try:
            status = self._published.stat()
        except FileNotFoundError:
            return "nothing published"
        return f"{status.st_ino}-{status.st_mtime_ns}"

    def _get_filename(self, key: str) -> str:
        if key == self._fs_count_file:  # the number of entries is counted over all files
            return str(super()._get_filename(key))
        mark = getattr(self._seen, "mark", None) or self._mark()
        return str(super()._get_filename(f"{mark} {key}"))


def published_file_cache(
    _app: Flask, config: dict[str, Any], _arguments: list[Any], options: dict[str, Any]
) -> PublishedFileCache:
    """What flask-caching calls to make the cache named in DATA_CACHE_CONFIG."""
    return PublishedFileCache(config["CACHE_DIR"], config["PUBLISHED_FILE"], **options)
