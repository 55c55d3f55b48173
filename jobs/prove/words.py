"""The short words of a report in Chinese and in English; its sentences stand in `report.zh.md` and `report.en.md`."""

from dataclasses import dataclass
from pathlib import Path

from jobs.prove.disguises import Kind
from jobs.prove.proof import State


@dataclass(frozen=True)
class Words:
    """One language. `columns`: of the table of sinks; `finding_columns`: of the table of what was found."""

    language: str
    title: str
    verdict: dict[State, str]
    state: dict[State, str]
    kinds: dict[Kind, str]
    keys: str
    columns: tuple[str, ...]
    total: str
    finding_columns: tuple[str, ...]
    none: str
    held: dict[bool, str]

    def here(self, chinese: str, english: str) -> str:
        """The one of two texts that is in this language."""
        return chinese if self is CHINESE else english

    @property
    def template(self) -> str:
        """The report with a name in braces where a figure or a table goes."""
        return Path(__file__).with_name(f"report.{self.language}.md").read_text(encoding="utf-8")


ENGLISH = Words(
    language="en",
    title="Leak search",
    verdict={
        State.CLEAN: "**Nothing was found.** Every sink that is there was searched whole, every control was found.",
        State.UNPROVED: "**Not proved.** Nothing was found, but not all was searched or not every control was found.",
        State.LEAK: "**Found.** Known values stand where nobody may be found.",
    },
    state={State.CLEAN: "clean", State.ABSENT: "not there", State.UNPROVED: "**not proved**", State.LEAK: "**found**"},
    kinds={Kind.TEXT: "names and texts", Kind.NUMBER: "numbers", Kind.POSITION: "positions", Kind.KEY: "keys"},
    keys="keys and passwords of the platform",
    columns=("sink", "files", "MB", "rows", "controls found / planted", "findings", "result"),
    total="all",
    finding_columns=("sink", "file", "where", "which value", "written as"),
    none="None.",
    held={True: "yes", False: "**no**"},
)

CHINESE = Words(
    language="zh",
    title="泄漏检索证据报告",
    verdict={
        State.CLEAN: "**未发现泄漏。** 现有的每一处去向均已完整检索，每一个对照均被找到。",
        State.UNPROVED: "**未能证明。** 未发现泄漏，但有内容未能完整检索，或有对照未被找到。",
        State.LEAK: "**发现泄漏。** 已知值出现在不得出现任何人的地方。",
    },
    state={State.CLEAN: "未发现", State.ABSENT: "不存在", State.UNPROVED: "**未证明**", State.LEAK: "**发现**"},
    kinds={Kind.TEXT: "姓名与文本", Kind.NUMBER: "号码", Kind.POSITION: "位置坐标", Kind.KEY: "密钥"},
    keys="平台的密钥与口令",
    columns=("去向", "文件数", "MB", "行数", "对照（找到 / 植入）", "发现数", "结论"),
    total="合计",
    finding_columns=("去向", "文件", "位置", "哪个值", "书写形式"),
    none="无。",
    held={True: "是", False: "**否**"},
)
