"""What the terminal works with while central is away: bundle and hot-list, on the disk, their age known."""
