"""How the page looks: light and dark, from a telephone to a desk."""

LIGHT = {"page": "#ffffff", "raised": "#f6f8fa", "text": "#1f2328", "quiet": "#59636e", "line": "#d1d9e0",
         "link": "#0969da"}  # fmt: skip
DARK = {"page": "#0d1117", "raised": "#161b22", "text": "#f0f6fc", "quiet": "#9198a1", "line": "#3d444d",
        "link": "#58a6ff"}  # fmt: skip
"""The colours by what they are for. `text`, `quiet` and `link` are written on `page` and on `raised`."""

_RULES = """
* { box-sizing: border-box; }
html { background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 78rem; padding: 1rem; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; }
h2 { border-bottom: 1px solid var(--line); margin: 2.5rem 0 1rem; padding-bottom: .25rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; max-width: 70ch; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 1rem 0 0; padding: 0; }
nav a { display: inline-block; padding: .25rem 0; }
.wide { border: 1px solid var(--line); border-radius: 6px; max-width: 100%; overflow-x: auto; }
.wide svg { display: block; height: auto; margin: 0 auto; max-width: 62rem; min-width: 44rem; width: 100%; }
table { border-collapse: collapse; font-size: .875rem; width: 100%; }
th, td { max-width: 26rem; min-width: 9rem; overflow-wrap: anywhere; padding: .4rem .75rem; text-align: left;
  vertical-align: top; }
thead th { background: var(--raised); color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 600; }
tbody tr { border-top: 1px solid var(--line); }
td > span, th > span { display: block; }
.number { font-variant-numeric: tabular-nums; text-align: right; }
@media print { nav { display: none; } .wide { border: 0; overflow: visible; } }
"""


def style() -> str:
    """Return the page's style sheet."""
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}"
    return f"\n:root {{ color-scheme: light dark; {_variables(LIGHT)} }}\n{dark}{_RULES}"


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
