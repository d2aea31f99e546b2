"""The decision of a step: the question with its answers, each saying where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from helpdesk.sop.flow import flow_of
from helpdesk.sop.schema import END, Branch, Decision, Procedure, Step
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm
from helpdesk.web.choices import choices

PREFIX = "decision-"


class DecisionForm(StepForm):
    """The diamond of the official form."""

    branch = RadioField(_l("Decision"), validators=[InputRequired(_l("Choose one of the answers."))])


@dataclass(frozen=True)
class Deciding:
    """The decision of the step at hand, with its form; each answer says where it leads."""

    decision: Decision
    form: DecisionForm

    @property
    def question(self) -> str:
        """The question in the page's language."""
        return self.decision.question.in_language(str(get_locale()))


def build_deciding(context: StepContext, formdata: FormData | None) -> Deciding | None:
    """Return the decision of the step, or None where it decides nothing. No answer is chosen already."""
    decision = context.step.decision
    if decision is None:
        return None
    language = str(get_locale())
    form = DecisionForm(formdata, prefix=PREFIX)
    leads = [where_it_leads(context.procedure, context.step, branch) for branch in decision.branches]
    form.branch.choices = choices(
        (branch.code, f"{branch.title.in_language(language)} – {lead}")
        for branch, lead in zip(decision.branches, leads, strict=True)
    )
    return Deciding(decision, form)


def where_it_leads(procedure: Procedure, step: Step, branch: Branch) -> str:
    """Say in the page's language what follows an answer: on, back, or the end."""
    language, flow = str(get_locale()), flow_of(procedure)
    following = [procedure.find_step(target) for target in branch.next if target != END]
    names = ", ".join(
        _("step %(number)s: %(title)s", number=one.number, title=one.title.in_language(language))
        for one in following
        if one is not None
    )
    if not names:
        return str(_("The procedure ends here."))
    if any(flow.leads_back(step.id, target) for target in branch.next):
        return str(_("Back to %(steps)s; what was done from there on is done again.", steps=names))
    return str(_("On to %(steps)s", steps=names))
