"""What central does: permission first, then one storage verb. No SQL, no HTTP."""
