"""What devices tell by themselves: SNMP traps and informs."""
