"""A report as PDF: its words and pictures are in it, and a page can make it open nothing."""

import threading

from textcraft_gui.machine.report_pdf import write_pdf

PIXEL = (
    "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwc"
    "KDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEA"
    "AD8AKp//2Q=="
)


def test_a_page_becomes_a_file_with_its_pictures(qapp, tmp_path):
    path = tmp_path / "report.pdf"
    write_pdf(f"<h1>A day</h1><p>{'words ' * 3000}</p><img src='{PIXEL}' width=200>", "A day", path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") > 1
    assert b"/Subtype /Image" in data


def test_a_page_opens_no_file(qapp, tmp_path):
    from PySide6.QtGui import QImage

    secret = tmp_path / "secret.png"
    QImage(123, 77, QImage.Format.Format_RGB32).save(str(secret))
    path = tmp_path / "report.pdf"
    write_pdf(f"<img src='{secret.as_uri()}'><img src='{secret}'>", "A day", path)
    assert b"/Width 123" not in path.read_bytes()


def test_it_is_printed_in_a_worker_without_a_warning(qapp, tmp_path):
    """As the console does: a warning of Qt fails every test here."""
    path = tmp_path / "report.pdf"
    worker = threading.Thread(target=write_pdf, args=("<p>words</p>" * 300, "A day", path))
    worker.start()
    worker.join(20)
    assert path.read_bytes().startswith(b"%PDF-")
