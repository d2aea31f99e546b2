"""Run the allowed commands of a platform on one device."""

from network.platforms.definition import PlatformDefinition
from network.ssh.result import SshResult
from network.targets import Target


def run_commands(target: Target, platform: PlatformDefinition | None, budget_seconds: float) -> SshResult:
    return SshResult()
