"""Make what is handed out from the literate sources: notebooks, the package, bundles for students."""
