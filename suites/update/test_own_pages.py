"""The merchant's own pages, before and after: what they show, and whether their scripts still run."""

import pytest

from updategate.actors.page_tester import PageTester, what_browsers_hear_anew
from updategate.actors.site_reader import SiteReader, what_pages_lost
from updategate.clients.storefront.page_text import PageText
from updategate.plugin.recording import HandoverDesk


@pytest.mark.process("UPD-015")
@pytest.mark.before_update
def test_own_pages_are_written_down(site_reader: SiteReader, handover: HandoverDesk) -> None:
    pages = site_reader.reads(site_reader.knows_pages())
    assert pages["/"].status == 200
    lost = site_reader.finds_lost_pictures(pages)
    handover.leaves("pages", pages={path: page.to_dict() for path, page in pages.items()}, lost=lost)


@pytest.mark.process("UPD-015")
@pytest.mark.after_update
def test_own_pages_show_what_they_showed(site_reader: SiteReader, handover: HandoverDesk) -> None:
    left = handover.knows("pages")
    before = {path: PageText.from_dict(page) for path, page in left["pages"].items()}

    fresh = site_reader.reads(before)
    assert what_pages_lost(before, fresh) == []
    assert sorted(set(site_reader.finds_lost_pictures(fresh)) - set(left["lost"])) == []
    # a part that all pages share may be right on each of them alone, and wrong once it comes from a cache
    assert what_pages_lost(before, site_reader.reads_as_visitors_do(before)) == []


@pytest.mark.process("UPD-016")
@pytest.mark.before_update
def test_complaints_of_the_browser_are_written_down(
    site_reader: SiteReader, page_tester: PageTester, handover: HandoverDesk
) -> None:
    handover.leaves("complaints", by_page=page_tester.hears(site_reader.knows_some_of_each()))


@pytest.mark.process("UPD-016")
@pytest.mark.after_update
def test_browser_complains_about_nothing_new(page_tester: PageTester, handover: HandoverDesk) -> None:
    before = handover.knows("complaints")["by_page"]
    assert what_browsers_hear_anew(before, page_tester.hears(before)) == []
