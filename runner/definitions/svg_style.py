"""The colours of a drawing that stands alone (a file, a pack, a print); pages bring their own."""

from __future__ import annotations

_LIGHT = {
    "ink": "#1b2230", "ink2": "#4a5363", "ink3": "#626b7a", "line": "#c3c9d2", "line2": "#868e9b",
    "surface": "#fff", "ok": "#1d7044", "oksoft": "#e8f4ed", "accent": "#1f5fbf",
    "accentsoft": "#edf3fc", "paper": "#fff",
}  # fmt: skip
_DARK = {
    "ink": "#e6e9ee", "ink2": "#b3bac6", "ink3": "#929aa8", "line": "#3b424e", "line2": "#6f7886",
    "surface": "#1b1f26", "ok": "#6cc795", "oksoft": "#1a2e25", "accent": "#7fb0ff",
    "accentsoft": "#1e2b41", "paper": "#14171c",
}  # fmt: skip
_CSS = """.dg{{background:{paper};color:{ink2}}}
.dg text{{font-family:"Noto Sans SC","PingFang SC","Microsoft YaHei",Arial,sans-serif;fill:{ink}}}
.dg .lb,.dg .lane-t{{fill:{ink2}}}.dg .sb{{fill:{ink3}}}
.dg .lane{{stroke:{line}}}.dg .sh{{fill:{surface};stroke:{line2};stroke-width:1.4}}
.dg .sh.in{{fill:none}}.dg .sh.end{{stroke-width:3.4}}.dg .sh.call{{stroke-width:2.8}}
.dg .fl{{fill:none;stroke:{line2};stroke-width:1.4}}
.dg .ar{{fill:{line2}}}.dg .arm{{fill:{surface};stroke:{line2}}}.dg .gl{{stroke:{ink2}}}
.dg .gf,.dg .throw{{fill:{ink2}}}.dg .gi{{stroke:{surface}}}
.dg .done .sh{{fill:{oksoft};stroke:{ok}}}.dg .done .sh.in,.dg .now .sh.in{{fill:none}}
.dg .fl.done{{stroke:{ok};stroke-width:2}}.dg .ar.done,.dg .mk{{fill:{ok}}}
.dg .mkp{{fill:none;stroke:{paper};stroke-width:1.8}}
.dg .now .sh{{fill:{accentsoft};stroke:{accent};stroke-width:2.6}}.dg .now text{{font-weight:700}}
.dg .done .sh.end,.dg .now .sh.end{{stroke-width:3.4}}
.dg .sub.now>.lane{{stroke:{accent};stroke-width:2}}.dg .sub.done>.lane{{stroke:{ok}}}
.dg .bk{{fill:{accent}}}.dg .bkt{{fill:{paper}}}"""


def style(*, dark: bool) -> str:
    """A ``<style>`` element for a drawing that stands alone."""
    return f"<style>{_CSS.format(**(_DARK if dark else _LIGHT))}</style>"
