"""Any file as one record: what is told of it, what is never told, and that no file stops the others."""

import hashlib
import io
import struct
import wave
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from contracts.errors import InvalidContracts
from contracts.loading import ROOT, load, load_file
from jobs.ingest.readers import FileFaultReason
from jobs.ingest.readers.describing import MOST_CHARACTERS, ContentState
from jobs.ingest.readers.documents import FIELDS
from jobs.ingest.readers.media import MEDIA_TYPES
from tests.unit.reading import read, read_bytes, row, workbook

FILES = load("documents.files")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 22 + b"\x09\x00" + b"\0" * 16 + b"\0\0\0\0" + b"\0" * 460


def told(content: bytes, folder: Path) -> dict[str, str]:
    """The facts of one file that are known; a file is one good row."""
    got = read_bytes(content, folder, FILES)
    assert (got.fault, got.numbers, got.faults) == (None, [1], {})
    return {name: got.rows[0][name] for name in FIELDS if got.rows[0][name] is not None}


def pdf(*pages: str, info: str = "", trailer: str = "") -> bytes:
    """A PDF written by hand: a page per text, in Latin letters."""
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for place, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents {5 + 2 * place} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< {info} >>")
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")


def picture(kind: str, size: tuple[int, int] = (4, 3), **more: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size).save(written, kind, **more)
    return written.getvalue()


def recording(seconds: float) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return written.getvalue()


def telephone_recording(seconds: int, *, tells_length: bool = True) -> bytes:
    """G.711 A-law, as exchanges record calls; the standard library reads no such file."""
    samples = b"\xd5" * 8000 * seconds
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 6, 1, 8000, 8000, 1, 8)
    head += struct.pack("<4sII", b"fact", 4, len(samples)) if tells_length else b""
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(head) + len(data), b"WAVE") + head + data


def word(*paragraphs: str, extra: dict[str, str] | None = None) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>',
        **(extra or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def damaged_part(office: bytes) -> bytes:
    """The main part's packed bytes, behind its name, overwritten."""
    start = office.index(b"word/document.xml") + len(b"word/document.xml") + 4
    return office[:start] + b"\xff" * 8 + office[start + 8 :]


def test_a_pdf_is_told_with_its_pages_and_its_text_and_without_its_author(tmp_path):
    content = pdf("Party A 13800138000", "Page two", info="/Author (Ouyang Test) /Title (Secret)")
    facts = told(content, tmp_path)
    assert facts == {
        "document_id": hashlib.sha256(content).hexdigest(),
        "media_type": "application/pdf",
        "document_kind": "document",
        "size_bytes": str(len(content)),
        "content_state": "read",
        "is_encrypted": "false",
        "page_count": "2",
        "text_length": "28",
        "extracted_text": "Party A 13800138000\nPage two",
    }


def test_an_encrypted_pdf_is_a_record_without_text(tmp_path):
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "00" * 32 + "> /U <" + "00" * 32 + "> >> /ID [<00> <00>]"
    )
    facts = told(pdf("Party A", trailer=locked), tmp_path)
    assert (facts["is_encrypted"], facts["content_state"]) == ("true", "not_read")
    assert not {"page_count", "extracted_text", "text_length"} & facts.keys()


def test_a_scan_without_text_has_pages_and_no_text(tmp_path):
    facts = told(pdf(""), tmp_path)
    assert (facts["page_count"], facts["content_state"]) == ("1", "read")
    assert "extracted_text" not in facts


def test_a_pdf_that_is_cut_is_a_damaged_record(tmp_path):
    facts = told(b"%PDF-1.7\n1 0 obj\n<< /Type /Cata", tmp_path)
    assert (facts["media_type"], facts["content_state"]) == ("application/pdf", "damaged")


