"""The report: one HTML file with every picture beside every answer."""
