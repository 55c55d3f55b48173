"""What is issued reaches its recipients: copied into a folder of theirs, or mailed."""

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from jobs.errors import DeliveryFailed, ReportRefused
from jobs.reports.roles import Role, Way
from jobs.reports.shelf import Document
from jobs.storage.whole_files import write_whole

_TIMEOUT_S = 30
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Parcel:
    """What is delivered: a title for people, a name for files and messages, the document."""

    title: str
    name: str
    document: Document


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, from whom, and with which password; TLS everywhere but on this machine."""

    address: str
    sender: str
    password: str | None

    def send(self, message: EmailMessage) -> None:
        """Raises: DeliveryFailed; the error names the server's answer by its number alone."""
        host, _, port = self.address.rpartition(":")
        try:
            with smtplib.SMTP(host, int(port), timeout=_TIMEOUT_S) as server:
                if host not in _LOOPBACK:
                    server.starttls(context=ssl.create_default_context())
                if self.password:
                    server.login(parseaddr(self.sender)[1], self.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise DeliveryFailed(
                f"the mail server {self.address} did not take the message ({type(error).__name__}); the next "
                "`lakewarden report release` goes on with whoever was not reached"
            ) from None


def require_mail_server(roles: Mapping[str, Role], server: MailServer | None) -> None:
    """Return when everybody can be reached. Raises: ReportRefused, before anybody was."""
    if server is None and (mailed := sorted(name for name, role in roles.items() if role.mailbox)):
        raise ReportRefused(
            f"{'、'.join(mailed)} get mail, but LAKEWARDEN_MAIL_SERVER and LAKEWARDEN_MAIL_FROM are not set"
        )


def deliver(parcel: Parcel, role: Role, way: Way, server: MailServer | None) -> None:
    """Hand a parcel over in one way; safe to repeat: a file is replaced by itself, a message keeps its number.

    Raises: DeliveryFailed.
    """
    if way is Way.FOLDER and role.folder is not None:
        try:
            write_whole(role.folder / f"{parcel.name}.pdf", parcel.document.pdf)
            write_whole(role.folder / f"{parcel.name}.html", parcel.document.html)
        except OSError as error:
            raise DeliveryFailed(f"a recipient's folder takes no file ({type(error).__name__})") from None
    if way is Way.MAIL and role.mailbox is not None and server is not None:
        server.send(message(parcel, server.sender, role.mailbox))


def message(parcel: Parcel, sender: str, mailbox: str) -> EmailMessage:
    """The mail with the PDF; sent twice it has the same Message-ID, so that a mailbox can tell."""
    made = EmailMessage()
    digest = hashlib.sha256(f"{parcel.name} {mailbox}".encode() + parcel.document.pdf).hexdigest()[:32]
    made["Message-ID"] = f"<{digest}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    made["From"], made["To"], made["Subject"] = sender, mailbox, parcel.title
    made.set_content(f"{parcel.title}\n\n报告见附件。已审核、批准，仅供收件部门使用，请勿转发。\n")
    made.add_attachment(parcel.document.pdf, maintype="application", subtype="pdf", filename=f"{parcel.name}.pdf")
    return made


def mail_server(address: str, sender: str, password_file: Path) -> MailServer | None:
    """The server of the installation; None where none is set."""
    if not address or not sender:
        return None
    password = password_file.read_text(encoding="utf-8").strip() if password_file.is_file() else None
    return MailServer(address, sender, password)
