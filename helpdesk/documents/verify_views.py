"""The public page that checks papers: by the code on them, or by the file. It tells nothing of the case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from helpdesk import clock
from helpdesk.documents import verification
from helpdesk.documents.listening import title_of
from helpdesk.documents.signing import GROUP, grouped, plain_code
from helpdesk.documents.verification import Check, Verdict
from helpdesk.signing import authority
from helpdesk.tickets.views.case import Case
from helpdesk.tickets.views.sections import Place, Section, register_section
from helpdesk.web.current import reading_session, settings
from helpdesk.web.forms import PageForm
from helpdesk.web.guards import public
from helpdesk.web.limits import limiter

blueprint = Blueprint("verify", __name__)
PAPER_MAXIMUM = 25 * 1024 * 1024
UPLOADS, LOOKS = "20 per minute; 120 per hour", "30 per minute; 300 per hour"
# The first line of the answer, the sentence below it, and how it looks: good, to be careful with, bad.
VERDICTS = {
    Verdict.GENUINE: (
        _l("This paper is genuine"),
        _l("Not a letter has changed since it was signed with a certificate that this office knows."),
        "good",
    ),
    Verdict.CONFIRMED: (
        _l("This paper is genuine"),
        _l("It is as this office keeps it. A password confirmed it; the file carries no certificate."),
        "good",
    ),
    Verdict.NOT_KEPT: (
        _l("The signature is good, but this is no paper of this office"),
        _l("The file is unchanged since it was signed, and the office keeps no such paper. Ask the office."),
        "warn",
    ),
    Verdict.VOID: (
        _l("This paper is void"),
        _l("It was signed, but its number has been voided. It must not be used any more."),
        "bad",
    ),
    Verdict.SUPERSEDED: (
        _l("This paper is not in force any more"),
        _l("It was signed, and the work was taken back afterwards. Ask for the newer one."),
        "warn",
    ),
    Verdict.CHANGED: (
        _l("This file was changed after it was signed"),
        _l("It is not what was signed. Do not rely on it; check the code printed on the paper instead."),
        "bad",
    ),
    Verdict.DAMAGED: (
        _l("This paper cannot be confirmed"),
        _l("What the office keeps does not fit the signature. Please tell the office."),
        "bad",
    ),
    Verdict.UNKNOWN_SIGNER: (
        _l("Signed with a key that this office does not know"),
        _l("The file is unchanged since its signature, but the signature is not one of this office."),
        "warn",
    ),
    Verdict.NOT_IN_FORCE: (
        _l("The certificate is not in force"),
        _l("The file is unchanged, but nothing proves that it was signed while the certificate held."),
        "warn",
    ),
    Verdict.REVOKED: (
        _l("The certificate has been revoked"),
        _l("The file is unchanged, but nothing proves that it was signed before the revocation."),
        "bad",
    ),
    Verdict.NO_SIGNATURE: (
        _l("This file carries no signature"),
        _l("And it is none of the signed papers that this office keeps."),
        "warn",
    ),
    Verdict.NOT_A_PDF: (
        _l("This is not a PDF file"),
        _l("Choose the PDF of the paper, as you received it."),
        "warn",
    ),
}


class PaperForm(PageForm):
    """The file that somebody holds in hands."""

    paper = FileField(_l("The paper (PDF)"), validators=[FileRequired(_l("Choose the PDF file."))])


def register_sections() -> None:
    """Have the ticket page list the signatures that were given, each with its public check."""
    register_section(Section("signatures", Place.ASIDE, "verify/section.html", _signatures_of_case, order=70))


def _signatures_of_case(case: Case) -> dict[str, Any] | None:
    found = verification.list_signatures(case.session, case.ticket.id)
    return {"signatures": [(one, title_of(one.document)) for one in found]} if found else None


@blueprint.after_request
def _keep_codes_private(response: Response) -> Response:
    """No search engine keeps what stands behind a code."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@blueprint.get("/verify")
@public
def show_form() -> ResponseReturnValue:
    """Show the form; a code that was typed leads to its page."""
    code = plain_code(request.args.get("code", ""))
    if code:
        return redirect(url_for("verify.show_paper", code=code))
    return _page()


@blueprint.post("/verify")
@public
@limiter.limit(UPLOADS)
def check_upload() -> ResponseReturnValue:
    """Check a file; nothing of it is kept."""
    form = PaperForm()
    if not form.validate_on_submit():
        return _page(form=form), 422
    content = form.paper.data.read(PAPER_MAXIMUM + 1)
    if len(content) > PAPER_MAXIMUM:
        form.paper.errors = [_("The file is larger than any paper of this office.")]
        return _page(form=form), 422
    return _page(verification.check_file(reading_session(), content, settings(), now=clock.now()))


@blueprint.get("/verify/<code>")
@public
@limiter.limit(LOOKS)
def show_paper(code: str) -> ResponseReturnValue:
    """Show what the office keeps under the code."""
    check = verification.check_code(reading_session(), code, settings(), now=clock.now())
    if check is None:
        return _page(unknown=True), 404
    return _page(check, code=plain_code(code))


def _page(
    check: Check | None = None, *, code: str = "", form: PaperForm | None = None, unknown: bool = False
) -> str:
    title, sentence, look = VERDICTS[check.verdict] if check else ("", "", "")
    return render_template(
        "verify/show.html",
        check=check,
        title=title,
        sentence=sentence,
        look=look,
        paper_title=title_of(check.paper) if check and check.paper else "",
        code=grouped(code),
        group=GROUP,
        is_unknown=unknown,
        form=form or PaperForm(formdata=None),
        has_errors=form is not None,
        has_authority=authority.find_root(settings().data_directory) is not None,
        limit=PAPER_MAXIMUM,
    )
