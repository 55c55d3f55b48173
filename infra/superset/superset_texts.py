"""Our Chinese texts (texts_zh.yaml), laid over Superset's own in the server's catalogue and in the browser's pack."""

import json
import os
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

TEXTS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("texts_zh.yaml").read_text(encoding="utf-8"))


def server_texts(folder: Path) -> str:
    """Compile the texts into `folder` and return the value of BABEL_TRANSLATION_DIRECTORIES; a later folder wins."""
    target = folder / "zh" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale="zh")
    for english, chinese in TEXTS.items():
        catalogue.add(english, chinese)
    draft = target.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb") as stream:
        write_mo(stream, catalogue)
    draft.replace(target)
    return f"translations;{folder}"


def with_our_texts(pack: bytes) -> str:
    """The language pack that the browser loads, with our texts in place of the wrong and the empty ones."""
    content = json.loads(pack)
    content["locale_data"]["superset"].update({english: [chinese] for english, chinese in TEXTS.items()})
    return json.dumps(content, ensure_ascii=False)
