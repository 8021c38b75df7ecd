//! Rules for variables: used ones exist, and existing ones are used.

use std::collections::{BTreeMap, HashSet};

use super::files::File;
use super::quoting::{Within, inside_quotes};
use super::{Rules, Used};
use crate::diagnostic::{Place, Source, did_you_mean, quote};
use crate::lab::builtin::{BUILT_INS, RESERVED};
use crate::lab::words::VARIABLE;
use crate::render::variables_used;
use crate::yaml::decode::Spanned;
use crate::yaml::text::Meaning;

impl Rules<'_, '_> {
    pub(super) fn templates(&mut self, files: &BTreeMap<String, File>) {
        // If `variables` is not a mapping, every use of one would look mistaken.
        let known = self.draft.variables.is_some();
        let own = self.draft.variables.iter().flatten();
        let mut scan =
            Scan { own: own.map(|entry| (entry.key.as_str(), entry.place)).collect(), known, used: HashSet::new() };
        for Used { reference, of_check } in self.references() {
            if reference.meaning == Meaning::Template
                && let Some(text) = &reference.text.value
            {
                let source = self.source;
                self.template(&mut scan, text, source, of_check, |place| written(text, source, &reference.text, place));
            }
        }
        for file in files.values() {
            let source = Source { file: &file.shown, text: &file.text };
            self.template(&mut scan, &file.text, source, file.of_check && !file.of_other, |place| place);
            if file.script {
                self.quoting(source);
            }
        }
        // The variables of an unreadable file are unknown.
        if self.named_files().iter().any(|named| !named.path.is_some_and(|path| files.contains_key(path))) {
            scan.use_all();
        }
        self.variables(&scan);
    }

    fn template(
        &mut self,
        scan: &mut Scan<'_>,
        text: &str,
        shown: Source<'_>,
        of_check: bool,
        at: impl Fn(Place) -> Place,
    ) {
        let used = match variables_used(text) {
            Ok(used) => used,
            Err(problems) => {
                scan.use_all();
                for problem in problems {
                    let place = Place { line: problem.line, column: problem.column, length: problem.length };
                    self.problems.add(shown, at(place), problem.message, problem.help);
                }
                return;
            }
        };
        for (name, line, column) in used {
            if scan.is_wrong(&name, of_check) && !self.problems.skip_if_full() {
                let (message, help) = scan.explain(&name, of_check);
                let place = Place { line, column, length: name.chars().count() + 4 };
                self.problems.add(shown, at(place), message, help);
            }
            scan.used.insert(name);
        }
    }

    fn quoting(&mut self, script: Source<'_>) {
        let used = variables_used(script.text).unwrap_or_default();
        let places: Vec<(usize, usize)> = used.iter().map(|(_, line, column)| (*line, *column)).collect();
        for ((name, line, column), inside) in used.into_iter().zip(inside_quotes(script.text, &places)) {
            if inside == Within::QuotedText {
                let place = Place { line, column, length: name.chars().count() + 4 };
                let message = format!(
                    "a value brings its own quotes: {{{{{name}}}}} inside others puts both into the here-document"
                );
                let help = format!(
                    "name it before the here-document, {name}={{{{{name}}}}}, and write ${name} in it, whose end word must not be quoted then"
                );
                self.problems.add(script, place, message, help);
            }
            if inside == Within::Quotes {
                let place = Place { line, column, length: name.chars().count() + 4 };
                let message = format!("a value brings its own quotes: {{{{{name}}}}} cannot stand inside others");
                let help = format!(
                    "end the quotes before it, as in \"a \"{{{{{name}}}}}\" b\", or name it first: {name}={{{{{name}}}}}"
                );
                self.problems.add(script, place, message, help);
            }
        }
    }

    fn variables(&mut self, scan: &Scan<'_>) {
        for &(name, place) in &scan.own {
            if let Some(built_in) = BUILT_INS.iter().find(|built_in| built_in.name == name) {
                let message = format!("the variable {} hides a built-in value", quote(name));
                self.wrong(place, message, format!("choose another name; {{{{{name}}}}} is: {}", built_in.doc));
            } else if RESERVED.contains(&name) {
                let message = format!("{} is a word of the template language", quote(name));
                self.wrong(place, message, "choose another name");
            } else if (VARIABLE.parse)(name).is_ok() && !scan.used.contains(name) {
                let message = format!("the variable {} is not used", quote(name));
                let help = format!("use it as {{{{{name}}}}} in a script, text, hint or check, or remove it");
                self.wrong(place, message, help);
            }
        }
    }
}

/// The variables that are known and used, while all templates are read.
struct Scan<'a> {
    /// The lab's own variables.
    own: Vec<(&'a str, Place)>,
    /// Whether all variables of the lab are known.
    known: bool,
    used: HashSet<String>,
}

impl Scan<'_> {
    /// Treats every variable as used, because some uses are unknown.
    fn use_all(&mut self) {
        self.used.extend(self.own.iter().map(|(name, _)| (*name).to_owned()));
    }

    fn is_wrong(&self, name: &str, of_check: bool) -> bool {
        let built_in = BUILT_INS.iter().any(|value| value.name == name && (of_check || !value.checks_only));
        self.known && !built_in && !self.own.iter().any(|(own, _)| *own == name)
    }

    fn explain(&self, name: &str, of_check: bool) -> (String, String) {
        if BUILT_INS.iter().any(|value| value.name == name) {
            let help = "it is different in each grading: use a variable of the lab here";
            return (format!("only checks have the value {}", quote(name)), help.into());
        }
        let built_in = BUILT_INS.iter().filter(|value| of_check || !value.checks_only).map(|value| value.name);
        let known: Vec<&str> = self.own.iter().map(|(own, _)| *own).chain(built_in).collect();
        (format!("there is no variable {}", quote(name)), did_you_mean(name, &known))
    }
}

/// The place in the file of a place in a value's text; the file may write it with escapes or on several lines: the n-th
/// pair of braces of the one is the n-th of the other, unless an escape hides one.
fn written<T>(text: &str, source: Source<'_>, value: &Spanned<T>, place: Place) -> Place {
    let raw = source.text.get(value.bytes.clone()).unwrap_or_default();
    let number = text.match_indices("{{").position(|(at, _)| position(text, at) == (place.line, place.column));
    let same = text.matches("{{").count() == raw.matches("{{").count();
    let Some(at) = number.filter(|_| same).and_then(|number| raw.match_indices("{{").nth(number)) else {
        return value.place;
    };
    let (line, column) = position(source.text, value.bytes.start + at.0);
    Place { line, column, ..place }
}

/// Line and column of a byte.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
