"""The application: reads as a table of contents."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, HelpdeskSettings
from helpdesk.accounts import standing as accounts_standing
from helpdesk.accounts import views as accounts_views
from helpdesk.archive import catalogue as retention_catalogue
from helpdesk.archive import views as archive_views
from helpdesk.calendars import catalogue as calendar_catalogue
from helpdesk.calendars import views as calendars_views
from helpdesk.cli import helpdesk as helpdesk_command
from helpdesk.database import db, engine_options, prepare_engine
from helpdesk.devices import reading
from helpdesk.devices import views as devices_views
from helpdesk.documents import listening as documents_listening
from helpdesk.documents import sop_views as sop_sheet_views
from helpdesk.documents import steps as documents_steps
from helpdesk.documents import verify_views
from helpdesk.documents import views as documents_views
from helpdesk.documents.health import scheduled as health_scheduled
from helpdesk.documents.health import views as health_report_views
from helpdesk.documents.papers import steps as papers_steps
from helpdesk.documents.papers import views as papers_views
from helpdesk.documents.report import views as report_views
from helpdesk.errors import SettingsInvalid
from helpdesk.evidence import scheduled as evidence_scheduled
from helpdesk.evidence import views as evidence_views
from helpdesk.findings import rule_views as finding_rule_views  # noqa: F401  # adds its pages to the findings'
from helpdesk.findings import service as findings_service
from helpdesk.findings import views as findings_views
from helpdesk.intake import views as intake_views
from helpdesk.metrics import views as metrics_views
from helpdesk.notifications import account_letters
from helpdesk.notifications import service as notifications_service
from helpdesk.numbering import catalogue as numbering_catalogue
from helpdesk.schedules import views as schedules_views
from helpdesk.signing import views as signing_views
from helpdesk.sop import catalogue as sop_catalogue
from helpdesk.sop import views as sop_views
from helpdesk.tickets import clocks as tickets_clocks
from helpdesk.tickets import service as tickets_service
from helpdesk.tickets import views as tickets_views
from helpdesk.tickets.automatic import service as automatic_service
from helpdesk.tickets.automatic import views as automatic_views
from helpdesk.tickets.automatic.errors import RuleOpensNothing
from helpdesk.tickets.context import office_of
from helpdesk.tickets.deviations import views as tickets_deviation_views
from helpdesk.tickets.steps import registration as tickets_registration
from helpdesk.tickets.views import clock as tickets_clock_views
from helpdesk.tickets.views import hands as tickets_hands_views
from helpdesk.web import gallery, health
from helpdesk.web.assets import init_assets
from helpdesk.web.compression import init_compression
from helpdesk.web.current import init_login
from helpdesk.web.failures import QuietFlask, init_failures
from helpdesk.web.headers import init_headers
from helpdesk.web.input import init_input
from helpdesk.web.jinja import init_jinja
from helpdesk.web.language import init_language
from helpdesk.web.letters import init_letters
from helpdesk.web.limits import limiter

MIGRATIONS = ROOT / "migrations"
SUBJECTS: tuple[ModuleType, ...] = (
    accounts_views,
    calendars_views,
    devices_views,
    evidence_views,
    findings_views,
    schedules_views,
    signing_views,
    sop_views,
    tickets_views,
    documents_views,
    health_report_views,
    verify_views,
    report_views,
    papers_views,
    sop_sheet_views,
    archive_views,
    intake_views,
    health,
    metrics_views,
)


def create_app(settings: HelpdeskSettings) -> Flask:
    """Build the application for the settings."""
    app = QuietFlask(
        "helpdesk",
        root_path=str(ROOT / "helpdesk"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "helpdesk" / "static"),
    )
    _configure(app, settings)
    init_input(app)
    _load_data(app, settings)
    _init_database(app, settings)
    init_login(app)
    init_language(app)
    init_jinja(app)
    init_assets(app)
    init_compression(app)
    # After the compression: what is registered later looks at an answer earlier.
    init_letters(app)
    init_headers(app)
    init_failures(app)
    CSRFProtect(app)
    limiter.init_app(app)
    _listen(app, settings)
    reading.limit_ssh_sessions(settings.data_directory / "ssh-sessions", settings.ssh_sessions_per_site)
    _register_parts()
    for subject in SUBJECTS:
        app.register_blueprint(subject.blueprint)
    if settings.component_gallery:
        app.register_blueprint(gallery.blueprint)
    # The same commands by `flask --app wsgi …`; Flask's own `run` and `shell` come first there.
    app.cli = helpdesk_command
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _listen(app: Flask, settings: HelpdeskSettings) -> None:
    """Have each subject hear of the acts it answers to."""
    accounts_standing.listen_to_acts()
    findings_service.listen_to_snapshots(app.extensions["health_rules"])
    tickets_service.listen_to_events()
    tickets_clocks.listen_to_events(partial(office_of, app))
    _ensure_rules_open_tickets(app, settings)
    automatic_service.listen_to_findings(app.extensions["health_rules"], settings, partial(office_of, app))
    notifications_service.listen_to_events(settings)
    account_letters.listen_to_account_events()
    documents_listening.listen_to_events(settings, partial(office_of, app))


def _register_parts() -> None:
    """Have higher subjects add their parts to the pages and the steps of lower ones."""
    documents_views.register_sections()
    verify_views.register_sections()
    tickets_registration.register_kinds()
    tickets_clock_views.register_sections()
    tickets_hands_views.register_sections()
    tickets_deviation_views.register_sections()
    automatic_views.register_sections()
    documents_steps.register_kinds()
    papers_steps.register_kinds()
    archive_views.register_sections()
    evidence_scheduled.tell_schedules()
    health_scheduled.tell_schedules()


def _configure(app: Flask, settings: HelpdeskSettings) -> None:
    app.extensions["settings"] = settings
    app.extensions["translations_directory"] = ROOT / "helpdesk" / "translations"
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="disposisi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        MAX_CONTENT_LENGTH=settings.attachment_max_bytes * max(settings.attachment_max_count, 1) + 1_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        RATELIMIT_HEADERS_ENABLED=True,
        TESTING=settings.testing,
    )


def _load_data(app: Flask, settings: HelpdeskSettings) -> None:
    """Read the procedures and the calendar; a bad file stops the start here."""
    app.extensions["catalogue"] = sop_catalogue.load_catalogue(settings.procedures_directory)
    app.extensions["calendar"] = calendar_catalogue.calendar_of_office(
        settings.calendar_file, settings.timezone
    )
    app.extensions["retention"] = retention_catalogue.load_schedule(settings.retention_file)
    try:
        app.extensions["health_rules"] = reading.load_rules(settings.health_rules_file)
    except reading.BadRules as error:
        raise SettingsInvalid(name="HELPDESK_HEALTH_RULES_FILE", reason=str(error)) from None
    app.extensions["numbering"] = numbering_catalogue.load_numbering(settings.numbering_file)


def _ensure_rules_open_tickets(app: Flask, settings: HelpdeskSettings) -> None:
    if not settings.automatic_tickets:
        return
    try:
        automatic_service.ensure_rules_open(
            app.extensions["health_rules"], settings, app.extensions["catalogue"]
        )
    except RuleOpensNothing as error:
        raise SettingsInvalid(name="HELPDESK_HEALTH_RULES_FILE", reason=str(error)) from None


def _init_database(app: Flask, settings: HelpdeskSettings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(Path(MIGRATIONS)), render_as_batch=True)
