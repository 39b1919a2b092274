"""The Store API: what a customer's shop front speaks."""

from updategate.clients.store_api.client import ContextView, Registration, StoreApi

__all__ = ["ContextView", "Registration", "StoreApi"]