def test_a_pdf_with_more_text_than_is_taken_is_cut(tmp_path):
    facts = told(pdf(*["x" * 60_000] * 4), tmp_path)
    assert (facts["content_state"], facts["text_length"], facts["page_count"]) == ("cut", str(MOST_CHARACTERS), "4")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_picture_is_told_by_its_size_in_pixels(tmp_path, kind):
    facts = told(picture(kind), tmp_path)
    assert facts["media_type"] == f"image/{kind.lower()}"
    assert (facts["document_kind"], facts["pixel_width"], facts["pixel_height"]) == ("picture", "4", "3")
    assert "page_count" not in facts


def test_a_scan_of_several_pages_has_its_pages(tmp_path):
    more = [Image.new("RGB", (4, 3)) for _ in range(2)]
    facts = told(picture("TIFF", save_all=True, append_images=more), tmp_path)
    assert (facts["media_type"], facts["page_count"], facts["pixel_width"]) == ("image/tiff", "3", "4")


def test_where_a_photograph_was_taken_and_by_whom_passes_in_no_column(tmp_path):
    exif = Image.Exif()
    exif[0x013B] = "Ouyang Test"  # artist
    exif[0xA430] = "Ouyang Owner"  # camera owner
    exif[0xA431] = "SN13800138000"  # body serial number
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 36.0), 3: "E", 4: (120.0, 10.0, 12.0)})
    content = picture("JPEG", exif=exif)
    assert b"Ouyang Owner" in content, "the photograph does not hold what must not pass"
    assert told(content, tmp_path) == {
        "document_id": hashlib.sha256(content).hexdigest(),
        "media_type": "image/jpeg",
        "document_kind": "picture",
        "size_bytes": str(len(content)),
        "content_state": "read",
        "is_encrypted": "false",
        "pixel_width": "4",
        "pixel_height": "3",
    }


def test_a_picture_of_a_thousand_million_pixels_is_not_opened(tmp_path):
    small = picture("PNG")
    header = b"IHDR" + struct.pack(">II", 40_000, 40_000) + small[24:29]
    bomb = small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]
    assert told(bomb, tmp_path)["content_state"] == "over_limit"


def test_a_picture_whose_header_is_broken_is_damaged(tmp_path):
    assert told(picture("PNG")[:14], tmp_path)["content_state"] == "damaged"


@pytest.mark.parametrize(("content", "length"), [(recording(1.5), "1.5"), (telephone_recording(3), "3.0")])
def test_a_recording_is_told_by_its_length(tmp_path, content, length):
    facts = told(content, tmp_path)
    assert (facts["media_type"], facts["document_kind"], facts["duration_s"]) == ("audio/wav", "audio", length)
    assert facts["content_state"] == "read"


def test_a_recording_that_does_not_tell_its_length_has_none(tmp_path):
    facts = told(telephone_recording(3, tells_length=False), tmp_path)
    assert (facts["content_state"], "duration_s" in facts) == ("not_read", False)


def test_a_recording_that_is_cut_in_its_header_is_damaged(tmp_path):
    assert told(recording(1)[:24], tmp_path)["content_state"] == "damaged"


def test_an_office_text_is_told_with_its_paragraphs_and_without_its_author(tmp_path):
    author = {"docProps/core.xml": "<cp><creator>欧阳测试</creator></cp>"}
    facts = told(word("甲方：某公司", "第二段", extra=author), tmp_path)
    assert facts["media_type"].endswith("wordprocessingml.document")
    assert facts["extracted_text"] == "甲方：某公司\n第二段"
    assert "欧阳" not in str(facts)


def test_a_workbook_is_told_with_its_sheets_and_its_texts(tmp_path):
    book = workbook(
        tmp_path / "b", {"s": row(1, "x"), "t": row(1, "x")}, texts=["<si><t>合同</t></si>", "<si><t>金额</t></si>"]
    )
    facts = told(book.read_bytes(), tmp_path)
    assert (facts["page_count"], facts["extracted_text"]) == ("2", "合同\n金额")


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (word("x", extra={"word/media/a": "0" * (4 << 20)}), "over_limit"),
        (word("x", extra={"../../x": "x"}), "damaged"),
        (damaged_part(word("x" * 99)), "damaged"),
        (word(), "read"),
    ],
    ids=["a bomb", "an unsafe name", "a damaged part", "no text"],
)
def test_an_office_file_that_is_no_honest_one_is_still_a_record(tmp_path, content, state):
    facts = told(content, tmp_path)
    assert (facts["content_state"], "extracted_text" in facts) == (state, False)


