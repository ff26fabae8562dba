"""A file or folder that cannot be read as what it should be is not used at all.

XML with a DOCTYPE (which could pull in foreign content), damaged XML or YAML, YAML anchors and
doubled keys, and anything beyond the limits: 2,000,000 bytes, 200 levels, 60,000 XML elements,
2,000 flow nodes.

Wrong: a diagram saved by a word processor.

Right: the diagram as Camunda Modeler saves it.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule(
    "unreadable_file",
    "无法使用的文件 / A file that cannot be used",
    reading=(
        "xml_doctype",
        "xml_too_large",
        "xml_too_deep",
        "xml_too_many_elements",
        "xml_not_well_formed",
        "not_bpmn",
        "no_process",
        "too_many_elements",
        "not_dmn",
        "yaml_too_large",
        "yaml_not_readable",
        "folder_empty",
        "folder_too_large",
        "link_leaves_folder",
        "file_too_large",
        "file_not_readable",
        "file_kind_unknown",
    ),
)
