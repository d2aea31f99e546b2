"""Mask secrets."""


def redact(text: str, platform: str | None = None) -> str:
    """Mask every secret."""
    return text