def test_an_office_file_with_a_password_is_told_so(tmp_path):
    facts = told(_OLE + "EncryptedPackage".encode("utf-16-le").ljust(512, b"\0"), tmp_path)
    assert (facts["media_type"], facts["is_encrypted"]) == ("application/x-ole-storage", "true")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_is_read_in_the_encodings_of_the_country(tmp_path, encoding):
    facts = told("甲方：某公司\n乙方".encode(encoding), tmp_path)
    assert (facts["media_type"], facts["extracted_text"]) == ("text/plain", "甲方：某公司\n乙方")


def test_a_text_without_line_ends_is_cut_like_any_other(tmp_path):
    facts = told(("长" * 1_500_000).encode("gb18030"), tmp_path)
    assert (facts["content_state"], facts["text_length"]) == ("cut", str(MOST_CHARACTERS))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftypqt  ", "video/quicktime"),
        (b"#!AMR\n\x3c", "audio/amr"),
        (b"\x1f\x8b\x08\0", "application/gzip"),
        (b"PK\x03\x04 and no list of entries", "application/zip"),
        (b"\x01\x02\x03", "application/octet-stream"),
        (b"RIFF\0\0\0\0????", "application/octet-stream"),
    ],
)
def test_what_nobody_reads_is_registered(tmp_path, content, media_type):
    facts = told(content, tmp_path)
    assert (facts["media_type"], facts["content_state"]) == (media_type, "not_read")


def test_text_that_no_column_takes_is_made_fit(tmp_path):
    assert told(word("a\x7fb\ufffdc&#xE000;"), tmp_path)["extracted_text"] == "a b\ufffdc\ue000"


def test_an_empty_file_is_refused_as_everywhere(tmp_path):
    assert read_bytes(b"", tmp_path, FILES).fault == FileFaultReason.EMPTY


def test_a_file_larger_than_the_contract_allows_is_refused_before_it_is_read(tmp_path):
    small = replace(FILES, limits=replace(FILES.limits, max_file_mb=1))
    assert read_bytes(b"x" * ((1 << 20) + 1), tmp_path, small).fault == FileFaultReason.TOO_LARGE


def test_a_file_that_vanished_is_said_to_be_gone(tmp_path):
    assert read(tmp_path / "nothing", FILES).fault == FileFaultReason.GONE


def test_the_contract_lists_what_the_reader_tells():
    fields = {field.name: field for field in FILES.fields}
    assert tuple(fields) == FIELDS
    assert set(fields["media_type"].allowed) == set(MEDIA_TYPES)
    assert set(fields["document_kind"].allowed) == set(MEDIA_TYPES.values())
    assert set(fields["content_state"].allowed) == {str(state) for state in ContentState}


def test_no_text_of_a_document_survives():
    kept = {field.desensitised_name for field in FILES.surviving}
    assert kept == {"document_key", *FIELDS} - {"document_id", "extracted_text"}
    assert not any(field.stays_as_written for field in FILES.fields)


def test_a_reader_of_documents_stands_alone(tmp_path):
    text = (ROOT / "documents" / "files.odcs.yaml").read_text(encoding="utf-8")
    path = tmp_path / "documents" / "files.odcs.yaml"
    path.parent.mkdir()
    path.write_text(text.replace("- {kind: document}", "- {kind: document}\n        - {kind: xlsx}"), encoding="utf-8")
    with pytest.raises(InvalidContracts, match="cannot stand beside another reader"):
        load_file(path)
