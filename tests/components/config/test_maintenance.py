"""The maintenance page is HTML that any load balancer can send."""

from components.config.maintenance import LONGEST_PAGE, MaintenanceConfig, page


def test_a_message_is_text_and_not_html() -> None:
    made = page('<script>alert("x")</script> & 점검 {0}')
    assert "<script>" not in made
    assert "&lt;script&gt;" in made
    assert "&#51216;&#44160; {0}" in made
    assert made.isascii()


def test_the_usual_message_fits() -> None:
    assert len(page(MaintenanceConfig().message)) < LONGEST_PAGE
