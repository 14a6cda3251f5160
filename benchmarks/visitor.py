"""A browser without a screen: one connection that stays open, cookies, and the fields of forms."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from webapp.demo import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]*)"')
FORM = "application/x-www-form-urlencoded"


class VisitError(Exception):
    """The product did not answer as a visitor expects. The message holds the status and no text."""


class Visitor:
    """Arguments: where - host and port."""

    def __init__(self, where: str) -> None:
        self.connection = http.client.HTTPConnection(where, timeout=30)
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: bytes | None = None) -> tuple[http.client.HTTPResponse, bytes]:
        """One request and its whole answer. A connection that the server closed is opened anew by http.client."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = FORM
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        page = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response, page

    def get(self, path: str) -> str:
        """A page.

        Raises: VisitError unless it is answered with 200.
        """
        response, page = self.send("GET", path)
        if response.status != http.HTTPStatus.OK:
            raise VisitError(f"GET {path} was answered with {response.status}")
        return page.decode()

    def token(self, path: str) -> str:
        """The CSRF token in a page's form."""
        found = TOKEN.search(self.get(path))
        if found is None:
            raise VisitError(f"no form at {path}")
        return found[1]

    def sign_in(self, email: str) -> None:
        """Sign in with one of the example accounts.

        Raises: VisitError when it is refused.
        """
        fields = {"email": email, "password": PASSWORD, "csrf_token": self.token("/logga-in")}
        response, _ = self.send("POST", "/logga-in", encode(fields))
        if response.status != http.HTTPStatus.FOUND:
            raise VisitError(f"the sign-in was answered with {response.status}")


def encode(fields: Mapping[str, str]) -> bytes:
    """Fields as a browser sends them."""
    return urlencode(fields).encode()
