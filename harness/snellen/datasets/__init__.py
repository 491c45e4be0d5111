"""Datasets: cases read from folders and files, with errors that name file, line and case."""
