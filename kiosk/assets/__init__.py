"""What the kiosk draws and sounds with: fonts built on the machine, sounds made by us."""
