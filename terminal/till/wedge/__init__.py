"""The tapped member's number, typed into a till that takes nothing else: by keyboard or serial line."""
