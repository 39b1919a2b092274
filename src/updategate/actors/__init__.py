"""Shopper, buyer, back office: tasks in the words of the business, each given to a recorder."""
