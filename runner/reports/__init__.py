"""What people read about cases: sentences, tables and figures. Reads only."""
