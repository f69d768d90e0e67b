"""The operator's console: shows what the engine tells, asks it for what the operator wants, decides nothing itself."""
