"""The disposition: to whom, what to do, how urgent."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.accounts import qualifications
from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import Official
from helpdesk.sop.rules import assigned_steps
from helpdesk.sop.schema import Step
from helpdesk.tickets.rules import Sensitivity
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind
from helpdesk.web.choices import choices
from helpdesk.web.jinja import official_title

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
    instructions = CheckboxesField(_l("Instructions"), choices=choices(INSTRUCTIONS))
    instruction = TextAreaField(_l("Instruction in your own words"), validators=[Length(max=2000)])
    due_on = DateField(_l("Date limit"), validators=[Optional()])
    letter_number = StringField(_l("Number of the letter"), validators=[Optional(), Length(max=64)])
    letter_date = DateField(_l("Date of the letter"), validators=[Optional()])

    def validate_instruction(self, field: TextAreaField) -> None:
        """A disposition without any instruction tells nobody what to do."""
        if not (field.data or "").strip() and not self.instructions.data:
            raise ValidationError(_l("Tick an instruction, or write one."))


def _holder_field(label: Any, context: StepContext, role: str) -> SelectField:
    """Return the list of those who stand in an office; the only one is chosen already."""
    people = context.officials(role)
    return SelectField(
        label,
        coerce=lambda value: int(value) if value else None,
        choices=choices(
            [("", _l("Choose …")), *((one.person.id, _name_in_list(context, one)) for one in people)]
        ),
        default=people[0].person.id if len(people) == 1 else None,
        validators=[InputRequired(_l("Choose to whom the step hands over."))],
    )


class DispositionKind(StepKind):
    """Routes the ticket to the office the step assigns, or to several side by side."""

    template = "tickets/steps/disposition.html"
    result_template = "tickets/results/disposition.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> DispositionForm:
        """Offer the holders of the office of each step that follows."""
        recipients = _recipients(context)
        fields = {
            name: _holder_field(_label(context, step, is_only=len(recipients) == 1), context, step.role)
            for name, step in recipients.items()
        }
        made = type("Disposition", (DispositionForm,), fields)
        fresh: dict[str, Any] = {"sensitivity": context.ticket.sensitivity, "instructions": ["follow_up"]}
        form: DispositionForm = made(formdata, prefix=prefix, data=fresh)
        return form

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Show each office handed over to, and whether somebody holds it."""
        recipients = _recipients(context)
        people = {
            one.person.id: one.person for step in recipients.values() for one in context.officials(step.role)
        }
        lacking = [(person.name, _lacking(context, person)) for person in people.values()]
        return {
            "names": list(recipients),
            "lacking": [(name, titles) for name, titles in lacking if titles],
            "vacant": [
                _title(context, step.role) for step in recipients.values() if not context.holders(step.role)
            ],
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the disposition, with names as they are today."""
        assert isinstance(form, DispositionForm)
        named = [_named(context, step, form[name].data) for name, step in _recipients(context).items()]
        first = named[0] if named else {"role": "", "assignee_id": None, "assignee_name": ""}
        return {
            "sensitivity": form.sensitivity.data,
            "to_role": first["role"],
            "assignee_id": first["assignee_id"],
            "assignee_name": first["assignee_name"],
            **({"recipients": named} if len(named) > 1 else {}),
            "instructions": list(form.instructions.data or []),
            "instruction": (form.instruction.data or "").strip(),
            "due_on": form.due_on.data.isoformat() if form.due_on.data else None,
            "letter_number": (form.letter_number.data or "").strip(),
            "letter_date": form.letter_date.data.isoformat() if form.letter_date.data else None,
        }

    def assignees(self, context: StepContext, form: StepForm) -> dict[str, int]:
        """Return whom the official chose, for each step that follows."""
        chosen = {step.id: form[name].data for name, step in _recipients(context).items()}
        return {step_id: person_id for step_id, person_id in chosen.items() if person_id}


def _name_in_list(context: StepContext, official: Official) -> str:
    """Return the name as it is chosen: with the office where it is another's, and what the person lacks."""
    name = official_title(official.person.name, official.office.role, official.office.acting)
    count = len(_lacking(context, official.person))
    if not count:
        return name
    lacks = ngettext("lacks %(num)d qualification", "lacks %(num)d qualifications", count)
    return f"{name} – {lacks}"


def _lacking(context: StepContext, person: Person) -> list[str]:
    """Return the titles of the qualifications that the SOP asks for and the person has not on record."""
    titles = {one.code: one.title.in_language(str(get_locale())) for one in context.procedure.qualifications}
    codes = qualifications.lacking_of(context.session, person, titles, context.today)
    return [titles[code] for code in codes]


def _recipients(context: StepContext) -> dict[str, Step]:
    """Return the steps that the disposition hands over to, by the name of the field that says to whom."""
    branches = context.step.decision.branches if context.step.decision else ()
    ways: list[str | None] = [branch.code for branch in branches] or [None]
    listed = [one for way in ways for one in assigned_steps(context.procedure, context.step, way)]
    following = list({one.id: one for one in listed}.values())
    if len(following) == 1:
        return {"assignee_id": following[0]}
    return {f"assignee_{one.id}": one for one in following}


def _label(context: StepContext, step: Step, *, is_only: bool) -> Any:
    role = _title(context, step.role)
    if is_only:
        return _l("Hand over to: %(role)s", role=role)
    title = step.title.in_language(str(get_locale()))
    return _l("Step %(number)s, %(title)s, goes to: %(role)s", number=step.number, title=title, role=role)


def _named(context: StepContext, step: Step, person_id: int | None) -> dict[str, Any]:
    names = {one.id: one.name for one in context.holders(step.role)}
    return {
        "step": step.id,
        "role": step.role,
        "assignee_id": person_id,
        "assignee_name": names.get(person_id or 0, ""),
    }


def _title(context: StepContext, role: str) -> str:
    found = context.procedure.find_role(role)
    return found.title.in_language(str(get_locale())) if found else role
