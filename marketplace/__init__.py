"""The exchange itself: speaks HTTP, owns people and contracts, wires everything."""
