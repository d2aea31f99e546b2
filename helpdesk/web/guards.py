"""Every route says who may use it: `@requires(Permission.…)` or `@public`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import redirect, request, url_for
from flask_login import current_user

from helpdesk.errors import Forbidden
from helpdesk.permissions import Permission

P = ParamSpec("P")
R = TypeVar("R")


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Let only people with the permission in; visitors are sent to the sign-in page and back."""

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if not current_user.is_authenticated:
                # Only a page can be come back to; after an expired form post the desk is the better place.
                wanted = request.full_path.rstrip("?") if request.method == "GET" else None
                return redirect(url_for("accounts.show_sign_in", next=wanted))
            if not current_user.may(permission):
                raise Forbidden
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the route test
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anybody may use; the list of them stands in the route test."""
    view.public = True  # type: ignore[attr-defined]  # read by the route test
    return view


def is_local_path(target: str | None) -> bool:
    """Whether the target of a redirect stays on this site."""
    # A browser drops tabs and line ends from an address: "/<tab>/elsewhere" would become "//elsewhere".
    return (
        target is not None
        and target.startswith("/")
        and target[1:2] not in ("/", "\\")
        and target.isprintable()
    )
