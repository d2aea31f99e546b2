"""Files that a step yields: they arrive at once, are hashed and kept, and the form names those that count."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import Length, ValidationError

from helpdesk.sop.grammar import Output
from helpdesk.sop.output_contracts import NOTE_LETTERS
from helpdesk.tickets import service
from helpdesk.tickets.models import Attachment
from helpdesk.tickets.rules import NewFile
from helpdesk.tickets.steps.disposition import CheckboxesField
from helpdesk.tickets.steps.generic import GenericKind
from helpdesk.tickets.steps.kinds import FormData, Sent, StepContext, StepForm
from helpdesk.uploads import KINDS, FileRefused, check_file, extension_of
from helpdesk.web.choices import choices
from helpdesk.web.current import settings
from helpdesk.web.failures import translate

UPLOAD, PROBLEM = "upload", "problem"


class FilesForm(StepForm):
    """Which files of the ticket count, and more of them."""

    files = CheckboxesField(_l("Files of the ticket that belong to this"), coerce=int)
    upload = MultipleFileField(_l("More files"))
    note = TextAreaField(_l("Note"), validators=[Length(max=NOTE_LETTERS)])

    def __init__(self, *arguments: Any, output: Output, problems: list[str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.output, self.problems = output, problems
        # What was refused when the files arrived is said also where nothing else is checked yet.
        self.upload.errors = problems

    def validate_files(self, field: CheckboxesField) -> None:
        """Refuse fewer or more files than the procedure wants."""
        count = len(field.data or [])
        if count < self.output.min_count:
            raise ValidationError(
                lazy_ngettext(
                    "Add at least %(num)s file.", "Add at least %(num)s files.", self.output.min_count
                )
            )
        if count > self.output.max_count:
            raise ValidationError(
                lazy_ngettext(
                    "At most %(num)s file is taken here.",
                    "At most %(num)s files are taken here.",
                    self.output.max_count,
                )
            )

    def validate_upload(self, field: MultipleFileField) -> None:
        """Say again what was refused."""
        if self.problems:
            raise ValidationError(" ".join(self.problems))


class FileKind(GenericKind):
    """Files of the ticket, chosen or uploaded."""

    template = "tickets/steps/file.html"
    has_files = True

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> FilesForm:
        """Offer the files of the ticket that fit; those of an earlier pass are ticked."""
        before = self.earlier(context) or {}
        fresh = {"files": [one["attachment_id"] for one in before.get("files", [])]}
        problems = formdata.getlist(f"{prefix}{PROBLEM}") if formdata else []
        form = FilesForm(formdata, prefix=prefix, data=fresh, output=context.output, problems=problems)
        form.files.choices = choices((one.id, one.name) for one in _fitting(context))
        known = {one.id for one in _fitting(context)}
        form.files.data = [one for one in form.files.data or [] if one in known]
        return form

    def receive(self, context: StepContext, sent: Sent) -> None:
        """Keep what arrives and tick it: whatever else is wrong with the form, no file is chosen twice."""
        sent.fields.poplist(f"{context.prefix}{PROBLEM}")
        for upload in sent.files.getlist(f"{context.prefix}{UPLOAD}"):
            if not upload.filename:
                continue
            try:
                attachment = self._keep(context, upload.filename, upload.stream.read())
            except FileRefused as problem:
                sent.fields.add(f"{context.prefix}{PROBLEM}", translate(problem))
            else:
                sent.fields.add(f"{context.prefix}files", str(attachment.id))

    def _keep(self, context: StepContext, name: str, content: bytes) -> Attachment:
        file = check_file(name, content, max_bytes=settings().attachment_max_bytes)
        types = context.output.types
        if types and extension_of(file.name) not in types:
            raise FileTypeNotWanted(name=file.name, kinds=", ".join(types))
        new = NewFile(file.name, file.content, file.content_type)
        return service.add_file(
            context.session,
            context.ticket,
            new,
            office=context.office,
            by=context.person,
            now=context.now,
        )

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Say what is taken, and name the button."""
        types = context.output.types or tuple(KINDS)
        return {
            "files": {one.id: one for one in _fitting(context)},
            "accept": ",".join(f".{one}" for one in types),
            "kinds": ", ".join(types),
            "max_count": context.output.max_count,
            "max_bytes": settings().attachment_max_bytes,
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the chosen files with what makes each of them provable."""
        assert isinstance(form, FilesForm)
        chosen = set(form.files.data or [])
        return {
            "files": [
                {
                    "attachment_id": one.id,
                    "name": one.name,
                    "sha256": one.file.sha256,
                    "size_bytes": one.file.size_bytes,
                }
                for one in _fitting(context)
                if one.id in chosen
            ],
            "note": (form.note.data or "").strip(),
        }


class FileTypeNotWanted(FileRefused):
    """The office takes such files, and the procedure does not at this step."""

    code = "file_type_not_wanted"
    message = "The file “%(name)s” is of a kind that this step does not take. Taken are: %(kinds)s."


def _fitting(context: StepContext) -> list[Attachment]:
    types = context.output.types
    return [one for one in context.ticket.attachments if not types or extension_of(one.name) in types]
