"""The support bundle: what a technician may mail, made of figures and of our own words and nothing else."""
