"""The Admin API: what the back office and every connector speak."""

from updategate.clients.admin_api.client import AdminApi, Integration, SearchResult, User
from updategate.clients.admin_api.criteria import Criteria

__all__ = ["AdminApi", "Criteria", "Integration", "SearchResult", "User"]
