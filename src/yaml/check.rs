//! Compares a tree with the shape it should have.

use super::shape::{Fields, Shape};
use super::tree::{Entry, Node, Type};
use super::words::Text;
use crate::diagnostic::{Place, Problems, Source, did_you_mean, list, nearest, quote};

/// Walks a tree beside its shape; notes what does not fit and gathers what is a template.
pub(crate) struct Checker<'a, 'p> {
    pub source: Source<'a>,
    pub problems: &'p mut Problems,
    pub templates: Vec<(&'a Node, Text)>,
}

impl<'a> Checker<'a, '_> {
    /// Checks a value; `name` is what messages call it, `example` how one writes it.
    pub fn check(&mut self, shape: &Shape, node: &'a Node, name: &str, example: &str) {
        if node.kind() == Type::Unusable {
            return;
        }
        if !shape.takes(node.kind()) {
            let message = format!("{} must be {}, not {}", quote(name), shape.words(), node.kind().words());
            return self.wrong(node.place, message, &shape.mend(node, example));
        }
        match shape {
            Shape::Text(text) => self.text(*text, node, name),
            Shape::Format => self.format(node),
            Shape::Number { least, most } => self.number(*least, *most, node, name),
            Shape::Decimal { least, most } => self.decimal(*least, *most, node, name),
            Shape::Choice(choices) => self.choice(choices, node, name),
            Shape::Word => self.word(node, name),
            Shape::List { of, least, distinct } => self.list(of, *least, *distinct, node, name, example),
            Shape::Map(fields) => self.map(fields, node),
            Shape::Dict { key, of } => self.dict(*key, of, node),
            Shape::Bool => {}
        }
    }

    fn wrong(&mut self, place: Place, message: impl Into<String>, help: &str) {
        self.problems.add(self.source, place, message, help);
    }

    fn text(&mut self, text: Text, node: &'a Node, name: &str) {
        let value = node.text().unwrap_or_default();
        if let Some((wrong, help)) = text.problem(value) {
            let subject = if value.trim().is_empty() { quote(name) } else { quote(value) };
            self.wrong(node.place, format!("{subject} {wrong}"), &help);
        } else if text.is_template() {
            self.templates.push((node, text));
        }
    }

    fn format(&mut self, node: &Node) {
        if node.number() != Some(1) {
            let message = format!("this format of {} file is not known", self.source.what);
            self.wrong(node.place, message, "this breakfix reads `format: 1`");
        }
    }

    fn number(&mut self, least: i64, most: i64, node: &Node, name: &str) {
        if !node.number().is_some_and(|number| (least..=most).contains(&number)) {
            let message = format!("{} is out of range", quote(name));
            self.wrong(node.place, message, &format!("write a whole number from {least} to {most}"));
        }
    }

    fn decimal(&mut self, least: i64, most: i64, node: &Node, name: &str) {
        #[allow(clippy::cast_precision_loss)] // limits are small
        let fits = node.decimal().is_some_and(|number| number >= least as f64 && number <= most as f64);
        if !fits {
            let message = format!("{} is out of range", quote(name));
            self.wrong(node.place, message, &format!("write a number from {least} to {most}"));
        }
    }

    fn choice(&mut self, choices: &[&str], node: &Node, name: &str) {
        let value = node.text().unwrap_or_default();
        if choices.contains(&value) {
            return;
        }
        let message = format!("{} cannot be {}", quote(name), quote(value));
        self.wrong(node.place, message, &format!("write {}", list(choices.iter().copied(), "or")));
    }

    fn word(&mut self, node: &Node, name: &str) {
        let value = node.scalar().unwrap_or_default();
        if value.is_empty() || value.chars().count() > 200 || value.chars().any(char::is_control) {
            let message = format!("a value of {} is empty, too long or holds control characters", quote(name));
            self.wrong(node.place, message, "write 1 to 200 characters on one line");
        }
    }

    fn list(&mut self, of: &Shape, least: usize, distinct: bool, node: &'a Node, name: &str, example: &str) {
        let items = node.items();
        if items.len() < least {
            let plural = if least == 1 { "entry" } else { "entries" };
            self.wrong(
                node.place,
                format!("{} needs at least {least} {plural}", quote(name)),
                &format!("for example `{example}`"),
            );
        }
        let mut seen = std::collections::HashSet::new();
        for item in items {
            self.check(of, item, name, example);
            if let Some(value) = item.scalar().filter(|value| distinct && !seen.insert(*value)) {
                self.wrong(
                    item.place,
                    format!("{} is listed twice in {}", quote(value), quote(name)),
                    "remove one of them",
                );
            }
        }
    }

    fn dict(&mut self, key: Text, of: &Shape, node: &'a Node) {
        for entry in node.entries() {
            if let Some((wrong, help)) = key.problem(&entry.key) {
                self.wrong(entry.place, format!("{} {wrong}", quote(&entry.key)), &help);
            }
            self.check(of, &entry.value, &entry.key, "");
        }
    }

    fn map(&mut self, fields: &Fields, node: &'a Node) {
        for entry in node.entries() {
            match fields.keys.iter().find(|key| key.name == entry.key) {
                Some(key) => self.check(&key.shape, &entry.value, key.name, key.example),
                None => self.unknown(fields, entry),
            }
        }
        self.missing(fields, node);
        self.alternatives(fields, node);
    }

    fn missing(&mut self, fields: &Fields, node: &Node) {
        let meant = meant(fields, node);
        for key in fields.keys.iter().filter(|key| key.required && node.get(key.name).is_none()) {
            if !meant.contains(&key.name) {
                let message = format!("{} lacks the key {}", fields.what, quote(key.name));
                self.wrong(node.place, message, &format!("add `{}`: {}", key.example, key.doc));
            }
        }
    }

    fn unknown(&mut self, fields: &Fields, entry: &Entry) {
        let known: Vec<&str> = fields.keys.iter().map(|key| key.name).collect();
        let message = format!("{} has no key {}", fields.what, quote(&entry.key));
        self.wrong(entry.place, message, &did_you_mean(&entry.key, &known));
    }

    fn alternatives(&mut self, fields: &Fields, node: &Node) {
        let present = |names: &[&str]| -> Vec<Place> {
            node.entries().iter().filter(|entry| names.contains(&entry.key.as_str())).map(|entry| entry.place).collect()
        };
        if !fields.any_of.is_empty() && present(fields.any_of).is_empty() {
            let help = format!("add {}", list(fields.any_of.iter().copied(), "or"));
            self.wrong(node.place, format!("{} asserts nothing", fields.what), &help);
        }
        let meant = meant(fields, node);
        for group in fields.one_of {
            let all = list(group.iter().copied(), "and");
            match present(group).as_slice() {
                [] if group.iter().any(|name| meant.contains(name)) => {}
                [] => self.wrong(node.place, format!("{} has none of {all}", fields.what), "add one of them"),
                [_, second, ..] => {
                    self.wrong(*second, format!("{} has more than one of {all}", fields.what), "keep one of them");
                }
                [_] => {}
            }
        }
    }
}

/// Keys that unknown ones may mean. A key written slightly wrong is told as such, and not as missing too.
fn meant(fields: &Fields, node: &Node) -> Vec<&'static str> {
    let known = |name: &str| fields.keys.iter().any(|key| key.name == name);
    let unknown = node.entries().iter().filter(|entry| !known(&entry.key));
    unknown.filter_map(|entry| nearest(&entry.key, fields.keys.iter().map(|key| key.name))).collect()
}
