"""One Allure report of every run: suites, price ledger, load, compat and update."""
