"""guardagent_toolbox."""
