//! Exact amounts, rounding, and the calendar.
