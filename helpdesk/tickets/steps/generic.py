"""Forms, checklists and tables: all that a procedure's file defines by itself, in any procedure."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale, lazy_ngettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from helpdesk.sop.grammar import Output
from helpdesk.sop.output_contracts import NOTE_LETTERS, is_empty
from helpdesk.tickets.steps.fields import Offers, make_fields, name_of, read_fields, typed_again
from helpdesk.tickets.steps.kinds import FormData, Sent, StepContext, StepForm, StepKind
from helpdesk.web.forms import PartForm

ADD_ROW, REMOVE_ROW = "add-row", "remove-row"


class GenericKind(StepKind):
    """A kind whose result is shown from its definition."""

    result_template = "tickets/results/shown.html"

    def earlier(self, context: StepContext) -> dict[str, Any] | None:
        """Return what an earlier pass yielded: after a return or a loop nobody types it all again."""
        code = context.item.code if context.item else ""
        kept = [one for one in context.ticket.run.outputs if one.code == code]
        return kept[-1].data if kept else None


class FormKind(GenericKind):
    """The fields of the file, one below the other."""

    template = "tickets/steps/form.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> StepForm:
        """Build the form; in another pass it begins with what was written before."""
        before = self.earlier(context)
        made = type("GenericForm", (StepForm,), make_fields(context.asked, Offers(context)))
        fresh = typed_again(context.asked, before.get("values", {})) if before else {}
        form: StepForm = made(formdata, prefix=prefix, data=fresh)
        return form

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the value of every field."""
        return {"values": read_fields(context.asked, form, Offers(context))}


class ChecklistKind(GenericKind):
    """Items to tick, all of them where the procedure says so, and room for a note."""

    template = "tickets/steps/checklist.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> StepForm:
        """Build the list; nothing is ticked by default, also not in another pass."""
        output, language = context.output, str(get_locale())
        needed = [InputRequired(_l("This has to be done before the step is completed."))]
        fields: dict[str, Any] = {
            f"item-{item.code}": BooleanField(
                item.title.in_language(language),
                description=item.help.in_language(language) if item.help else "",
                validators=needed if output.all_required else [],
            )
            for item in output.items
        }
        fields["note"] = TextAreaField(_l("Note"), validators=[Length(max=NOTE_LETTERS)])
        form: StepForm = type("ChecklistForm", (StepForm,), fields)(formdata, prefix=prefix)
        return form

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Say in which order the items stand."""
        return {"names": [f"item-{item.code}" for item in context.output.items]}

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return which items are ticked."""
        ticks = {item.code: bool(form[f"item-{item.code}"].data) for item in context.output.items}
        return {"items": ticks, "note": (form["note"].data or "").strip()}


class RowForm(PartForm):
    """A row of a table; one that is left empty is no row."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written in the row."""
        return all(is_empty(one.data) and not one.process_errors for one in self)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the row, unless it is empty."""
        return self.is_blank or super().validate(extra_validators)


class TableForm(StepForm):
    """The rows, as many as were written."""

    rows: FieldList[Any]

    def __init__(self, *arguments: Any, output: Output, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.output = output

    def filled(self) -> list[Any]:
        """Return the rows in which something stands."""
        return [entry.form for entry in self.rows if not entry.form.is_blank]

    def validate_rows(self, field: FieldList[Any]) -> None:
        """Refuse fewer or more rows than the procedure wants."""
        count = len(self.filled())
        if count < self.output.min_rows:
            least = self.output.min_rows
            raise ValidationError(
                lazy_ngettext("Fill in at least %(num)s row.", "Fill in at least %(num)s rows.", least)
            )
        if count > self.output.max_rows:
            most = self.output.max_rows
            raise ValidationError(
                lazy_ngettext("At most %(num)s row is taken.", "At most %(num)s rows are taken.", most)
            )


class TableKind(GenericKind):
    """Rows of the file's columns; a button adds one, with or without JavaScript."""

    template = "tickets/steps/table.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> TableForm:
        """Build the rows that were sent or written before, and at least one to write in."""
        output = context.output
        row = type("TableRow", (RowForm,), make_fields(output.columns, Offers(context), in_table=True))
        least = max(output.min_rows, 1)
        made = type("GenericTable", (TableForm,), {"rows": FieldList(FormField(row), min_entries=least)})
        before = self.earlier(context) or {}
        fresh = {"rows": [typed_again(output.columns, one) for one in before.get("rows", [])]}
        form: TableForm = made(formdata, prefix=prefix, data=fresh, output=output)
        return form

    def receive(self, context: StepContext, sent: Sent) -> None:
        """Add an empty row, or take one out."""
        prefix, fields = f"{context.prefix}rows-", sent.fields
        if sent.action == f"{ADD_ROW} {context.output.code}":
            following = max(_row_numbers(fields, prefix), default=-1) + 1
            fields.add(f"{prefix}{following}-{name_of(context.output.columns[0])}", "")
        elif sent.action.startswith(f"{REMOVE_ROW} {context.output.code} "):
            number = sent.action.rpartition(" ")[2]
            for name in [one for one in fields if one.startswith(f"{prefix}{number}-")]:
                fields.poplist(name)

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Name the buttons, and the columns in their order."""
        code = context.output.code
        return {
            "add": f"{ADD_ROW} {code}",
            "remove": f"{REMOVE_ROW} {code}",
            "columns": [(name_of(one), one) for one in context.output.columns],
            "max_rows": context.output.max_rows,
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the rows in which something stands."""
        assert isinstance(form, TableForm)
        columns, offers = context.output.columns, Offers(context)
        return {"rows": [read_fields(columns, row, offers) for row in form.filled()]}


def _row_numbers(fields: FormData, prefix: str) -> list[int]:
    numbers = (name.removeprefix(prefix).partition("-")[0] for name in fields if name.startswith(prefix))
    return [int(one) for one in numbers if one.isdecimal()]
