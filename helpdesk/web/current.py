"""The person at the other end of the request, as Flask-Login hands them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from flask import Flask, Request, current_app, g, request
from flask import session as cookie
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from sqlalchemy import update
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.accounts import queries, service, standing
from helpdesk.accounts.models import Person, SignInSession
from helpdesk.accounts.rules import OfficeHeld
from helpdesk.database import db
from helpdesk.events import ORIGIN, ORIGIN_IS_PERSONAL
from helpdesk.permissions import Permission, permissions_of

TOKEN = "token"  # noqa: S105  # the name of a cookie entry
# The moment of the last visit is written at most this often: a page view is then no write.
SEEN_EVERY = timedelta(minutes=2)


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A signed-in person with what their roles of today allow."""

    person: Person
    session_id: int
    roles: frozenset[str]
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    # The same roles with how each is held: the own office, or as acting officer.
    offices: tuple[OfficeHeld, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether the person's roles allow it."""
        return permission in self.permissions

    def get_id(self) -> str:
        """Return Flask-Login's name for the person."""
        return str(self.person.id)


class Visitor(AnonymousUserMixin):  # type: ignore[misc]  # flask-login has no types
    """Somebody who is not signed in."""

    person = None
    roles: frozenset[str] = frozenset()
    offices: tuple[OfficeHeld, ...] = ()
    permissions: frozenset[Permission] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Visitors have no permissions."""
        return False


def settings() -> HelpdeskSettings:
    """Return the settings of the running application."""
    return cast(HelpdeskSettings, current_app.extensions["settings"])


def signed_in() -> SignedIn:
    """Return the signed-in person; only for views behind a guard."""
    return cast(SignedIn, current_user._get_current_object())


def load_from_request(_request: Request) -> SignedIn | None:
    """Find who signed in from the token in the signed cookie; the row decides, not the cookie."""
    token = cookie.get(TOKEN)
    if not token:
        return None
    moment = clock.now()
    session = db.session()
    found = queries.find_session(session, service.token_digest(token), moment)
    if found is None or found.last_seen_at + timedelta(minutes=settings().session_idle_minutes) < moment:
        cookie.pop(TOKEN, None)
        return None
    if found.last_seen_at + SEEN_EVERY < moment:
        g.visit = (found.id, moment)
    # Looked up now and kept nowhere: who signed in yesterday acts from today on, and no longer tomorrow.
    offices = standing.offices_of(session, found.person, moment, settings().zone)
    roles = standing.roles_in(offices)
    return SignedIn(found.person, found.id, roles, permissions_of(roles), offices)


def _note_visit(_error: BaseException | None) -> None:
    """Write the last visit after the page's own transaction has ended: on SQLite the two would wait."""
    visit = g.pop("visit", None)
    if visit is None:
        return
    db.session.remove()
    session_id, moment = visit
    with db.engine.begin() as connection:
        connection.execute(
            update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=moment)
        )


def _read_beside_writers() -> None:
    """Let a page that only reads do so beside a writer, where the database is SQLite."""
    if request.method in ("GET", "HEAD") and request.endpoint != "static":
        db.session().connection(execution_options={"reads_only": True})


def _name_origin() -> None:
    """Let every act of this request say which address it came from."""
    db.session().info.update({ORIGIN: request.remote_addr or "", ORIGIN_IS_PERSONAL: False})


def reading_session() -> Session:
    """Give the session to a view that is posted to and writes nothing: it waits for no writer."""
    session = db.session()
    session.rollback()
    session.connection(execution_options={"reads_only": True})
    return session


def init_login(app: Flask) -> None:
    """Attach Flask-Login: sessions are rows, there is no remember-me cookie."""
    manager = LoginManager()
    manager.anonymous_user = Visitor
    manager.request_loader(load_from_request)
    manager.init_app(app)
    app.before_request(_name_origin)
    app.before_request(_read_beside_writers)
    app.teardown_request(_note_visit)
