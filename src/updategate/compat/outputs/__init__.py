"""What a report is written as: text, JSON, SARIF, JUnit, annotations, evidence, and the adjustment document."""
