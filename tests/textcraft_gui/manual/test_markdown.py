from textcraft_gui.manual.markdown import anchor, title_of, to_html


def page(text):
    return to_html(text, lambda address: address)


def test_the_parts_of_a_page():
    made = page("# One\n\nTwo **three** `four` *five*\nsix.\n\n- a\n- b\n  more\n\n3. c\n\n```\nx < y\n```\n")
    assert made.splitlines() == [
        '<h1 id="one">One</h1>',
        "<p>Two <b>three</b> <code>four</code> <i>five</i> six.</p>",
        "<ul><li>a</li><li>b more</li></ul>",
        '<ol start="3"><li>c</li></ol>',
        "<pre>x &lt; y</pre>",
    ]


def test_tables_pictures_and_links():
    made = page("| a | b |\n|---|---|\n| 1 | [x](y.md) |\n\n![a door](door.png)")
    assert '<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><a href="y.md">x</a></td></tr></table>' in made
    assert '<img src="door.png" alt="a door">' in made


def test_markup_of_others_stays_words():
    made = page('<script>alert(1)</script> **<img src=x>** [a"b](x"onload=1)\n\n# <b>\n')
    assert "<script" not in made and "<img" not in made and 'x"onload' not in made


def test_an_address_that_is_refused_leaves_its_words():
    made = to_html("[here](http://example.org) ![x](a.png)\n\n![x](a.png)", lambda _address: "")
    assert "href" not in made and "<img" not in made and "here" in made


def test_a_fence_in_a_list_is_code():
    assert "<pre>textcraft-core keys</pre>" in page("1. Do:\n\n   ```\n   textcraft-core keys\n   ```\n\n2. Then.")


def test_headings_name_themselves():
    assert title_of("text\n\n## A & B\n") == "A & B" and anchor("What to do, when?") == "what-to-do-when"


def test_code_within_bold_is_code():
    assert page("**In `a_b.py`:**") == "<p><b>In <code>a_b.py</code>:</b></p>"
