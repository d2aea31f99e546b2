"""What an SSH session gave."""

from dataclasses import dataclass

from network.observations import CommandOutput, Failure


@dataclass(frozen=True, kw_only=True)
class SshResult:
    """The outputs of a session, what failed, the key and the prompt the device showed."""

    commands: tuple[CommandOutput, ...] = ()
    failures: tuple[Failure, ...] = ()
    platform: str | None = None
    host_key_sha256: str | None = None
    prompt: str | None = None
