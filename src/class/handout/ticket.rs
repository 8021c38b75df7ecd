//! A ticket's Markdown as HTML for a page.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde::Serialize;

/// A ticket, as it was written and as a page shows it.
#[derive(Clone, Debug, Serialize)]
pub struct TicketText {
    markdown: String,
    html: String,
}

impl TicketText {
    /// Raw HTML is shown as text, and links lead only to pages and addresses of mail.
    #[must_use]
    pub fn new(markdown: String) -> Self {
        let events = Parser::new_ext(&markdown, Options::ENABLE_TABLES).into_offset_iter();
        let shown = events.filter_map(|(event, place)| shown(event, &markdown, place.start));
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, shown);
        Self { markdown, html }
    }
}

/// Headings of a ticket stand below the page's own.
const HEADING: HeadingLevel = HeadingLevel::H3;

/// What a page shows of this part of the ticket, which begins at `place`.
fn shown<'a>(event: Event<'a>, ticket: &str, place: usize) -> Option<Event<'a>> {
    Some(match event {
        Event::SoftBreak if is_deliberate(ticket, place) => Event::HardBreak,
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
            Event::Start(Tag::Heading { level: HEADING, id, classes, attrs })
        }
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(HEADING)),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if leads_to_a_page(&dest_url) { dest_url } else { "#".into() };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // The page loads nothing: an image's description stands for it.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        other => other,
    })
}

fn leads_to_a_page(url: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| url.starts_with(scheme)) || !url.contains(':')
}

/// Whether the line that ends at `place` was ended on purpose, like the one before a signature: the next word would have
/// fitted, and much more than that.
fn is_deliberate(ticket: &str, place: usize) -> bool {
    let (before, after) = ticket.split_at(place);
    let length = |text: &str| text.chars().count();
    let line = before.rsplit('\n').next().map_or(0, length);
    let word = after.split_whitespace().next().map_or(0, length);
    let widest = ticket.lines().map(length).max().unwrap_or_default();
    (line + 1 + word) * 5 <= widest * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        TicketText::new(markdown.into()).html
    }

    #[test]
    fn lines_of_the_source_are_joined_but_for_those_that_were_ended_on_purpose() {
        let ticket = "Since the maintenance on Sunday nobody\nhere can work. Every page says 502.\n\nThanks,\nMarta";
        let expected = "<p>Since the maintenance on Sunday nobody\nhere can work. Every page says 502.</p>\n\
                        <p>Thanks,<br />\nMarta</p>\n";
        assert_eq!(html(ticket), expected);
    }

    #[test]
    fn lists_code_and_headings_are_what_they_look_like() {
        let ticket = "# Help\n\n* one\n* **two**\n\n```\n$ git clone\n```\n\nand `a < b`";
        let expected = "<h3>Help</h3>\n<ul>\n<li>one</li>\n<li><strong>two</strong></li>\n</ul>\n\
                        <pre><code>$ git clone\n</code></pre>\n<p>and <code>a &lt; b</code></p>\n";
        assert_eq!(html(ticket), expected);
    }

    #[test]
    fn a_ticket_puts_nothing_onto_the_page_but_text() {
        let ticket = "<script>alert(1)</script>\n\nand <b onclick=x>bold</b> ![a picture](http://x/y.png) \
                      [here](javascript:alert(1)) [there](https://example.org/)";
        let expected = "<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p>\n\
                        <p>and &lt;b onclick=x&gt;bold&lt;/b&gt; a picture <a href=\"#\">here</a> \
                        <a href=\"https://example.org/\">there</a></p>\n";
        assert_eq!(html(ticket), expected);
    }
}
