"""What a token does at each kind of element: the engine's side of ``spiff.host``."""
