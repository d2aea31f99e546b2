"""The official form of an SOP (PermenPAN-RB 35/2012), laid out: five symbols, offices as columns. Pure."""
