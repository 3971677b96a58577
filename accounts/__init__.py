"""Who: users, sign-up, sessions."""
