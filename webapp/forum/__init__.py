"""The forums: their register, meetings, agendas and decisions."""
