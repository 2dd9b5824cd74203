"""A monkey at the kiosk: random sessions through the real flow and drawing, and what must hold in each.

It knows no screen by name. What can be touched it finds on the drawn frame, what an agent may say it takes
from the scenes (`kiosk.scenes`): a new screen with its scenes is played without a change here.
"""
