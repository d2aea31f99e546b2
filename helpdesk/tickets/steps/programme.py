"""The item of the work programme that a ticket is tied to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from helpdesk.tickets import queries, service
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind
from helpdesk.web.choices import choices


class ProgrammeForm(StepForm):
    """Which planned work the request belongs to."""

    item_id = SelectField(
        _l("Item of the work programme"),
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired(_l("Choose an item of the work programme: the step needs it."))],
    )


class ProgrammeKind(StepKind):
    """Ties the ticket to an item of the year's program kerja; the gate asks for it."""

    template = "tickets/steps/programme.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> ProgrammeForm:
        """Offer this year's items in force."""
        form = ProgrammeForm(formdata, prefix=prefix, data={"item_id": context.ticket.work_programme_item_id})
        items = queries.list_work_programme(
            context.session, context.office.year_of(context.now), only_active=True
        )
        form.item_id.choices = choices(
            [("", _l("Choose …")), *((item.id, f"{item.code} – {item.title}") for item in items)]
        )
        return form

    def before_completion(self, context: StepContext, form: StepForm) -> None:
        """Tie the ticket before the gate looks."""
        assert isinstance(form, ProgrammeForm)
        service.choose_work_programme_item(
            context.session, context.ticket, form.item_id.data, context.office, now=context.now
        )
