"""The Store API: what a customer's shop front speaks."""

from updategate.clients.store_api.client import StoreApi
from updategate.clients.store_api.registration import Registration
from updategate.clients.store_api.session import ContextView

__all__ = ["ContextView", "Registration", "StoreApi"]
