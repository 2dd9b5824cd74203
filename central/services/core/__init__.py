"""What every service stands on: who asks, the group, time, secrets, what is kept in memory."""
