"""The nouns: tables, constraints, their words, and the queries of one noun."""

from models.base import Base, Database
from models.classification import Classification
from models.draft import Draft
from models.forum import Forum, ForumMember, Meeting
from models.heartbeat import Heartbeat
from models.month_count import MonthCategoryCount, MonthCount, MonthPairCount, Slice
from models.organisation import Area, Federation, Party, Unit
from models.outbox import Outbox
from models.report import Report, ReportNumber
from models.summary import Summary
from models.user import SignIn, User

__all__ = [
    "Area",
    "Base",
    "Classification",
    "Database",
    "Draft",
    "Federation",
    "Forum",
    "ForumMember",
    "Heartbeat",
    "Meeting",
    "MonthCategoryCount",
    "MonthCount",
    "MonthPairCount",
    "Outbox",
    "Party",
    "Report",
    "ReportNumber",
    "SignIn",
    "Slice",
    "Summary",
    "Unit",
    "User",
]
