"""Links from pages to files of the repository, which the site does not contain, become their paths."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "src" / "docs"
LINK = re.compile(r"\[([^\]]*)\]\((?![a-z]+:|#)([^)#\s]+)(#[^)]*)?\)")


def on_page_markdown(markdown, page, **_):
    folder = Path(page.file.abs_src_path).resolve().parent

    def of_the_site(link):
        target = (folder / link[2]).resolve()
        if target.is_relative_to(PAGES):
            return link[0]
        if not target.exists():
            raise FileNotFoundError(f"{page.file.src_path} links to {link[2]}, which does not exist")
        return f"{link[1]} (`{target.relative_to(ROOT)}`)"

    return LINK.sub(of_the_site, markdown)
