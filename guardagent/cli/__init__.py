"""The command line: `guardagent …`."""


def main() -> None:
    """Runs the command line; only this imports it, so that its parts can be used on their own."""
    from guardagent.cli.app import main as run

    run()
