"""From the literate sources to what is handed out: notebooks, the package, bundles for students."""
