"""Numbers that a person wrote: which of them count reports or people, and which are dates, times, spans or laws."""
