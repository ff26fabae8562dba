"""Every line and shape of the drawing belongs to an element of the diagram.

A flow or element that was taken out of the file by hand leaves its drawing behind: people see a way
that no case can go.

Wrong: the edge of `approve_to_end` is still drawn, while the flow itself is gone.

Right: elements and flows are removed in the modeler, which removes their drawing too.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("drawing_leads_nowhere", "画着却不存在的部分 / Drawn, but not there")
