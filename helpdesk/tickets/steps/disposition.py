"""The disposition: to whom, what to do, how urgent."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.tickets.rules import Sensitivity
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind
from helpdesk.web.choices import choices

SENSITIVITIES = (
    (Sensitivity.ORDINARY.value, _l("Ordinary")),
    (Sensitivity.URGENT.value, _l("Urgent")),
    (Sensitivity.VERY_URGENT.value, _l("Very urgent")),
    (Sensitivity.SECRET.value, _l("Secret")),
)
INSTRUCTIONS = (
    ("for_information", _l("For information")),
    ("follow_up", _l("To be followed up")),
    ("prepare_material", _l("Prepare the materials")),
    ("coordinate", _l("Coordinate")),
    ("report_result", _l("Report the result")),
)


class CheckboxesField(SelectMultipleField):
    """Several choices as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DispositionForm(StepForm):
    """Lembar disposisi."""

    sensitivity = RadioField(_l("Classification"), choices=choices(SENSITIVITIES), default="biasa")
    assignee_id = SelectField(
        _l("Hand over to"),
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired(_l("Choose to whom the step hands over."))],
    )
    instructions = CheckboxesField(_l("Instructions"), choices=choices(INSTRUCTIONS))
    instruction = TextAreaField(_l("Instruction in your own words"), validators=[Length(max=2000)])
    due_on = DateField(_l("Date limit"), validators=[Optional()])
    letter_number = StringField(_l("Number of the letter"), validators=[Optional(), Length(max=64)])
    letter_date = DateField(_l("Date of the letter"), validators=[Optional()])

    def validate_instruction(self, field: TextAreaField) -> None:
        """A disposition without any instruction tells nobody what to do."""
        if not (field.data or "").strip() and not self.instructions.data:
            raise ValidationError(_l("Tick an instruction, or write one."))


class DispositionKind(StepKind):
    """Routes the ticket to the office the step assigns."""

    template = "tickets/steps/disposition.html"
    result_template = "tickets/results/disposition.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> DispositionForm:
        """Offer the holders of the next office; the only one is chosen already."""
        holders = context.holders(_role(context))
        fresh: dict[str, Any] = {"sensitivity": context.ticket.sensitivity, "instructions": ["follow_up"]}
        if len(holders) == 1:
            fresh["assignee_id"] = holders[0].id
        form = DispositionForm(formdata, prefix=prefix, data=fresh)
        form.assignee_id.choices = choices([("", _l("Choose …")), *((one.id, one.name) for one in holders)])
        return form

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Show the office handed over to, and whether somebody holds it."""
        role = context.procedure.find_role(_role(context))
        return {"role": role, "has_holders": bool(context.holders(_role(context)))}

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the disposition, with names as they are today."""
        assert isinstance(form, DispositionForm)
        names = {one.id: one.name for one in context.holders(_role(context))}
        return {
            "sensitivity": form.sensitivity.data,
            "to_role": _role(context),
            "assignee_id": form.assignee_id.data,
            "assignee_name": names.get(form.assignee_id.data, ""),
            "instructions": list(form.instructions.data or []),
            "instruction": (form.instruction.data or "").strip(),
            "due_on": form.due_on.data.isoformat() if form.due_on.data else None,
            "letter_number": (form.letter_number.data or "").strip(),
            "letter_date": form.letter_date.data.isoformat() if form.letter_date.data else None,
        }

    def assignee_id(self, form: StepForm) -> int | None:
        """Return whom the official chose."""
        assert isinstance(form, DispositionForm)
        chosen: int | None = form.assignee_id.data
        return chosen


def _role(context: StepContext) -> str:
    return context.step.assigns[0] if context.step.assigns else ""
