"""What the form is compared with: the same server, framework and database, and per POST one INSERT with its commit.

No session, no sign-in, no CSRF token, no check of anything and no page. Its table has the text and a number.
"""

from __future__ import annotations

from flask import Flask, request
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert

import settings
from models.base import Database

ROW = Table("bare_row", MetaData(), Column("id", Integer, primary_key=True), Column("description", Text))


def create_app() -> Flask:
    """The application, on the database that the environment names."""
    app = Flask("bare")
    database = Database(settings.load().database_url)
    ROW.metadata.create_all(database.engine)

    @app.get("/halsa")
    def show() -> str:
        return "answers"

    @app.post("/bare")
    def store() -> tuple[str, int]:
        with database.write() as session:
            session.execute(insert(ROW).values(description=request.form["description"]))
        return "stored", 201

    return app
