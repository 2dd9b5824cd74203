"""The screen: flow (pure), screens, widgets, links."""
