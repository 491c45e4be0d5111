"""The runner: evals to jobs, jobs to trials."""
