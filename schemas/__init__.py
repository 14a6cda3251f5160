"""The border: what may come in and what may go out. Pure: no session, no clock, no framework but marshmallow."""
