"""Wires the fixtures that the suites use; they need the plugin of updategate and a shop (``--shop-env``)."""

pytest_plugins = (
    "fixtures.access",
    "fixtures.actors",
    "fixtures.browser",
    "fixtures.erp",
    "fixtures.test_data",
    "fixtures.update",
)
