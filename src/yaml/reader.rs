//! YAML text to a tree.
//!
//! The language is the plain part of YAML: no anchors, aliases, tags or second documents, and no key twice. Nothing
//! is ever expanded, so a file cannot grow in memory.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, StructureStyle, options};

use super::tree::{Entry, MOST, Node, Value};
use super::{Language, syntax};
use crate::diagnostic::{Place, Problems, Source, quote};

/// Real files nest six deep.
const DEEPEST: usize = 16;

/// Reads the one document of a file; `None` where its syntax is broken or there is nothing in it.
pub(crate) fn read(source: Source<'_>, language: &Language, problems: &mut Problems) -> Option<Node> {
    let mut options = options! { emit_unresolved_aliases: true, emit_anchor_events: true, flow_nesting_limit: DEEPEST, block_nesting_limit: DEEPEST };
    options.set_emit_comments(false);
    let events = Parser::new_from_str_with_options(source.text, options);
    let mut reader = Reader { events, source, language, problems };
    reader.document().unwrap_or_else(|error| {
        syntax::report(&error, source, reader.problems);
        None
    })
}

struct Reader<'a, 'p> {
    events: Parser<'a, StrInput<'a>>,
    source: Source<'a>,
    language: &'p Language,
    problems: &'p mut Problems,
}

/// A mapping while it is read.
#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    /// Line of each key.
    lines: HashMap<String, usize>,
    /// Whether a key was a list or a mapping.
    strange: bool,
}

type Step<'a> = (Event<'a>, Span);

impl<'a> Reader<'a, '_> {
    fn step(&mut self) -> Result<Step<'a>, ScanError> {
        loop {
            match self.events.next().unwrap_or(Ok((Event::StreamEnd, Span::default())))? {
                (Event::Anchor(..), span) => self.refuse(&span, "anchors (`&name`)", COPY),
                step => return Ok(step),
            }
        }
    }

    fn document(&mut self) -> Result<Option<Node>, ScanError> {
        let mut root = None;
        loop {
            match self.step()? {
                (Event::StreamEnd, _) => break,
                (Event::DocumentStart(..), span) if root.is_some() => {
                    let place = Place { length: 3, ..place(&span) };
                    self.problems.add(
                        self.source,
                        place,
                        format!("a {} file holds one document", self.language.name),
                        "remove the line `---` and what follows it",
                    );
                    break;
                }
                (Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd, _) => {}
                step => root = Some(self.node(step)?),
            }
        }
        if root.is_none() {
            let message = format!("the {} file is empty", self.language.name);
            self.problems.add(self.source, Place::START, message, self.language.begin);
        }
        Ok(root)
    }

    fn node(&mut self, (event, span): Step<'a>) -> Result<Node, ScanError> {
        self.refuse_extras(&event, &span);
        let start = place(&span);
        let bytes = span.byte_range().unwrap_or(0..0);
        let (place, value) = match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                (start, Value::Scalar { text: text.into_owned(), plain })
            }
            Event::SequenceStart(..) => {
                let place = Place { length: 1, ..start };
                (place, self.items(place)?)
            }
            Event::MappingStart(style, ..) => self.mapping(style, start, bytes.start)?,
            _ => (start, Value::Unusable),
        };
        Ok(Node { place, bytes, value })
    }

    fn items(&mut self, place: Place) -> Result<Value, ScanError> {
        let mut items = Vec::new();
        let mut count = 0;
        loop {
            match self.step()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => break,
                step => {
                    let item = self.node(step)?;
                    count += 1;
                    if count <= MOST {
                        items.push(item);
                    }
                }
            }
        }
        Ok(if count > MOST { self.refuse_length(place) } else { Value::List(items) })
    }

    fn mapping(&mut self, style: StructureStyle, start: Place, at: usize) -> Result<(Place, Value), ScanError> {
        let mut entries = Entries::default();
        loop {
            let (event, span) = self.step()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                break;
            }
            let key = self.node((event, span))?;
            let step = self.step()?;
            let value = self.node(step)?;
            match key.scalar() {
                Some(name) => self.entry(&mut entries, name, key.place, value),
                None => entries.strange = true,
            }
        }
        let place = match entries.list.first() {
            Some(entry) if style == StructureStyle::Block => entry.place,
            _ => Place { length: 1, ..start },
        };
        if entries.strange {
            self.refuse_key(start, at);
            return Ok((place, Value::Unusable));
        }
        let value = if entries.lines.len() > MOST { self.refuse_length(place) } else { Value::Map(entries.list) };
        Ok((place, value))
    }

    fn entry(&mut self, entries: &mut Entries, key: &str, place: Place, value: Node) {
        if let Some(first) = entries.lines.get(key) {
            if self.problems.skip_if_full() {
                return;
            }
            let message = format!("the key {} is repeated", quote(key));
            self.problems.add(
                self.source,
                place,
                message,
                format!("it stands in line {first} already: keep one of them"),
            );
        } else {
            entries.lines.insert(key.to_owned(), place.line);
            if entries.list.len() <= MOST {
                entries.list.push(Entry { key: key.to_owned(), place, value });
            }
        }
    }

    fn refuse_key(&mut self, place: Place, at: usize) {
        let braces = self.source.text.get(at..).is_some_and(|rest| rest.starts_with("{{"));
        let place = Place { length: if braces { 2 } else { 1 }, ..place };
        let (message, help) = if braces {
            ("a value that begins with `{{` needs quotes", "put the whole value in quotes: \"{{name}} ...\"")
        } else {
            ("a key must be text", "write the key as one word; a list or a mapping cannot be a key")
        };
        self.problems.add(self.source, place, message, help);
    }

    fn refuse_extras(&mut self, event: &Event<'_>, span: &Span) {
        if matches!(event, Event::Alias(_) | Event::UnresolvedAlias(_)) {
            self.refuse(span, "aliases (`*name`)", COPY);
        }
        if let Some(tag) = span.tag_span() {
            self.refuse(&tag, "tags (`!name`)", "remove the tag; quotes make a value text");
        }
    }

    fn refuse(&mut self, span: &Span, what: &str, help: &str) {
        self.problems.add(
            self.source,
            place(span),
            format!("{what} are not part of the {} language", self.language.name),
            help,
        );
    }

    /// Notes a collection that is too long; it is read to its end, but not kept.
    fn refuse_length(&mut self, place: Place) -> Value {
        self.problems.add(
            self.source,
            place,
            "this has more than 100 entries",
            "a list or a mapping takes at most 100",
        );
        Value::Unusable
    }
}

const COPY: &str = "write the value itself, wherever it is needed";

/// The part of a span that stands on its first line.
fn place(span: &Span) -> Place {
    let same_line = span.start.line() == span.end.line();
    let length = if same_line { span.end.col().saturating_sub(span.start.col()) } else { 1 };
    Place { line: span.start.line().max(1), column: span.start.col() + 1, length: length.max(1) }
}
