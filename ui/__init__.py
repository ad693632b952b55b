"""The page, the HTTP API and the widget: what a visitor meets."""
