"""SNMP: a small reader interface, the walker's rules, and the engine behind them."""
