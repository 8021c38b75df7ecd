//! What people are given, on paper and on a phone, in a real browser: hand-outs, the report of a class, certificates. What
//! it looks like is kept in `target/screenshots/paper`. `tools/browser-test` runs these tests, which it knows by their names.

mod support;

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use breakfix::class::handout::{self, LabPage, Page, Shell, TicketText};
use breakfix::class::results::{LabFacts, Order, Phase, Results, Standing, TraineeResults};
use breakfix::lab::library::Library;
use breakfix::report;
use jiff::tz::TimeZone;
use serde_json::json;
use support::browser::Browser;
use support::paper::{PAPERS, Sheet};

/// Names as rosters have them. Each is followed by a number, by which the tests find it on paper.
const NAMES: [&str; 6] = [
    "Wolfeschlegelsteinhausenbergerdorff-Hohenzollern Maria Magdalena",
    "李小龙",
    "محمد علي",
    "Nguyễn Thị Minh Khai",
    "Bo Li",
    "Αλεξάνδρα Παπαδοπούλου",
];

/// The shapes of classes that are printed: how many labs, in what order, and whether it is over.
const CLASSES: [(usize, Order, Phase); 4] = [
    (1, Order::SideBySide, Phase::Over),
    (2, Order::SideBySide, Phase::Running),
    (4, Order::Path, Phase::Running),
    (14, Order::SideBySide, Phase::Over),
];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots/paper");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn six() -> Results {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/class_report/results.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// A class of `trainees` with `labs`, both made of the six and their two labs.
fn class((labs, order, phase): (usize, Order, Phase), trainees: usize) -> Results {
    let base = six();
    let lab = |number: usize| {
        let lab = base.labs[number % base.labs.len()].clone();
        LabFacts { id: format!("{}-{number}", lab.id).as_str().into(), ..lab }
    };
    let labs: Vec<LabFacts> = (0..labs).map(lab).collect();
    let trainee = |number: usize| {
        let one = &base.trainees[number % base.trainees.len()];
        let reached = if order == Order::Path { number % labs.len() + 1 } else { labs.len() };
        let base = &base;
        let attempts = labs.iter().enumerate().take(reached).flat_map(|(place, lab)| {
            let own = one.attempts.iter().filter(move |attempt| attempt.lab == base.labs[place % base.labs.len()].id);
            own.cloned().map(|mut attempt| {
                attempt.lab = lab.id.clone();
                attempt
            })
        });
        let name = format!("{} No{number:02}", NAMES[number % NAMES.len()]);
        let mut trainee =
            TraineeResults { name, slug: format!("t{number}").into(), attempts: attempts.collect(), ..one.clone() };
        if order == Order::Path {
            let solved = labs.iter().take_while(|lab| trainee.standing(&lab.id) == Standing::Solved).count();
            trainee.attempts.retain(|attempt| labs.iter().take(solved + 1).any(|lab| lab.id == attempt.lab));
        }
        trainee
    };
    Results { trainees: (0..trainees).map(trainee).collect(), labs: labs.clone(), order, phase, ..base }
}

