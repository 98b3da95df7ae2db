"""The readers behind the tools: total functions over text and plain values, without I/O."""
