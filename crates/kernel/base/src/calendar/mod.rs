//! Calendars: how long is "48 h", "3 working days", "7 days from midnight".