fn written(name: &str, text: &str) -> PathBuf {
    let file = folder().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

/// Nothing is cut off by the margin or printed over something else.
fn assert_legible(sheets: &[Sheet], who: &str) {
    for (number, sheet) in sheets.iter().enumerate() {
        assert!(!sheet.words.is_empty(), "{who}: sheet {number} is empty");
        // The margin is 14 mm, and letters may hang over by a point.
        assert_eq!(sheet.outside(38.0), Vec::<&_>::new(), "{who}: sheet {number}");
        assert_eq!(sheet.overprinted(), [], "{who}: sheet {number}");
    }
}

fn times(sheets: &[Sheet], wanted: &str) -> usize {
    sheets.iter().flat_map(|sheet| &sheet.words).filter(|word| word.text == wanted).count()
}

#[test]
#[ignore = "needs Chromium"]
fn chromium_prints_the_report_of_thirty_on_six_sheets() {
    let mut browser = Browser::new();
    for shape in CLASSES {
        let name = format!("report-{}", shape.0);
        let page = report::class_html(&class(shape, 30), &TimeZone::UTC).unwrap();
        let page = written(&format!("{name}.html"), &page);
        for paper in &PAPERS {
            let who = format!("{name}-{}", paper.name);
            let sheets = paper.print(&mut browser, &page, &folder().join(format!("{who}.pdf")));
            assert!(sheets.len() <= 6, "{who}: {} sheets", sheets.len());
            assert_legible(&sheets, &who);
            for number in 0..30 {
                assert!(times(&sheets, &format!("No{number:02}")) > 0, "{who}: {number} is missing");
            }
        }
    }
}

#[test]
#[ignore = "needs Chromium"]
fn chromium_prints_each_certificate_on_a_sheet_of_its_own() {
    let mut browser = Browser::new();
    for shape in CLASSES {
        let results = class(shape, 6);
        let files = report::class_certificates(&results, &TimeZone::UTC).unwrap();
        let (_, all) = files.last().unwrap();
        let page = written(&format!("certificates-{}.html", shape.0), all);
        for paper in &PAPERS {
            let who = format!("certificates-{}-{}", shape.0, paper.name);
            let sheets = paper.print(&mut browser, &page, &folder().join(format!("{who}.pdf")));
            assert_eq!(sheets.len(), files.len() - 1, "{who}");
            assert_legible(&sheets, &who);
        }
    }
}

/// A page for each lab of the library, as a class on a path would have it.
fn pages() -> Vec<Page> {
    let library = Library::new(None);
    let ids = library.ids().unwrap();
    let work = breakfix::class::Work::Path(ids.clone());
    let page = |(number, id): (usize, &breakfix::id::LabId)| {
        let lab = library.load(id).unwrap();
        let ticket = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs").join(id.as_str()).join("ticket.md");
        let command = "ssh -p 2222 wolfeschlegelsteinhausen@training.support.example.org";
        let lab = LabPage {
            lab: id.clone(),
            title: lab.title.clone(),
            ticket: TicketText::new(std::fs::read_to_string(ticket).unwrap().replace("{{", "").replace("}}", "")),
            url: "https://training.support.example.org:40361".into(),
            password: "kVbTqXn4Wm7RzcP2".into(),
            shell: (number % 5 != 4).then(|| Shell { command: command.into(), password: "hR3vKp8NwYd5".into() }),
            due: Some("Mon 15:30 CET".into()),
            time: "Until Mon 15:30 CET. A grading more than 5 minutes later loses 20 % of its points.".into(),
            points: handout::points(&lab),
            hints: handout::hints(&lab.hints),
            place: handout::place(&work, id),
        };
        Page {
            class: "Service engineers, spring: repairing GitLab under pressure".into(),
            trainer: Some("Grace Hopper".into()),
            name: NAMES[number % NAMES.len()].into(),
            email: None,
            slug: format!("t{number}").into(),
            fingerprint: Some("SHA256:Zq3l0WmX0s4n8J9k2b7v5c1x6z3a4s5d6f7g8h9j0k1".into()),
            labs: vec![lab],
        }
    };
    ids.iter().enumerate().map(page).collect()
}

#[test]
#[ignore = "needs Chromium"]
fn chromium_prints_the_hand_out_of_a_lab_on_one_sheet() {
    let mut browser = Browser::new();
    let pages = pages();
    let all = written("handouts.html", &handout::print("Spring", &pages).unwrap());
    for paper in &PAPERS {
        let sheets = paper.print(&mut browser, &all, &folder().join(format!("handouts-{}.pdf", paper.name)));
        assert_eq!(sheets.len(), pages.len(), "on {}", paper.name);
        assert_legible(&sheets, paper.name);
    }
}

/// How much wider than the window a page is, and which of its elements are.
const WIDER: &str = "(width => [document.documentElement.scrollWidth - width, ...[...document.querySelectorAll('body *')]\
    .filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 120))])";

#[test]
#[ignore = "needs Chromium"]
fn chromium_shows_every_page_on_a_phone_and_on_a_desk() {
    let mut browser = Browser::new();
    let pages = pages();
    let mut files = handout::handouts("Spring", &pages).unwrap();
    files.retain(|(name, _)| ["index.html", "t1.html", "t4.html"].contains(&name.as_str()));
    let certificates = report::class_certificates(&class((2, Order::SideBySide, Phase::Over), 6), &TimeZone::UTC);
    files.extend(certificates.unwrap().pop().map(|(_, text)| ("certificate.html".into(), text)));
    for (name, text) in &files {
        let page = written(name, text);
        for width in [390, 1280] {
            let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
            browser.ask("Emulation.setDeviceMetricsOverride", &size);
            browser.open(&format!("file://{}", page.display()));
            assert_eq!(browser.value(&format!("{WIDER}({width})")), json!([0]), "{name} at {width} px");
            keep(&mut browser, &format!("{name}-{width}.png"));
        }
    }
}

fn keep(browser: &mut Browser, name: &str) {
    let shot = browser.ask("Page.captureScreenshot", &json!({ "captureBeyondViewport": true }));
    std::fs::write(folder().join(name), BASE64_STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()).unwrap();
}
