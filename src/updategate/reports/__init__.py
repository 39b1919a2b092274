"""Verdict and evidence to Allure, HTML, JUnit, Markdown and the terminal."""
