"""The nouns: tables, constraints, their words, and the queries of one noun."""

from models.account import AccountToken, RecoveryCode, Refusal
from models.action import Action, Effect
from models.agenda import AgendaItem, Decision
from models.audit import AuditEvent
from models.base import Base, Database
from models.classification import Classification
from models.cluster import Cluster, ClusterLook, ClusterMember
from models.delivery import Delivery
from models.disposal import Disposal
from models.draft import Draft
from models.forum import Agreement, Forum, ForumMember, ForumName, Meeting
from models.handout import Handout, HandoutCopy
from models.heartbeat import Heartbeat
from models.identity import Identity
from models.learning import TrainedModel
from models.month_count import MonthAboutCount, MonthCategoryCount, MonthCount, MonthPairCount, Slice
from models.organisation import Area, Federation, Party, Unit
from models.outbox import Outbox
from models.post import Post, RoutingRule
from models.publication import Publication
from models.report import Report, ReportNumber
from models.retention import RetentionRule, RetentionStop
from models.review import Answer, InfoRequest, Review, StateChange, Track
from models.signal import Signal, Tally
from models.summary import Summary
from models.turnaround import Turnaround
from models.user import SignIn, User

__all__ = [
    "AccountToken",
    "Action",
    "AgendaItem",
    "Agreement",
    "Answer",
    "Area",
    "AuditEvent",
    "Base",
    "Classification",
    "Cluster",
    "ClusterLook",
    "ClusterMember",
    "Database",
    "Decision",
    "Delivery",
    "Disposal",
    "Draft",
    "Effect",
    "Federation",
    "Forum",
    "ForumMember",
    "ForumName",
    "Handout",
    "HandoutCopy",
    "Heartbeat",
    "Identity",
    "InfoRequest",
    "Meeting",
    "MonthAboutCount",
    "MonthCategoryCount",
    "MonthCount",
    "MonthPairCount",
    "Outbox",
    "Party",
    "Post",
    "Publication",
    "RecoveryCode",
    "Refusal",
    "Report",
    "ReportNumber",
    "RetentionRule",
    "RetentionStop",
    "Review",
    "RoutingRule",
    "SignIn",
    "Signal",
    "Slice",
    "StateChange",
    "Summary",
    "Tally",
    "Track",
    "TrainedModel",
    "Turnaround",
    "Unit",
    "User",
]
