"""Payment gateways behind one port in our own words: Stripe, PortOne, Toss Payments, a sandbox."""
