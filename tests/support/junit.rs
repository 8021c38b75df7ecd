//! What Jenkins' xUnit plugin accepts as `JUnit`, as its schema `junit-10` says: elements, attributes, and their order.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element: attributes that it needs, those that it may have, the elements in it, and whether it holds text.
struct Element(&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str], bool);

const ELEMENTS: &[Element] = &[
    Element("testsuites", &[], &["name", "time", "tests", "failures", "errors"], &["testsuite"], false),
    Element(
        "testsuite",
        &["name", "tests", "failures", "errors"],
        &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
        &["testsuite", "properties", "testcase", "system-out", "system-err"],
        false,
    ),
    Element("properties", &[], &[], &["property"], false),
    Element("property", &["name", "value"], &[], &[], false),
    Element(
        "testcase",
        &["name"],
        &["time", "classname", "group"],
        &["skipped", "error", "failure", "system-out", "system-err"],
        false,
    ),
    Element("skipped", &[], &["type", "message"], &[], true),
    Element("error", &[], &["type", "message"], &[], true),
    Element("failure", &[], &["type", "message"], &[], true),
    Element("system-out", &[], &[], &[], true),
    Element("system-err", &[], &[], &[], true),
];

/// What the schema has against a report.
pub fn complaints(report: &str) -> Vec<String> {
    let mut reader = Reader::from_str(report);
    let (mut open, mut found): (Vec<&Element>, Vec<String>) = (vec![], vec![]);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return found,
            Event::Start(tag) => open.extend(examine(&tag, open.last().copied(), &mut found)),
            Event::Empty(tag) => drop(examine(&tag, open.last().copied(), &mut found)),
            Event::End(_) => drop(open.pop()),
            Event::Text(text)
                if !text.iter().all(u8::is_ascii_whitespace) && !open.last().is_some_and(|last| last.4) =>
            {
                found.push(format!("text in {:?}", open.last().map(|last| last.0)));
            }
            _ => {}
        }
    }
}

fn examine(tag: &BytesStart<'_>, parent: Option<&Element>, found: &mut Vec<String>) -> Option<&'static Element> {
    let name = String::from_utf8(tag.name().as_ref().to_vec()).unwrap();
    let fits = match parent {
        None => name == "testsuites" || name == "testsuite",
        Some(parent) => parent.3.contains(&name.as_str()),
    };
    if !fits {
        found.push(format!("<{name}> in {:?}", parent.map(|parent| parent.0)));
    }
    let element = ELEMENTS.iter().find(|element| element.0 == name)?;
    let mut attributes = vec![];
    for attribute in tag.attributes().map(Result::unwrap) {
        let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
        let digits = |byte: &u8| byte.is_ascii_digit() || b".,".contains(byte);
        if key == "time" && name != "testcase" && !attribute.value.iter().all(digits) {
            found.push(format!("time of <{name}>: {}", String::from_utf8_lossy(&attribute.value)));
        }
        if !element.1.contains(&key.as_str()) && !element.2.contains(&key.as_str()) {
            found.push(format!("{key} of <{name}>"));
        }
        attributes.push(key);
    }
    for needed in element.1.iter().filter(|needed| !attributes.iter().any(|key| key == **needed)) {
        found.push(format!("<{name}> without {needed}"));
    }
    Some(element)
}
